"""Funnel of schools: shares against a common one, with the spread that honest schools have."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

WINSOR = 0.1
EXACT_BELOW = 30  # participants: below it the arcsine is a poor normal
LEVELS = {"95": 1.959964, "998": 3.090232}
MIN_SCHOOLS = 5


def funnels(counts: pd.DataFrame) -> pd.DataFrame:
    """The funnel of each test: test_id, schools, p0 (the common share), tau2.

    counts: test_id, k, n (> 0), one row per test × school. tau2 is the variance between schools on
    the scale of arcsin √p, beyond chance; 0 where there are fewer than 5 schools.
    """
    sums = counts.groupby("test_id", as_index=False, observed=True).agg(
        schools=("n", "size"), k=("k", "sum"), n=("n", "sum")
    )
    sums = sums.assign(p0=sums["k"] / sums["n"])
    rows = counts[["test_id", "k", "n"]].merge(
        sums[["test_id", "p0"]], how="left", on="test_id", validate="m:1"
    )
    z = pd.Series(share_z(rows["k"], rows["n"], rows["p0"])).groupby(rows["test_id"].to_numpy())
    low, high = z.quantile(WINSOR), z.quantile(1 - WINSOR)
    width = rows["test_id"].map(low).to_numpy(), rows["test_id"].map(high).to_numpy()
    square = rows.assign(square=np.clip(z.obj, *width) ** 2)
    phi = square.groupby("test_id", observed=True)["square"].mean() / winsorised_square(WINSOR)
    weights = rows.assign(w=4.0 * rows["n"], w2=16.0 * rows["n"] ** 2)
    weights = weights.groupby("test_id", observed=True)[["w", "w2"]].sum()
    k = sums.set_index("test_id")["schools"]
    tau2 = between_variance(phi, k, weights["w"], weights["w2"]).where(k >= MIN_SCHOOLS, 0.0)
    return sums[["test_id", "schools", "p0"]].assign(tau2=sums["test_id"].map(tau2))


def between_variance(phi: pd.Series, k: pd.Series, w: pd.Series, w2: pd.Series) -> pd.Series:
    """tau² = max(0, (k·phi − (k−1))/(Σw − Σw²/Σw)) (Spiegelhalter 2005, DerSimonian and Laird).

    phi: mean square of the z-scores; w, w2: sums over k institutions of 1/s² and its square.
    """
    room = w - w2 / w
    return ((k * phi - (k - 1)) / room.where(room > 0)).clip(lower=0).fillna(0.0)


def winsorised_square(share: float) -> float:
    """E[z²] of a standard normal winsorised at `share` in each tail: .679 at .1, .831 at .05.

    The usual packages leave this out, which makes phi and tau² too small.
    """
    from scipy.special import ndtri

    a = -ndtri(share)
    density = np.exp(-(a**2) / 2) / np.sqrt(2 * np.pi)
    return float(1 - 2 * a * density - 2 * share + 2 * share * a**2)


def share_z(k: ArrayLike, n: ArrayLike, p0: ArrayLike) -> Array:
    """z of the share k/n against p0, chance alone; n > 0.

    (arcsin √(k/n) − arcsin √p0)·2√n; below 30 participants the exact binomial mid-p as a z.
    """
    from scipy.special import ndtri

    k, n, p0 = (np.asarray(v, dtype=np.float64) for v in (k, n, p0))
    arcsine = (np.arcsin(np.sqrt(k / n)) - np.arcsin(np.sqrt(p0))) * 2 * np.sqrt(n)
    exact = ndtri(np.clip(_mid_p(k, n, p0), 1e-300, 1 - 1e-16))
    return np.where(n < EXACT_BELOW, exact, arcsine)


def over_dispersed(z: ArrayLike, n: ArrayLike, tau2: ArrayLike) -> Array:
    """z by chance alone → z with the spread between schools: the variance 1/4n grows by tau²."""
    n, tau2 = np.asarray(n, dtype=np.float64), np.asarray(tau2, dtype=np.float64)
    return np.asarray(z, dtype=np.float64) / np.sqrt(1 + 4 * n * tau2)


def limits(n: ArrayLike, p0: float, tau2: float, level: str) -> tuple[Array, Array]:
    """Limits of the funnel at n participants, shares 0..1; level "95" or "998".

    A share outside the limits is one whose |z| (`share_z`, `over_dispersed`) exceeds 1.96 or 3.09.
    """
    from scipy.special import ndtr

    n = np.asarray(n, dtype=np.float64)[:, None]
    reach = LEVELS[level] * np.sqrt(1 + 4 * n * tau2)
    centre, half = np.arcsin(np.sqrt(p0)), reach / (2 * np.sqrt(n))
    low = np.sin(np.maximum(centre - half, 0)) ** 2
    high = np.sin(np.minimum(centre + half, np.pi / 2)) ** 2
    k = np.arange(EXACT_BELOW, dtype=np.float64)
    middle = _mid_p(np.minimum(k, n), n, p0)
    inside = (middle >= ndtr(-reach)) & (middle <= ndtr(reach)) & (k <= n)
    exact_low = np.where(inside, k, np.inf).min(axis=1, keepdims=True) / n
    exact_high = np.where(inside, k, -np.inf).max(axis=1, keepdims=True) / n
    small = n < EXACT_BELOW
    return np.where(small, exact_low, low)[:, 0], np.where(small, exact_high, high)[:, 0]


def _mid_p(k: Array, n: Array, p0: ArrayLike) -> Array:
    """P(X < k) + ½P(X = k) of Binomial(n, p0), by the incomplete beta function."""
    from scipy.special import betaincc

    upto = np.where(k < n, betaincc(k + 1, np.maximum(n - k, 0.5), p0), 1.0)
    below = np.where(k > 0, betaincc(np.maximum(k, 0.5), n - k + 1, p0), 0.0)
    return (below + upto) / 2
