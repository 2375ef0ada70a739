"""Points of all tasks, test by test, as plain arrays for the detectors that look at patterns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.detectors.scopes import by_test, took_part
from analytics.points import task_count

UNSTATED = 127  # maximum of a task that `tasks` says nothing about: no work has more


@dataclass(frozen=True)
class Answers:
    """Works of one test with points for every task: absent and incomplete works are left out.

    points: (tasks, works) int8, a skipped task (X) is 0; maxima: (tasks,) of each task; skipped:
    (works,) how many tasks the pupil skipped.
    school, group: (works,) places of the school in `schools` (names in order) and of the class in
    `school_of` (its school's place) and `labels` ("" where the class is not known), classes in
    the order of schools and labels.
    """

    test_id: str
    points: NDArray[np.int8]
    maxima: NDArray[np.int64]
    skipped: NDArray[np.int64]
    school: NDArray[np.int64]
    group: NDArray[np.int64]
    schools: NDArray[np.object_]
    school_of: NDArray[np.int64]
    labels: NDArray[np.object_]


def answers(works: pd.DataFrame, tasks: pd.DataFrame) -> Iterator[Answers]:
    """The complete works of each test, in the order of test_id.

    A task that no work of the test has is no task. The maximum of a task is the stated one, else
    the highest number of points that any work has; works above a stated maximum are left out.
    """
    school, schools = pd.factorize(works["school_id"], sort=True)
    label, labels = pd.factorize(works["class_label"].fillna(""), sort=True)
    group = school * len(labels) + label
    names = np.asarray(schools, dtype=object), np.asarray(labels, dtype=object)
    skipped = works["skipped"].to_numpy(dtype=np.int64, na_value=0)
    points = _points(works, skipped)
    stated = _stated(tasks, len(points))
    for test_id, rows in by_test(works, took_part(works)):
        most = stated.get(test_id, np.full(len(points), UNSTATED))
        yield _paper(test_id, points[:, rows], most, skipped[rows], group[rows], names)


def _paper(
    test_id: str,
    points: NDArray[np.int8],
    stated: NDArray[np.int64],
    skipped: NDArray[np.int64],
    group: NDArray[np.int64],
    names: tuple[NDArray[np.object_], NDArray[np.object_]],
) -> Answers:
    """points: (tasks, works), −1 where missing; group: school · labels + label, places in names."""
    schools, labels = names
    asked = np.flatnonzero((points >= 0).any(axis=1))
    points, maxima = points[asked], stated[asked]
    complete = ((points >= 0) & (points <= maxima[:, None])).all(axis=0) & (len(asked) > 0)
    points = points[:, complete]
    omitted = skipped[complete] & (1 << asked).sum(dtype=np.int64)
    classes, group = np.unique(group[complete], return_inverse=True)
    owner, label = np.divmod(classes, max(len(labels), 1))
    owners, school_of = np.unique(owner, return_inverse=True)
    return Answers(
        test_id,
        points,
        np.where(maxima == UNSTATED, points.max(axis=1, initial=0), maxima),
        np.bitwise_count(omitted).astype(np.int64),
        school_of[group],
        group,
        schools[owners],
        school_of,
        labels[label],
    )


def _points(works: pd.DataFrame, skipped: NDArray[np.int64]) -> NDArray[np.int8]:
    """(tasks, works) points; −1 where the task is missing or was not taught, 0 where skipped."""
    untaught = works["not_taught"].to_numpy(dtype=np.int64, na_value=0)
    points = np.empty((task_count(works), len(works)), dtype=np.int8)
    for k in range(len(points)):
        column = works[f"p{k + 1}"].to_numpy(dtype=np.int8, na_value=-1)
        column = np.where((skipped >> k) & 1, np.maximum(column, 0), column)
        points[k] = np.where((untaught >> k) & 1, -1, column)
    return points


def _stated(tasks: pd.DataFrame, count: int) -> dict[str, NDArray[np.int64]]:
    """(tasks,) stated maxima of the tasks p1…p{count} of each test that `tasks` has."""
    test, names = pd.factorize(tasks["test_id"])
    position = tasks["position"].to_numpy(dtype=np.int64)
    inside = position <= count
    stated = np.full((len(names), count), UNSTATED, dtype=np.int64)
    most = tasks["max_points"].to_numpy(dtype=np.int64, na_value=UNSTATED)
    stated[test[inside], position[inside] - 1] = most[inside]
    return dict(zip(names, stated, strict=True))
