"""How much honest schools differ, taken from the bulk of them so that a few do not inflate it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, digamma, pdtrc

Array = NDArray[np.float64]
CHI2_MEDIAN = 0.45493642311957283  # of one degree of freedom
ENOUGH = 20  # fewer values say too little of their own spread
HALVINGS = 40
NEAR = 1e-4
DISPERSIONS = (-9.0, 3.0)  # logarithms: from no matter to no use


def spread(values: Array, errors: Array, centre: float = 0.0) -> float:
    """τ with median((value − centre)² / (error² + τ²)) = the median of χ²(1); 0 where less.

    A median ignores the tails: a third of the schools may be unusual. values, errors: (k,).
    """
    squares, noise = (values - centre) ** 2, errors**2
    top = float(np.sqrt(squares.max(initial=0.0) / CHI2_MEDIAN))
    return root(lambda tau: float(np.median(squares / (noise + tau**2))) > CHI2_MEDIAN, top)


def root(too_small: Callable[[float], bool], top: float) -> float:
    """The value between 0 and `top` where `too_small` turns false, to a ten-thousandth of itself.

    0 where that is below a ten-thousandth of `top`.
    """
    low, high = 0.0, top
    while high - low > NEAR * high and high > NEAR * top:
        middle = (low + high) / 2
        low, high = (middle, high) if too_small(middle) else (low, middle)
    return low


def count_tail(counts: Array, expected: Array, dispersion: Array) -> Array:
    """Mid-p of a count or more: P(X > x) + P(X = x)/2, variance m + dispersion·m².

    Poisson where the dispersion is 0, else negative binomial (a Poisson whose mean differs between
    schools). counts, expected, dispersion: (k,), whole counts, expected > 0.
    """
    below = np.maximum(counts - 1, 0)
    even = dispersion <= 0
    shape = 1 / np.where(even, 1.0, dispersion)
    part = expected / (expected + shape)
    more = np.where(even, pdtrc(counts, expected), betainc(counts + 1, shape, part))
    as_many = np.where(even, pdtrc(below, expected), betainc(below + 1, shape, part))
    return (more + np.where(counts > 0, as_many, 1.0)) / 2


def count_dispersion(counts: Array, expected: Array) -> float:
    """Most likely dispersion 1/k of negative binomial counts; 0 where it does not matter.

    The root of Σ ψ(x + k) − ψ(k) − ln(1 + m/k) + (m − x)/(m + k), the derivative of the logarithm
    of the likelihood, for 1/k between e^−9 and e^3. counts, expected: (k,), expected > 0.
    """

    def narrower(logarithm: float) -> bool:
        size = float(np.exp(-logarithm))
        shape = digamma(counts + size) - digamma(size) - np.log1p(expected / size)
        return np.sum(shape + (expected - counts) / (expected + size)) > 0

    low, high = DISPERSIONS
    if narrower(low):
        return 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if narrower(middle) else (middle, high)
    return float(np.exp((low + high) / 2))
