"""D1b, the excess at mark boundaries of a whole municipality, region or country.

Here the counterfactual is a smooth curve, for the whole has nobody to be compared with. It is a
property of the system and never a flag of a school: with a universal honest rounding of 10 % such
a curve flags 33–45 % of honest schools.

What innocent things trigger it: rounding in the pupil's favour that every checker allows; scores
that the tasks' points make frequent or rare (a task worth 2 with few partial answers), which a
smooth curve does not know; two variants of different difficulty in one histogram.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.detectors.near_miss import usable_boundaries
from analytics.detectors.reference import Array
from analytics.scales import BOUNDARIES

DEGREE = 5
SPARE = 3  # cells beyond the number of coefficients, else the curve runs through every cell
REACH = 2
MIN_WORKS = 200  # of a whole; with fewer the curve is not known
BEND = 0.02  # second difference that a smooth histogram may have, of its two neighbours
WHOLES = ("municipality", "region", "country")
NO_SCALE = "нет официальной шкалы отметок"
FEW_CELLS = "вне границ отметок слишком мало баллов для гладкой кривой"
FEW_WORKS = f"меньше {MIN_WORKS} работ"
COLUMNS = [
    "year", "test_id", "group", "group_id", "boundary", "score", "n", "estimate", "ci_low",
    "ci_high", "z", "p_value", "p_exact", "pupils", "status", "reason",
]  # fmt: skip


def system_excess(score_counts: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """One row per test × whole × boundary, and one with boundary "" for all of them together.

    estimate: share of pupils 1–2 points below the boundary who stand at it beyond the curve, 95 %
    interval, one-sided p. p_exact: Frandsen's test of the three cells b−1, b, b+1. pupils: Chetty's
    B at b against a polynomial through the cells outside [b−2, b].
    """
    wholes = score_counts[score_counts["group"].isin(WHOLES) & (score_counts["n"] > 0)]
    facts = tests.set_index("test_id")
    rows: list[dict] = []
    for key, part in wholes.groupby(["test_id", "group", "group_id"], observed=True):
        test = facts.loc[key[0]]
        head = dict(zip(("test_id", "group", "group_id"), key, strict=True), year=test["year"])
        rows += [head | row for row in _of_whole(part, test)]
    found = pd.DataFrame(rows).reindex(columns=COLUMNS)
    order = ["year", "test_id", "group", "group_id", "score"]
    return found.sort_values(order, na_position="first", ignore_index=True)


def _of_whole(part: pd.DataFrame, test: pd.Series) -> list[dict]:
    """Rows of one histogram; one row with the reason where nothing can be computed."""
    scale = test[[*BOUNDARIES, "max_score"]]
    if scale.isna().any():
        return [_refused(int(part["n"].sum()), NO_SCALE, "not_applicable")]
    top = int(scale["max_score"])
    inside = part[part["score"] <= top]
    score, n = (inside[c].to_numpy(dtype=np.int64) for c in ("score", "n"))
    counts = np.bincount(score, n, minlength=top + 1)
    if counts.sum() < MIN_WORKS:
        return [_refused(int(counts.sum()), FEW_WORKS, "not_enough_data")]
    boundaries = usable_boundaries(tuple(int(scale[b]) for b in BOUNDARIES), top, REACH)
    outside = np.ones(top + 1, dtype=bool)
    for b, reach in boundaries:
        outside[b - reach : b + 1] = False
    basis = legendre(top + 1, DEGREE)
    if not boundaries or outside.sum() < DEGREE + 1 + SPARE:
        return [_refused(int(counts.sum()), FEW_CELLS, "not_applicable")]
    curve = np.exp(basis @ poisson_fit(basis[outside], counts[outside]))
    polynomial, _ = chetty_excess(counts, ~outside, DEGREE)
    names = {int(scale[b]): b for b in BOUNDARIES}
    rows = [{"boundary": ""} | _scored(counts, curve, basis, boundaries)]
    for b, reach in boundaries:
        neighbours = counts[[b - 1, b, min(b + 1, top)]]
        rows.append(
            {"boundary": names[b], "score": b, "pupils": counts[b] - polynomial[b]}
            | _scored(counts, curve, basis, ((b, reach),))
            | {"p_exact": frandsen(*map(int, neighbours), BEND) if b < top else np.nan}
        )
    return [row | {"n": int(counts.sum()), "status": "tested"} for row in rows]


def _refused(n: int, reason: str, status: str) -> dict:
    return {"boundary": "", "n": n, "status": status, "reason": reason}


def _scored(
    counts: Array, curve: Array, basis: Array, boundaries: tuple[tuple[int, int], ...]
) -> dict:
    """U/I of the lifted share against the curve; the coefficients of the curve are nuisances.

    d moves the expectation below each boundary to it; w* = d/μ less its projection on the basis
    with weights μ, so that U does not depend on the coefficients to the first order.
    """
    from scipy.special import ndtr

    direction = np.zeros_like(curve)
    for b, reach in boundaries:
        direction[b - reach : b] -= curve[b - reach : b]
        direction[b] += curve[b - reach : b].sum()
    w = direction / curve
    slope = np.linalg.solve(basis.T @ (curve[:, None] * basis), basis.T @ direction)
    w = w - basis @ slope
    info = float(direction @ w)
    c, error = float((counts - curve) @ w) / info, 1 / np.sqrt(info)
    return {
        "estimate": c,
        "ci_low": c - 1.959963984540054 * error,
        "ci_high": c + 1.959963984540054 * error,
        "z": c / error,
        "p_value": float(ndtr(-c / error)),
    }


def legendre(cells: int, degree: int) -> Array:
    """Legendre polynomials 0…degree on the cells spread over [−1, 1], (cells, degree + 1)."""
    return np.polynomial.legendre.legvander(np.linspace(-1, 1, cells), degree)


def poisson_fit(basis: Array, counts: Array) -> Array:
    """Coefficients of a Poisson regression with log link, by weighted least squares repeated."""
    beta = np.linalg.lstsq(basis, np.log(counts + 0.5), rcond=None)[0]
    for _ in range(50):
        mean = np.exp(np.clip(basis @ beta, -30, 30))
        root = np.sqrt(mean)
        target = root * (basis @ beta) + (counts - mean) / root
        step = np.linalg.lstsq(root[:, None] * basis, target, rcond=None)[0] - beta
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return beta


def chetty_excess(counts: Array, excluded: NDArray[np.bool_], degree: int) -> tuple[Array, float]:
    """Polynomial through the cells outside the excluded, and the counts above it inside (B).

    Chetty et al. 2011: a regression of counts on powers of the cell with a dummy for each
    excluded cell, which is the regression on the other cells.
    """
    basis = legendre(len(counts), degree)
    beta = np.linalg.lstsq(basis[~excluded], counts[~excluded], rcond=None)[0]
    curve = basis @ beta
    return curve, float((counts - curve)[excluded].sum())


def frandsen(below: int, at: int, above: int, bend: float) -> float:
    """Two-sided p of `at` among three neighbouring cells of a discrete histogram.

    Frandsen 2017: at ~ Binomial(all three, π), π in [(1 − k)/(3 − k), (1 + k)/(3 + k)] where the
    second difference is at most k = bend of the neighbours. The far tail is the one nearest in
    probability to the observed, each at its worst π; p is the larger sum of both over the limits
    of π. With k = 0 the published code doubles the lesser of P(X ≤ x) and P(X > x); kept as it is.
    """
    from scipy.special import bdtr

    n = below + at + above
    if n == 0:
        return 1.0
    x = np.arange(-1, n + 1)  # −1: an empty lower tail
    low, high = (
        np.append(0.0, bdtr(x[1:], n, pi))
        for pi in ((1 - bend) / (3 - bend), (1 + bend) / (3 + bend))
    )  # P(X ≤ x)
    place = at + 1
    if bend == 0:
        return float(min(1.0, 2 * min(low[place], 1 - low[place])))
    upper, lower = 1 - high[place - 1], low[place]  # P(X ≥ at), P(X ≤ at), the most there can be
    if upper < lower:
        far = int(np.abs(low - upper).argmin())
        sums = [p[far] + 1 - p[place - 1] for p in (low, high)]
    else:
        far = int(np.abs(1 - high - lower).argmin())
        sums = [p[place] + 1 - p[far] for p in (low, high)]
    return float(min(1.0, max(sums)))
