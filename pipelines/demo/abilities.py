"""The item-response model: from abilities to points, and what honest markers do with them.

A task of m points is m steps, each with the two-parameter logistic probability
P(points ≥ k) = 1 / (1 + exp(−0.8·(ability − difficulty − step_k))) (the graded-response model).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipelines.demo.works import Work

Floats = NDArray[np.float64]
Points = NDArray[np.int64]
Flags = NDArray[np.bool_]

_DISCRIMINATION = 0.8
_STEP = 0.6  # between the thresholds of one task
_DIFFICULTY = {"Б": -0.9, "П": 0.3, "В": 1.0}
_DIFFICULTY_SD = 0.35
_LOW_SHARE = 0.11  # of «2» that a work is tuned to in the region
_JOURNAL_CUTS = (-2.1, -0.4, 0.9)  # between 2 and 3, 3 and 4, 4 and 5
_JOURNAL_NOISE = 0.5
_SKIPPED_SHARE = 0.3  # of the zeros stand as X


def difficulties(work: Work, rng: np.random.Generator) -> Floats:
    """Thresholds, shape (highest maximum, tasks); infinite beyond a task's maximum."""
    base = np.array([_DIFFICULTY[level] for level in work.levels])
    return steps_of(base + rng.normal(0, _DIFFICULTY_SD, len(base)), work.maxima)


def steps_of(difficulty: Floats, maxima: tuple[int, ...]) -> Floats:
    """Thresholds of tasks of these difficulties and maxima, in the shape of `difficulties`."""
    top = np.array(maxima)
    steps = np.arange(1, top.max() + 1)[:, None]
    return np.where(steps <= top, difficulty + _STEP * (steps - (top + 1) / 2), np.inf)


def points(ability: Floats, thresholds: Floats, luck: Floats) -> Points:
    """Points, shape (pupils, tasks); `luck` is uniform on 0..1, of the same shape."""
    logit = np.log(luck) - np.log1p(-luck)
    margin = ability[:, None] - logit / _DISCRIMINATION
    return (margin[None] > thresholds[:, None, :]).sum(axis=0)


def tuned(work: Work, thresholds: Floats, ability: Floats, luck: Floats) -> Floats:
    """Thresholds moved so that 11 % of the pupils given stay below the official minimum."""

    def low_share(shift: float) -> float:
        scores = points(ability, thresholds + shift, luck).sum(axis=1)
        return float((scores < work.boundaries[0]).mean())

    return thresholds + bisected(low_share, _LOW_SHARE)


def bisected(rising: Callable[[float], float], wanted: float) -> float:
    """The argument in −4..4 at which a rising function reaches `wanted`."""
    low, high = -4.0, 4.0
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2


def gaps(scores: Points, boundaries: tuple[int, int, int]) -> Points:
    """How many points each score lacks to the next boundary; 0 from the last boundary on."""
    following = np.searchsorted(boundaries, scores, side="right")
    return np.array([*boundaries, 0])[following] - np.where(following < 3, scores, 0)


def lifts(room: Points, by: Points, rng: np.random.Generator) -> Points:
    """Points to add so that every pupil gets `by` more, in tasks that have room for them.

    room: what each task lacks to its maximum, shape (pupils, tasks).
    """
    added = np.zeros_like(room)
    for step in range(1, int(by.max(initial=0)) + 1):
        rows = np.flatnonzero(by >= step)
        free = room[rows] > added[rows]
        task = np.argmax(free * rng.random(free.shape), axis=1)
        added[rows, task] += 1
    return added


def marks(scores: Points, boundaries: tuple[int, int, int]) -> Points:
    """Marks 2…5 by the scale."""
    return 2 + np.searchsorted(boundaries, scores, side="right")


def journal_marks(ability: Floats, leniency: Floats, rng: np.random.Generator) -> Points:
    """Marks of the last term: ability with noise, on the school's own scale."""
    seen = ability + leniency + rng.normal(0, _JOURNAL_NOISE, len(ability))
    return 2 + np.searchsorted(_JOURNAL_CUTS, seen, side="right")


def skipped(earned: Points, rng: np.random.Generator) -> Flags:
    """Which zeros are tasks that the pupil did not try."""
    return (earned == 0) & (rng.random(earned.shape) < _SKIPPED_SHARE)
