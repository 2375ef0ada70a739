"""Limits of the rules as exact fractions, so that a share on the limit falls on its right side."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.norms import norm


def threshold(name: str) -> Fraction:
    """The value of `name` in norms/thresholds.csv; KeyError if there is none."""
    values = norm("thresholds").set_index("name")["value"]
    return exact(values.loc[name])


def exact(value: object) -> Fraction:
    """A number as it is written in a table of norms: 0.285 is 57/200."""
    return Fraction(str(value))


def reaches(part: ArrayLike, whole: ArrayLike, limit: Fraction) -> NDArray[np.bool_]:
    """Whether part/whole ≥ limit, in integers; False where whole is 0.

    part, whole: counts, whole ≥ 0.
    """
    parts, wholes = np.asarray(part, dtype=np.int64), np.asarray(whole, dtype=np.int64)
    return (wholes > 0) & (limit.denominator * parts >= limit.numerator * wholes)
