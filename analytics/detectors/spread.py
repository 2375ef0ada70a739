"""How much honest schools differ, taken from the bulk of them so that a few do not inflate it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, pdtr, pdtrc

Array = NDArray[np.float64]
CHI2_MEDIAN = 0.45493642311957283  # of one degree of freedom
ENOUGH = 20  # fewer values say too little of their own spread
HALVINGS = 40


def spread(values: Array, errors: Array, centre: float = 0.0) -> float:
    """τ with median((value − centre)² / (error² + τ²)) = the median of χ²(1); 0 where less.

    A median ignores the tails: a third of the schools may be unusual. values, errors: (k,).
    """
    squares = (values - centre) ** 2
    low, high = 0.0, float(np.sqrt(squares.max(initial=0.0) / CHI2_MEDIAN))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        more = np.median(squares / (errors**2 + middle**2)) > CHI2_MEDIAN
        low, high = (middle, high) if more else (low, middle)
    return low if low > high * 1e-9 else 0.0


def count_tail(counts: Array, expected: Array, dispersion: float) -> Array:
    """Mid-p of a count or more: P(X > x) + P(X = x)/2, variance m + dispersion·m².

    Poisson where the dispersion is 0, else negative binomial (a Poisson whose mean differs between
    schools). counts, expected: (k,), whole counts, expected > 0.
    """
    below = np.maximum(counts - 1, 0)
    if dispersion <= 0:
        more = pdtrc(counts, expected)
        at_least = np.where(counts > 0, pdtrc(below, expected), 1.0)
        # The point mass out of the lower tail where the upper one has no digits left for it.
        return np.where(counts > 0, (more + at_least) / 2, more + pdtr(0, expected) / 2)
    shape = 1 / dispersion
    part = expected / (expected + shape)
    more = betainc(counts + 1, shape, part)
    at_least = np.where(counts > 0, betainc(np.maximum(counts, 1), shape, part), 1.0)
    return (more + at_least) / 2


def count_dispersion(counts: Array, expected: Array) -> float:
    """The least dispersion at which no more than a quarter of the mid-p are ¼ or less.

    The upper quarter of the counts is what honest heterogeneity shows in; up to about a tenth of
    unusual schools move it little. 0 where the Poisson law is wide enough.
    """
    allowed = len(counts) / 4

    def too_many(dispersion: float) -> bool:
        return np.count_nonzero(count_tail(counts, expected, dispersion) <= 0.25) > allowed

    if not too_many(0.0):
        return 0.0
    low, high = -12.0, 6.0  # of log dispersion
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if too_many(float(np.exp(middle))) else (low, middle)
    return float(np.exp(high))
