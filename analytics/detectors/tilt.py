"""A reference histogram moved to the level of a school: exponential tilting.

p_θ(s) = f(s)·exp(θ(s − μ))/Z(θ): a stronger or weaker school has the same tasks, the same holes
and the same honest rounding, only more of the higher or of the lower scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.detectors.reference import Array, Reference

GRID = 401
REACH = 4.0  # the table covers θ·sd of the reference from −4 to 4
STEPS = 25
EXACT = 1e-12
# Half a work in every score: a cell that the reference lacks is rare, not impossible.
RARE = 0.5


@dataclass(frozen=True)
class Tilted:
    """Tilted probabilities by row, (rows, scores), their moments, and the row of each school."""

    p: Array
    mean: Array
    variance: Array
    third: Array
    row: NDArray[np.int64]


def tilted_to_schools(reference: Reference) -> Tilted:
    """The reference of each school at the school's own level.

    Schools that share one reference take the nearest of 401 tabulated levels (the score is free
    of the level to the first order, so the step does no harm); the few whose own works are left
    out get a row each, solved exactly.
    """
    out = reference.left_out
    table, theta = _table(reference.whole)
    means = shrunken_means(reference)
    middle, _, _ = _moments(table)
    row = np.rint(np.interp(means, middle, np.arange(GRID))).astype(np.int64)
    row[out] = GRID + np.arange(out.sum())
    own = _smoothed(reference.rest())
    p = np.vstack([table, _tilt(own, _level(own, means[out], np.abs(theta).max()))])
    return Tilted(p, *_moments(p), row)


def shrunken_means(reference: Reference) -> Array:
    """Level of each school: its mean score pulled towards the reference by its own noise.

    m̃ = μ + (m − μ)·n/(n + v/v_b), v_b = Var(m) − v·mean(1/n), the variance between schools.
    """
    score = np.arange(reference.counts.shape[1])
    n = np.maximum(reference.counts.sum(axis=1), 1)
    means = np.einsum("gs,s->g", reference.counts, score) / n
    centre, variance, _ = _moments(_smoothed(reference.whole[None]))
    between = max(means.var() - variance[0] * (1 / n).mean(), 1e-6)
    return centre[0] + (means - centre[0]) * n / (n + variance[0] / between)


def _smoothed(counts: Array) -> Array:
    """Probabilities of score histograms, (rows, scores)."""
    weight = counts + RARE
    return weight / weight.sum(axis=1, keepdims=True)


def _table(whole: Array) -> tuple[Array, Array]:
    """Tilted probabilities on the grid of θ, (401, scores), and the grid."""
    base = _smoothed(whole[None])
    _, variance, _ = _moments(base)
    theta = np.linspace(-REACH, REACH, GRID) / np.sqrt(variance[0])
    return _tilt(base, theta), theta


def _tilt(base: Array, theta: Array) -> Array:
    """p_θ of every row: base (rows or 1, scores), theta (rows,)."""
    score = np.arange(base.shape[1])
    exponent = theta[:, None] * (score - np.einsum("gs,s->g", base, score)[:, None])
    weight = base * np.exp(exponent - exponent.max(axis=1, keepdims=True, initial=0.0))
    return weight / weight.sum(axis=1, keepdims=True)


def _level(base: Array, means: Array, limit: float) -> Array:
    """θ that gives each row its mean: Newton's steps."""
    theta = np.zeros(len(means))
    for _ in range(STEPS):
        mean, variance, _ = _moments(_tilt(base, theta))
        step = (means - mean) / np.maximum(variance, 1e-9)
        before, theta = theta, np.clip(theta + np.clip(step, -limit / 4, limit / 4), -limit, limit)
        if np.abs(theta - before).max(initial=0.0) < EXACT * limit:
            break
    return theta


def _moments(p: Array) -> tuple[Array, Array, Array]:
    """Mean, variance and third central moment of each row."""
    score = np.arange(p.shape[1])
    mean = np.einsum("gs,s->g", p, score)
    gap = score - mean[:, None]
    return mean, (p * gap**2).sum(axis=1), (p * gap**3).sum(axis=1)
