"""How every task and skill was done, by school, municipality and mark group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import schema
from analytics.cells import Cells, cells
from analytics.norms import norm
from analytics.points import points_of, task_count
from analytics.schema import MARKS
from analytics.thresholds import exact, reaches, threshold

MARK_GROUPS = ("*", *(str(mark) for mark in MARKS))
_SLOTS = len(MARK_GROUPS)


@dataclass(frozen=True)
class _Grid:
    """Facts of the tasks, shape (tests, K): maximum (0 = not known), level (its row in the
    thresholds, −1 = not known), and whether the test has such a task."""

    tests: pd.Index
    maximum: NDArray[np.int64]
    level: NDArray[np.int64]
    declared: NDArray[np.bool_]


def task_results(
    works: pd.DataFrame, tests: pd.DataFrame, tasks: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Table `task_results`: completion = earned / (maximum × n), pooled over pupils.

    n counts participants for whom the task is neither missing nor untaught; X is 0 points. A work
    with more points than the task's maximum is left out of that task. Every task of a test has a
    row, n = 0 where nobody counts; a mark group has rows from 10 participants (FIOKO 2026).
    """
    found = cells(works, schools)
    grid = _grid(tests, tasks, task_count(works))
    n, earned, people = _sums(works, found, grid)
    groups = found.groups()
    test = grid.tests.get_indexer(groups["test_id"])

    met = grid.declared.copy()
    np.logical_or.at(met, test, n[:, 0] > 0)
    enough = people >= int(threshold("mark_group_min"))
    enough[:, 0] = people[:, 0] > 0
    group, mark, task = np.nonzero(enough[:, :, None] & met[test][:, None, :])
    count, points = n[group, mark, task], earned[group, mark, task]
    maximum = grid.maximum[test[group], task]
    possible = maximum * count
    completion = points / np.where(possible > 0, possible, np.nan)
    results = groups.take(group).assign(
        position=task + 1,
        mark_group=pd.array(MARK_GROUPS, dtype="str").take(mark),
        n=count,
        earned=points,
        possible=pd.arrays.IntegerArray(possible, maximum == 0),
        completion=completion,
        verdict=_verdicts(points, possible, grid.level[test[group], task]),
    )
    return schema.conform(results, "task_results")


def skill_results(task_results: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Table `skill_results`: points pooled over the tasks of a skill that have a verdict.

    deficit: more than half of these tasks are insufficient (FIOKO 2026, p. 19). A skill without a
    verdict is not in the table: it was not checked. n is that of the task most pupils count for.
    """
    key = ["test_id", "position"]
    checkable = tasks[["skill", "level", "max_points"]].notna().all(axis=1)
    skilled = tasks[checkable].sort_values(key)
    whole = task_results[task_results["mark_group"] == "*"]
    judged = whole[whole["verdict"].notna()].merge(
        skilled[[*key, "skill"]], how="inner", on=key, validate="m:1"
    )
    pooled = (
        judged.assign(insufficient=(judged["verdict"] == "insufficient").astype("int64"))
        .groupby(["test_id", "skill", "group", "group_id"], as_index=False, observed=True)
        .agg(
            n=("n", "max"),
            earned=("earned", "sum"),
            possible=("possible", "sum"),
            insufficient_tasks=("insufficient", "sum"),
            judged_tasks=("insufficient", "size"),
        )
    )
    names = skilled.groupby(["test_id", "skill"], as_index=False, observed=True).agg(
        tasks=("task", ", ".join), levels=("level", _levels)
    )
    named = pooled.merge(names, how="left", on=["test_id", "skill"], validate="m:1")
    named = named.assign(
        completion=named["earned"].astype("float64") / named["possible"].astype("float64"),
        deficit=2 * named["insufficient_tasks"] > named["judged_tasks"],
    )
    return schema.conform(named.drop(columns="judged_tasks"), "skill_results")


def _grid(tests: pd.DataFrame, tasks: pd.DataFrame, count: int) -> _Grid:
    """The tasks p1…p`count` of all tests."""
    test_ids = pd.Index(tests["test_id"])
    rows = test_ids.get_indexer(tasks["test_id"])
    columns = tasks["position"].to_numpy(dtype=np.int64) - 1
    known = (rows >= 0) & (columns < count)
    place = rows[known], columns[known]
    shape = len(test_ids), count
    maximum, level = np.zeros(shape, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    declared = np.zeros(shape, dtype=bool)
    maximum[place] = tasks["max_points"].to_numpy(dtype=np.int64, na_value=0)[known]
    level[place] = pd.Index(norm("completion_thresholds")["level"]).get_indexer(
        tasks["level"][known]
    )
    declared[place] = True
    return _Grid(test_ids, maximum, level, declared)


def _sums(
    works: pd.DataFrame, found: Cells, grid: _Grid
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """n and points, shape (groups, mark groups, K), and participants, (groups, mark groups)."""
    mark = works["mark"].to_numpy(dtype=np.int64, na_value=0)
    slot = found.code * _SLOTS + np.where(mark > 0, mark - 1, 0)  # slot 0: no mark
    size = len(found.table) * _SLOTS
    limits = np.where(grid.maximum == 0, np.iinfo(np.int64).max, grid.maximum)
    limits = limits[grid.tests.get_indexer(found.table["test_id"])]
    n = np.zeros((size, limits.shape[1]), dtype=np.int64)
    earned = np.zeros_like(n)
    for k in range(limits.shape[1]):
        points, counts = points_of(works, k + 1)
        chosen = np.flatnonzero(counts & found.present)
        chosen = chosen[points[chosen] <= limits[found.code[chosen], k]]
        n[:, k] = np.bincount(slot[chosen], minlength=size)
        earned[:, k] = np.bincount(slot[chosen], weights=points[chosen], minlength=size)
    people = np.bincount(slot[found.present], minlength=size)
    return _by_group(found, n), _by_group(found, earned), _by_group(found, people)


def _by_group(found: Cells, sums: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sums by cell and slot for all groups, the first slot turned into the sum of all slots."""
    by_slot = sums.reshape(len(found.table), _SLOTS, *sums.shape[1:])
    by_slot[:, 0] = by_slot.sum(axis=1)
    return found.pooled(by_slot)


def _verdicts(
    earned: NDArray[np.int64], possible: NDArray[np.int64], level: NDArray[np.int64]
) -> pd.Series:
    """Verdict by the thresholds of the task's level, compared in integers; null without either."""
    verdicts = pd.Series(pd.NA, index=range(len(earned)), dtype="str")
    for row in norm("completion_thresholds").reset_index().itertuples():
        judged = (level == row.Index) & (possible > 0)
        sufficient = reaches(earned, possible, exact(row.sufficient))
        insufficient = ~reaches(earned, possible, exact(row.insufficient_below))
        verdicts[judged] = "uncertain"
        verdicts[judged & sufficient] = "sufficient"
        verdicts[judged & insufficient] = "insufficient"
    return verdicts.array


def _levels(levels: pd.Series) -> str:
    order = norm("completion_thresholds")["level"]
    return ", ".join(order[order.isin(levels)])
