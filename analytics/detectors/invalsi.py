"""The Italian index of unusual classes (INVALSI), for comparison with other countries only.

Quintano, Castellano, Longobardi 2009: four figures of a class (mean share of the maximum, its
standard deviation, Gini heterogeneity of the answers to a task averaged over tasks, share of
skipped tasks) → z-scores → two principal axes → fuzzy c-means (m = 2). The index is how far the
class belongs to the cluster with a high mean and little of the three others. The algorithm finds
such a cluster in any data, also where all is honest: it has no error rate and is never a flag.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.detectors.answers import Answers, answers
from analytics.detectors.scopes import stacked

MIN_WORKS = 10  # of a class
MIN_CLASSES = 20  # of a test: clusters of fewer mean nothing
CLUSTERS = 3
STEPS = 200
SETTLED = 1e-10
FEW_WORKS = f"меньше {MIN_WORKS} работ в каждом классе"
FEW_CLASSES = f"меньше {MIN_CLASSES} классов в работе"
# High mean, low spread, heterogeneity and omission: the signs of the cluster looked for.
DIRECTION = np.array([1.0, -1.0, -1.0, -1.0])
Floats = NDArray[np.float64]


def invalsi_index(works: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Index per test × school: test_id, school_id, classes, n, invalsi_index 0…1, reason.

    The index of a school is the mean of its classes weighted by their works; n: works with points
    for every task in classes of 10 and more. Null with a reason where it is not computed.
    """
    dtypes = {
        "test_id": "str",
        "school_id": "str",
        "classes": "Int64",
        "n": "Int64",
        "invalsi_index": "float64",
        "reason": "str",
    }
    found = stacked(map(_of_test, answers(works, tasks)), dtypes)
    return found.sort_values(["test_id", "school_id"], ignore_index=True)


def class_figures(
    points: NDArray[np.int8],
    maxima: NDArray[np.int64],
    skipped: NDArray[np.int64],
    group: NDArray[np.int64],
    groups: int,
) -> tuple[Floats, Floats]:
    """Works of each class (groups,) and its four figures (groups, 4), NaN where it has none."""
    n = np.bincount(group, minlength=groups).astype(np.float64)
    share = points.sum(axis=0, dtype=np.int64) / max(int(maxima.sum()), 1)
    heterogeneity = np.zeros(groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        for values, most in zip(points, maxima, strict=True):
            width = int(most) + 1
            by_value = np.bincount(group * width + values, minlength=groups * width)
            square = ((by_value.reshape(groups, width) / n[:, None]) ** 2).sum(axis=1)
            heterogeneity += (1 - square) / len(points)
        mean = np.bincount(group, share, groups) / n
        away = np.bincount(group, (share - mean[group]) ** 2, groups)
        omitted = np.bincount(group, skipped, groups) / (n * len(points))
        return n, np.stack([mean, np.sqrt(away / n), heterogeneity, omitted], axis=1)


def outlier_membership(figures: Floats) -> Floats:
    """Degree of belonging to the unusual cluster, 0…1; figures: (classes, 4), no NaN."""
    scale = figures.std(axis=0)
    z = (figures - figures.mean(axis=0)) / np.where(scale > 1e-12, scale, 1.0)
    axes = np.linalg.svd(z, full_matrices=False)[2][:2]
    axes = axes * np.where(axes @ DIRECTION < 0, -1, 1)[:, None]
    scores = z @ axes.T
    belongs = _fuzzy_c_means(scores)
    centres = (belongs.T @ z) / belongs.sum(axis=0)[:, None]
    return belongs[:, np.argmax(centres @ DIRECTION)]


def _fuzzy_c_means(points: Floats) -> Floats:
    """Memberships (points, clusters), m = 2, from centres on quantiles of the first axis."""
    quantiles = (2 * np.arange(CLUSTERS) + 1) / (2 * CLUSTERS)
    centres = np.zeros((CLUSTERS, points.shape[1]))
    centres[:, 0] = np.quantile(points[:, 0], quantiles)
    belongs = np.zeros((len(points), CLUSTERS))
    for _ in range(STEPS):
        square = ((points[:, None, :] - centres) ** 2).sum(axis=2)
        nearness = 1 / np.maximum(square, 1e-12)
        moved = nearness / nearness.sum(axis=1, keepdims=True)
        settled = np.abs(moved - belongs).max(initial=0) < SETTLED
        belongs = moved
        if settled:
            break
        weight = belongs**2
        centres = (weight.T @ points) / weight.sum(axis=0)[:, None]
    return belongs


def _of_test(paper: Answers) -> dict[str, NDArray]:
    groups, schools = len(paper.school_of), len(paper.schools)
    n, figures = class_figures(paper.points, paper.maxima, paper.skipped, paper.group, groups)
    counted = n >= MIN_WORKS
    index, reason = np.zeros(groups), FEW_CLASSES
    if counted.sum() >= MIN_CLASSES:
        index[counted], reason = outlier_membership(figures[counted]), FEW_WORKS
    kept = np.where(counted, n, 0)
    works, product = (np.bincount(paper.school_of, x, schools) for x in (kept, index * kept))
    known = (works > 0) & (reason == FEW_WORKS)
    return {
        "test_id": np.full(schools, paper.test_id, dtype=object),
        "school_id": paper.schools,
        "classes": np.bincount(paper.school_of, counted, schools).astype(np.int64),
        "n": works.astype(np.int64),
        "invalsi_index": np.where(known, product / np.maximum(works, 1), np.nan),
        "reason": np.select([known, works > 0], [None, reason], default=FEW_WORKS),
    }
