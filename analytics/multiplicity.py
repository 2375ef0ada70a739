"""Many p-values at once: false discovery rate and the smallest of several."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

LAMBDAS = np.arange(0.05, 0.96, 0.05)


def benjamini_hochberg(p: ArrayLike, family: ArrayLike | None = None) -> Array:
    """Adjusted p-values of Benjamini and Hochberg (1995), each family by itself.

    q ≤ .05 is what the step-up procedure rejects at .05. p: (tests,), NaN takes no part and stays
    NaN. family: (tests,) codes; without them all are one family.
    """
    p = np.asarray(p, dtype=np.float64)
    codes = np.zeros(len(p)) if family is None else np.asarray(family)
    known = np.flatnonzero(~np.isnan(p))
    ordered = known[np.lexsort((-p[known], codes[known]))]  # from the largest p down
    groups = pd.Series(p[ordered]).groupby(codes[ordered], sort=False)
    size = groups.transform("size")
    rank = size - groups.cumcount()
    q = np.full(len(p), np.nan)
    q[ordered] = (
        (pd.Series(p[ordered]) * size / rank)
        .groupby(codes[ordered], sort=False)
        .cummin()
        .clip(0, 1)
    )
    return q


def storey(p: ArrayLike) -> Array:
    """q-values of Storey and Tibshirani (2003): BH times the share of true null hypotheses."""
    return true_nulls(p) * benjamini_hochberg(p)


def true_nulls(p: ArrayLike) -> float:
    """Share of true null hypotheses π0 by the smoother, 0..1; NaN takes no part.

    π0(λ) = #{p ≥ λ}/(m(1−λ)) at λ = .05, .10 … .95; a cubic smoothing spline with three degrees
    of freedom through them, read at .95 (package qvalue, `pi0est` with its defaults).
    """
    p = np.asarray(p, dtype=np.float64)
    p = np.sort(p[~np.isnan(p)])
    beyond = len(p) - np.searchsorted(p, LAMBDAS, side="left")
    raw = beyond / max(len(p), 1) / (1 - LAMBDAS)
    return float(np.clip((_smoother(len(LAMBDAS), 3.0) @ raw)[-1], 0.0, 1.0))


def _smoother(size: int, freedom: float) -> Array:
    """Matrix of the cubic smoothing spline on equidistant points with the stated trace.

    (I + αK)⁻¹, K = QR⁻¹Qᵀ the roughness of the natural spline (Green and Silverman 1994, §2.3).
    """
    second = np.diff(np.eye(size), n=2, axis=0).T
    inner = np.eye(size - 2) * 2 / 3 + (np.eye(size - 2, k=1) + np.eye(size - 2, k=-1)) / 6
    values, vectors = np.linalg.eigh(second @ np.linalg.solve(inner, second.T))
    values = np.maximum(values, 0.0)
    low, high = -30.0, 30.0  # of log α: from a straight line to every point
    for _ in range(100):
        middle = (low + high) / 2
        rough = (1 / (1 + np.exp(middle) * values)).sum() > freedom
        low, high = (middle, high) if rough else (low, middle)
    return (vectors / (1 + np.exp(low) * values)) @ vectors.T


def simes(p: ArrayLike, family: ArrayLike) -> pd.Series:
    """p-value that nothing is true in a family: min over i of m·p(i)/i (Simes 1986).

    p, family: (tests,). Returns one value per family that has a p-value, by its code.
    """
    adjusted = pd.Series(benjamini_hochberg(p, family))
    return adjusted.groupby(np.asarray(family)).min().dropna()
