"""Guttman errors of a paper: an easier step missed while a harder one is made, in pairs.

A task of m points is m steps (points ≥ 1, …, ≥ m), so that one rule serves all tasks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CHUNK = 65_536  # works at a time: the steps of a chunk stay in the cache


def step_ranks(points: NDArray[np.int8], maxima: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of each step by difficulty, 0 the easiest: (steps,), steps in the order of the tasks.

    points: (tasks, works). Ties are ranked by the position of the task, then by the step.
    """
    made = [
        np.count_nonzero(points[task] >= value)
        for task, most in enumerate(maxima)
        for value in range(1, most + 1)
    ]
    ranks = np.empty(len(made), dtype=np.int64)
    ranks[np.argsort(-np.array(made, dtype=np.int64), kind="stable")] = np.arange(len(made))
    return ranks


def step_sums(
    points: NDArray[np.int8], maxima: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Σ weight of the steps made by each work: (columns, works); weights: (steps, columns).

    Exact for whole weights while the sums stay below 2^24.
    """
    task = np.repeat(np.arange(len(maxima)), maxima)
    value = np.concatenate([np.arange(1, m + 1, dtype=np.int8) for m in [*maxima, 0]])
    factors = weights.T.astype(np.float32)
    sums = np.empty((len(factors), points.shape[1]))
    for start in range(0, points.shape[1], CHUNK):
        part = slice(start, start + CHUNK)
        steps = points[task, part] >= value[:, None]
        sums[:, part] = factors @ steps.astype(np.float32)
    return sums


def guttman_errors(points: NDArray[np.int8], maxima: NDArray[np.int64]) -> NDArray[np.int64]:
    """G of each work, (works,): pairs of an easier step missed and a harder step made.

    With r steps made, G = Σ ranks of the steps made − r(r − 1)/2. Molenaar 1991 for tasks of
    several points; Guttman's count for tasks of one point.
    """
    ranks = step_ranks(points, maxima)
    total = points.sum(axis=0, dtype=np.int64)
    made = step_sums(points, maxima, ranks[:, None].astype(np.float64))[0]
    return made.astype(np.int64) - total * (total - 1) // 2
