"""Cells (test × school) with an effect and its noise → evidence of the school and of each scope.

y = effect shared by the school's tests + effect of the test + noise. Of the variance τ² between
honest schools in one test a part ρ is shared by the tests of a school:
    school: ŷ = Σwy/Σw, w = 1/((1−ρ)τ² + se²), Var = ρτ² + 1/Σw;  scope: Var = τ² + se².
τ and ρ are robust: medians of squares against the median of χ²(1). With fewer than 20 schools they
are at least the usual ones, which keeps the size and costs power.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.detectors.spread import CHI2_MEDIAN, ENOUGH, spread

Array = NDArray[np.float64]

MIN_SCHOOLS = 5  # below it even a lower limit of τ says nothing
USUAL_SHARE = 0.5
# Degrees of freedom of τ per school. Among 21 honest schools .5 gives a false flag in .02….06 of
# simulated towns, .37 (the efficiency of a median) in .00….03, 1 in .05….10.
FREEDOM = 0.5
WIDENED_FREEDOM = 0.75  # the same of `widened`, by simulation too
SURE, POWER_80 = 3.0, 0.8416
HALVINGS = 30
SCHOOL = ["year", "school_id"]


@dataclass(frozen=True)
class Yardstick:
    """τ of honest schools, the share ρ of τ² common to a school's tests, freedom of the tail.

    width: every standard error is that many times longer, see `widened`.
    """

    tau: float
    shared: float
    freedom: float
    width: float = 1.0


def yardstick(cells: pd.DataFrame, usual: float) -> Yardstick:
    """From tested cells of one year: school_id, y, se2. usual: τ where there are few schools."""
    school, count = _codes(cells)
    y, se2 = (cells[c].to_numpy(dtype=np.float64) for c in ("y", "se2"))
    if count < MIN_SCHOOLS:
        return Yardstick(usual, USUAL_SHARE, np.inf)
    tau, freedom = spread(y, np.sqrt(se2)), FREEDOM * (count - 1)
    if count >= ENOUGH:
        return Yardstick(tau, _shared(y, se2, school, tau), freedom)
    shared = max(_shared(y, se2, school, tau), USUAL_SHARE)
    return Yardstick(max(tau, usual), shared, freedom if tau > usual else np.inf)


def widened(stick: Yardstick, cells: pd.DataFrame) -> Yardstick:
    """A yardstick found elsewhere, as wide as the schools it is laid on and never narrower.

    Width: the root of the mean square of z below the median school, at least 1. What is looked for
    pushes upwards, so the lower half shows how honest schools differ.
    """
    school, count = _codes(cells)
    y, se2 = (cells[c].to_numpy(dtype=np.float64) for c in ("y", "se2"))
    mean, variance = pooled(y, se2, school, stick)
    z = mean / np.sqrt(variance)
    below = np.minimum(z - np.median(z), 0.0)
    width = np.sqrt((below**2).sum() / max(np.count_nonzero(below), 1))
    freedom = WIDENED_FREEDOM * (max(count, MIN_SCHOOLS) - 1)
    return replace(stick, width=max(float(width), 1.0), freedom=min(stick.freedom, freedom))


def _shared(y: Array, se2: Array, school: NDArray[np.int64], tau: float) -> float:
    """ρ with median(ŷ²/Var ŷ) = the median of χ²(1), inside 0..1."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        mean, variance = pooled(y, se2, school, Yardstick(tau, middle, np.inf))
        more = np.median(mean**2 / variance) > CHI2_MEDIAN
        low, high = (middle, high) if more else (low, middle)
    return (low + high) / 2


def pooled(
    y: Array, se2: Array, school: NDArray[np.int64], stick: Yardstick
) -> tuple[Array, Array]:
    """ŷ and its variance by school; school: (cells,) codes from 0 without gaps."""
    weight = 1 / ((1 - stick.shared) * stick.tau**2 + se2)
    total = np.bincount(school, weights=weight)
    variance = stick.width**2 * (stick.shared * stick.tau**2 + 1 / total)
    return np.bincount(school, weights=weight * y) / total, variance


def effects(
    cells: pd.DataFrame, sticks: dict[int, Yardstick], min_works: int, too_few: str
) -> pd.DataFrame:
    """Rows of evidence of schools (scope "") and scopes; cells: one row per year × school × scope.

    cells: year, school_id, scope, n, y, se2, reference, reason (null where tested). sticks: by
    year. A school with fewer works than `min_works` in its tested cells, or a scope with fewer,
    is not judged: `too_few`. p_value is one-sided, large y being the risk; z is that of p.
    """
    cells = cells.sort_values([*SCHOOL, "scope"], ignore_index=True)
    tested = cells[cells["reason"].isna()].reset_index(drop=True)
    parts = [_whole(rows, sticks[year]) for year, rows in tested.groupby("year", observed=True)]
    tau, freedom, width = (
        tested["year"].map({year: getattr(stick, name) for year, stick in sticks.items()})
        for name in ("tau", "freedom", "width")
    )
    variance = width**2 * (tested["se2"] + tau**2)
    scopes = tested.assign(estimate=tested["y"], variance=variance, freedom=freedom)
    judged = pd.concat([scopes.drop(columns=["y", "se2"]), *parts], ignore_index=True)
    judged = _judged(judged)
    judged["reason"] = judged["reason"].astype("str").mask(judged["n"] < min_works, too_few)
    return pd.concat([judged, _untested(cells, judged)], ignore_index=True)


def _whole(tested: pd.DataFrame, stick: Yardstick) -> pd.DataFrame:
    """Schools of one year, sorted cells."""
    school, _ = _codes(tested)
    y, se2 = (tested[c].to_numpy(dtype=np.float64) for c in ("y", "se2"))
    mean, variance = pooled(y, se2, school, stick)
    labels = tested[[*SCHOOL, "reference"]].drop_duplicates().sort_values([*SCHOOL, "reference"])
    labels = labels.groupby(SCHOOL, observed=True)["reference"].agg("; ".join)
    heads = tested.groupby(SCHOOL, observed=True).agg(n=("n", "sum"))
    return heads.assign(
        reference=labels, estimate=mean, variance=variance, freedom=stick.freedom, scope=""
    ).reset_index()


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """Adds z, p, interval and mde; a tail of few degrees of freedom is Student's."""
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    error = np.sqrt(rows["variance"].to_numpy(dtype=np.float64))
    estimate = rows["estimate"].to_numpy(dtype=np.float64)
    freedom = rows["freedom"].to_numpy(dtype=np.float64)
    normal = np.isinf(freedom)
    k = np.where(normal, 1.0, freedom)
    ratio = estimate / error
    z = np.where(normal, ratio, -ndtri(np.maximum(stdtr(k, -ratio), 1e-300)))
    wide = np.where(normal, ndtri(0.975), stdtrit(k, 0.975))
    sure = np.where(normal, SURE, stdtrit(k, ndtr(SURE)))
    return rows.assign(
        z=z,
        p_value=ndtr(-z),
        ci_low=estimate - wide * error,
        ci_high=estimate + wide * error,
        mde=(sure + POWER_80) * error,
    ).drop(columns=["variance", "freedom"])


def _untested(cells: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Scopes and schools with no tested cell; the reason is that of the cell with most works."""
    both = pd.concat([cells[cells["reason"].notna()], cells.assign(scope="")], ignore_index=True)
    known = pd.MultiIndex.from_frame(judged[[*SCHOOL, "scope"]])
    left = both[~pd.MultiIndex.from_frame(both[[*SCHOOL, "scope"]]).isin(known)]
    left = left.sort_values(
        [*SCHOOL, "scope", "n", "reason"], ascending=[True, True, True, False, True]
    ).drop_duplicates([*SCHOOL, "scope"])
    return left[[*SCHOOL, "scope", "reason"]].assign(n=0)


def writers(score_counts: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """year, school_id of everyone with works in a ВПР."""
    wrote = score_counts[(score_counts["group"] == "school") & (score_counts["n"] > 0)]
    wrote = wrote[["test_id", "group_id"]].drop_duplicates()
    years = tests.loc[tests["procedure"] == "vpr", ["test_id", "year"]]
    wrote = wrote.merge(years, how="inner", on="test_id", validate="m:1")
    return wrote.rename(columns={"group_id": "school_id"})[SCHOOL].drop_duplicates()


def with_absentees(rows: pd.DataFrame, roster: pd.DataFrame, reason: str) -> pd.DataFrame:
    """Rows of evidence with a whole-school row for every year × school of `roster`."""
    known = pd.MultiIndex.from_frame(rows.loc[rows["scope"] == "", SCHOOL])
    people = roster[SCHOOL].drop_duplicates()
    missing = people[~pd.MultiIndex.from_frame(people).isin(known)]
    return pd.concat([rows, missing.assign(scope="", n=0, reason=reason)], ignore_index=True)


def _codes(cells: pd.DataFrame) -> tuple[NDArray[np.int64], int]:
    codes, names = pd.factorize(cells["school_id"])
    return codes.astype(np.int64), len(names)
