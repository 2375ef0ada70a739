"""One p-value out of several that may depend on each other: Cauchy's combination."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LOWEST, HIGHEST = 1e-15, 1 - 1e-3  # so that one p near 1 cannot erase the others' evidence


def cauchy(p: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """Combined p of each row (Liu and Xie 2020): T = Σw·tan((½−p)π)/Σw, p = ½ − atan(T)/π.

    p: (rows, tests), NaN where a test was not made: its weight falls out. weights: (tests,).
    NaN for a row without tests of positive weight.
    """
    p = np.clip(np.asarray(p, dtype=np.float64), LOWEST, HIGHEST)
    w = np.where(np.isnan(p), 0.0, np.asarray(weights, dtype=np.float64))
    total = w.sum(axis=1)
    statistic = np.where(w > 0, w / np.tan(np.pi * p), 0.0).sum(axis=1)
    # atan2 keeps the digits that ½ − atan(T)/π loses for a large T.
    return np.where(total > 0, np.arctan2(total, statistic) / np.pi, np.nan)
