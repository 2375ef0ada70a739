"""D10: a small excess that lasts: the cumulative sum of a detector's yearly z.

S_t = max(0, S_{t−1} + z_t − ½), from 0; alarm at 3 (Page 1954). A year without z leaves the sum as
it is. p = the chance that the sum of an honest school (z normal) reaches S_t at least once in as
many years. P_t(x) = chance to reach h within t years from x:
    P_t(x) = Φ(x − ½ − h) + Φ(½ − x)·P_{t−1}(0) + ∫₀ʰ P_{t−1}(y) φ(y − x + ½) dy,
the integral by Gauss and Legendre.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from analytics import schema

SLACK = 0.5
ALARM = 3.0
MIN_YEARS = 2
NODES = 40
LEVELS = np.linspace(0.02, 40.0, 2000)  # of h, for the table that p is read from
UNIT = "накопленная сумма z"
FEW_YEARS = f"меньше {MIN_YEARS} лет наблюдений"
Floats = NDArray[np.float64]


def cusum(evidence: pd.DataFrame, detector: str = "boundary_lifting") -> pd.DataFrame:
    """Table `evidence` with detector "cusum": one row per year × school that `detector` has.

    evidence: rows of any detectors; of `detector` the whole-school rows with a z are used. n: works
    of all the years up to this one. mde: where S stands on average after a lasting yearly shift of
    z that raises the alarm within these years in 80 % of cases.
    """
    chosen = evidence[(evidence["detector"] == detector) & (evidence["scope"] == "")]
    known = (chosen["status"] == "tested") & chosen["z"].notna()
    table = chosen.assign(z=chosen["z"].where(known), n=chosen["n"].where(known, 0))
    z = table.pivot_table(index="school_id", columns="year", values="z", observed=True)
    z = z.reindex(pd.Index(table["school_id"].unique()).sort_values())
    years = z.notna().cumsum(axis=1)
    total = pd.DataFrame(index=z.index, columns=z.columns, dtype="float64")
    level = np.zeros(len(z))
    for year in z.columns:
        step = z[year].to_numpy(dtype=np.float64)
        level = np.where(np.isnan(step), level, np.maximum(0, level + step - SLACK))
        total[year] = level
    rows = table[["year", "school_id", "n", "reference"]].sort_values(["school_id", "year"])
    rows["n"] = rows.groupby("school_id", observed=True)["n"].cumsum()
    places = z.index.get_indexer(rows["school_id"]), z.columns.get_indexer(rows["year"])
    inside = places[1] >= 0
    seen, reached = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows))
    seen[inside] = years.to_numpy()[places[0][inside], places[1][inside]]
    reached[inside] = total.to_numpy()[places[0][inside], places[1][inside]]
    return _evidence(rows.assign(years=seen, estimate=reached))


def reach_chance(levels: Floats, years: int, shift: float = 0.0) -> Floats:
    """P(the sum reaches `levels` at least once within `years`), z ~ N(shift, 1): (levels,)."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    h = np.asarray(levels, dtype=np.float64)[:, None]
    y, share = h * (nodes + 1) / 2, h * weights / 2  # (levels, nodes)
    start = np.concatenate([np.zeros_like(h), y], axis=1)  # 0, then the nodes
    drift = start + shift - SLACK
    at_once = ndtr(drift - h)
    to_zero = ndtr(-drift)
    density = np.exp(-((y[:, None, :] - drift[:, :, None]) ** 2) / 2) / np.sqrt(2 * np.pi)
    kernel = density * share[:, None, :]
    chance = np.zeros_like(start)
    for _ in range(years):
        chance = at_once + to_zero * chance[:, :1] + (kernel @ chance[:, 1:, None])[:, :, 0]
    return chance[:, 0]


def _evidence(rows: pd.DataFrame) -> pd.DataFrame:
    p, mde = np.ones(len(rows)), np.full(len(rows), np.nan)
    reached = rows["estimate"].to_numpy(dtype=np.float64)
    years = rows["years"].to_numpy()
    for t in np.unique(years[years >= MIN_YEARS]):
        same = years == t
        p[same] = np.where(reached[same] > 0, _tabled(reached[same], int(t)), 1.0)
        mde[same] = _lasting(int(t))
    enough = years >= MIN_YEARS
    columns = ["ci_low", "ci_high", "pupils", "pupils_low", "pupils_high"]
    full = rows.drop(columns="years").assign(
        **dict.fromkeys(columns),
        detector="cusum",
        scope="",
        estimate=np.where(enough, reached, np.nan),
        unit=pd.Series(UNIT, index=rows.index, dtype="str").where(enough),
        reference=rows["reference"].where(enough),
        z=np.where(enough, -ndtri(np.clip(p, 1e-300, 1 - 1e-16)), np.nan),
        p_value=np.where(enough, p, np.nan),
        mde=mde,
        status=np.where(enough, "tested", "not_enough_data"),
        reason=pd.Series(FEW_YEARS, index=rows.index, dtype="str").mask(enough),
    )
    return schema.conform(full, "evidence")


def _tabled(reached: Floats, years: int) -> Floats:
    """The chance to reach each sum, between the two LEVELS beside it by its logarithm."""
    above = np.searchsorted(LEVELS, reached).clip(1, len(LEVELS) - 1)
    levels = LEVELS[np.unique([above - 1, above])]
    chance = np.log(np.maximum(reach_chance(levels, years), 1e-300))
    return np.exp(np.interp(reached, levels, chance))


def _lasting(years: int) -> float:
    """t·(δ − ½) with P(alarm within t years of z ~ N(δ, 1)) = .8, to a hundredth of δ."""
    shifts = np.arange(0.5, 6.0, 0.01)
    low, high = 0, len(shifts) - 1
    while low < high:
        middle = (low + high) // 2
        found = reach_chance(np.array([ALARM]), years, float(shifts[middle]))[0] >= 0.8
        low, high = (low, middle) if found else (middle + 1, high)
    return years * (float(shifts[low]) - SLACK)
