"""Cronbach's alpha: how consistently the tasks of a test measured one thing in a group."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import schema
from analytics.cells import cells
from analytics.points import points_of, task_count
from analytics.thresholds import threshold


def reliability(works: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Table `reliability`: alpha = k/(k−1) · (1 − Σ var(task)/var(total)), k tasks.

    Cronbach 1951. Over participants with points (X is 0) for every task of the test: missing and
    untaught tasks leave the whole work out; n counts the works that stay in.
    """
    found = cells(works, schools)
    tasks = _task_counts(works, tests)
    test = tasks.index.get_indexer(found.table["test_id"])
    asked = tasks.to_numpy()[test]  # (cells,)
    complete, total = _complete(works, asked[found.code])
    complete &= found.present & (asked[found.code] > 0)

    by_task = np.zeros((len(found.table), task_count(works)), dtype=np.int64)
    squares = np.zeros(len(found.table), dtype=np.int64)
    for k in range(by_task.shape[1]):
        points, counts = points_of(works, k + 1)
        chosen = complete & counts & (asked[found.code] > k)
        by_task[:, k] = found.total(points, chosen)
        squares += found.total(points**2, chosen)
    n = found.pooled(found.count(complete))
    task_spread = n * found.pooled(squares) - (found.pooled(by_task) ** 2).sum(axis=1)
    total_sum = found.pooled(found.total(total, complete))
    total_spread = n * found.pooled(found.total(total**2, complete)) - total_sum**2

    groups = found.groups()
    k = tasks.to_numpy()[tasks.index.get_indexer(groups["test_id"])]
    reason = _reasons(n, k, total_spread)
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = k / (k - 1) * (1 - task_spread / total_spread)
    alpha = np.where(reason.isna(), alpha, np.nan)
    return schema.conform(groups.assign(n=n, tasks=k, alpha=alpha, reason=reason), "reliability")


def _task_counts(works: pd.DataFrame, tests: pd.DataFrame) -> pd.Series:
    """Tasks of each test, by test_id: as declared, else the last one that any work has."""
    last = pd.Series(0, index=pd.Index(tests["test_id"]), dtype="int64")
    for k in range(1, task_count(works) + 1):
        last[works.loc[points_of(works, k)[1], "test_id"].unique()] = k
    declared = tests.set_index("test_id")["tasks"].astype("Int64")
    return declared.fillna(last).astype("int64")


def _complete(
    works: pd.DataFrame, asked: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which works have points for every task asked, and the sum of these points."""
    complete = asked <= task_count(works)
    total = np.zeros(len(works), dtype=np.int64)
    for k in range(task_count(works)):
        points, counts = points_of(works, k + 1)
        complete &= counts | (asked <= k)
        total += np.where(asked > k, points, 0)
    return complete, total


def _reasons(
    n: NDArray[np.int64], tasks: NDArray[np.int64], total_spread: NDArray[np.int64]
) -> pd.Series:
    """Why alpha is not computed; null where it is."""
    least = int(threshold("reliability_min"))
    reason = pd.Series(pd.NA, index=range(len(n)), dtype="str")
    reason[total_spread == 0] = "у всех одинаковый балл"
    reason[tasks < 2] = "меньше двух заданий с баллами"
    reason[(tasks >= 2) & (n < least)] = f"меньше {least} работ с баллами за все задания"
    return reason
