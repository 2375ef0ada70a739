"""Points of all tasks, test by test, as plain arrays for the detectors that look at patterns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.points import task_count


@dataclass(frozen=True)
class Answers:
    """Works of one test with points for every task: absent and incomplete works are left out.

    points: (tasks, works) int8, a skipped task (X) is 0; maxima: (tasks,) of each task; skipped:
    (works,) how many tasks the pupil skipped.
    school, group: (works,) codes of the school and of the class within the school, in the order
    of `schools` (names) and `groups` (school_id, class_label; "" where the class is not known).
    """

    test_id: str
    points: NDArray[np.int8]
    maxima: NDArray[np.int64]
    skipped: NDArray[np.int64]
    school: NDArray[np.int64]
    group: NDArray[np.int64]
    schools: list[str]
    groups: pd.DataFrame


def answers(works: pd.DataFrame, tasks: pd.DataFrame) -> Iterator[Answers]:
    """The complete works of each test, in the order of test_id.

    A task that no work of the test has is no task. The maximum of a task is the stated one, else
    the highest number of points that any work has; works above a stated maximum are left out.
    """
    test, names = pd.factorize(works["test_id"], sort=True)
    order = np.argsort(test, kind="stable")
    present = ~works["absent"].to_numpy(dtype=bool, na_value=True)[order]
    ends = np.searchsorted(test[order], np.arange(len(names) + 1))
    for code, name in enumerate(names):
        rows = order[ends[code] : ends[code + 1]][present[ends[code] : ends[code + 1]]]
        yield _answers(name, works.iloc[rows], tasks[tasks["test_id"] == name])


def _answers(test_id: str, works: pd.DataFrame, tasks: pd.DataFrame) -> Answers:
    points = _points(works)
    asked = np.flatnonzero((points >= 0).any(axis=1))
    points = points[asked]
    stated = tasks.set_index("position")["max_points"].reindex(asked + 1)
    stated = stated.to_numpy(dtype=np.int64, na_value=127)
    complete = ((points >= 0) & (points <= stated[:, None])).all(axis=0) & (len(asked) > 0)
    points = points[:, complete]
    bits = works["skipped"].to_numpy(dtype=np.int64, na_value=0)[complete]
    skipped = np.bitwise_count(bits & (1 << asked).sum(dtype=np.int64)).astype(np.int64)
    works = works.loc[complete, ["school_id", "class_label"]]
    highest = points.max(axis=1, initial=0).astype(np.int64)
    school, schools = pd.factorize(works["school_id"], sort=True)
    label, labels = pd.factorize(works["class_label"].fillna(""), sort=True)
    keys, group = np.unique(school * max(len(labels), 1) + label, return_inverse=True)
    owner, label = np.divmod(keys, max(len(labels), 1))
    groups = pd.DataFrame(
        {"school_id": np.asarray(schools)[owner], "class_label": np.asarray(labels)[label]},
        dtype="str",
    )
    return Answers(
        test_id,
        points,
        np.where(stated == 127, highest, stated),
        skipped,
        school.astype(np.int64),
        group.astype(np.int64),
        list(schools),
        groups,
    )


def _points(works: pd.DataFrame) -> NDArray[np.int8]:
    """(tasks, works) points; −1 where the task is missing or was not taught, 0 where skipped."""
    skipped = works["skipped"].to_numpy(dtype=np.int64, na_value=0)
    untaught = works["not_taught"].to_numpy(dtype=np.int64, na_value=0)
    points = np.empty((task_count(works), len(works)), dtype=np.int8)
    for k in range(len(points)):
        column = works[f"p{k + 1}"].to_numpy(dtype=np.int8, na_value=-1)
        column = np.where((skipped >> k) & 1, np.maximum(column, 0), column)
        points[k] = np.where((untaught >> k) & 1, -1, column)
    return points
