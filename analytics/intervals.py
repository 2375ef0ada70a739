"""Intervals of shares and of their differences, over whole arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Limits = tuple[NDArray[np.float64], NDArray[np.float64]]


def wilson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> Limits:
    """Score interval of the share k/n (Wilson 1927, without continuity correction), 0..1.

    NaN where n is 0.
    """
    from scipy.special import ndtri

    k, n = _counts(k, n)
    z = ndtri(0.5 + level / 2)
    share = k / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = np.where(k == 0, 0.0, centre - half), np.where(k == n, 1.0, centre + half)
    return np.where(np.isnan(n), np.nan, low), np.where(np.isnan(n), np.nan, high)


def clopper_pearson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> Limits:
    """Exact interval of the share k/n (Clopper and Pearson 1934) by Beta quantiles, 0..1.

    NaN where n is 0.
    """
    from scipy.special import betaincinv

    k, n = _counts(k, n)
    tail = (1 - level) / 2
    low = np.where(k == 0, 0.0, betaincinv(np.maximum(k, 0.5), n - k + 1, tail))
    high = np.where(k == n, 1.0, betaincinv(k + 1, np.maximum(n - k, 0.5), 1 - tail))
    return np.where(np.isnan(n), np.nan, low), np.where(np.isnan(n), np.nan, high)


def newcombe_difference(k1: ArrayLike, n1: ArrayLike, k0: ArrayLike, n0: ArrayLike) -> Limits:
    """95 % interval of k1/n1 − k0/n0 for independent groups, −1..1.

    Newcombe 1998, method 10: Wilson's limits of both shares, squared and added. NaN where a group
    is empty.
    """
    low1, high1 = wilson(k1, n1)
    low0, high0 = wilson(k0, n0)
    (k1, n1), (k0, n0) = _counts(k1, n1), _counts(k0, n0)
    share1, share0 = k1 / n1, k0 / n0
    difference = share1 - share0
    return (
        difference - np.hypot(share1 - low1, high0 - share0),
        difference + np.hypot(high1 - share1, share0 - low0),
    )


def _counts(k: ArrayLike, n: ArrayLike) -> Limits:
    """Counts as floats of one shape, n = 0 as NaN so that nothing divides by zero."""
    k, n = np.broadcast_arrays(np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64))
    return k, np.where(n == 0, np.nan, n)
