"""Markers of the zones of risk about where and how exams were held: Z6, Z8 and Z10."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.exam_calendar import minimums
from analytics.funnel import between_variance
from analytics.risk_rows import FEW, marker_rows, number, texts
from analytics.sittings import first_sittings
from analytics.thresholds import threshold

SCHOOL = ["year", "school_id"]
REACH = 1.959964
ONE_POINT = "все работы школы написаны в одном ППЭ: школу и ППЭ не различить"


def violations(register: pd.DataFrame, sittings: pd.DataFrame) -> pd.DataFrame:
    """Z6: removals and cancelled results of a school, this year and the last: 1 yellow, 2 red.

    register: table `exam_points`. A row without a school is of the whole point: for the schools
    that sat there it is at most yellow. Without the register of one of the years nothing found is
    not «none».
    """
    seats = sittings[[*SCHOOL, "exam_point"]].drop_duplicates()
    schools = pd.concat([seats[SCHOOL], register[SCHOOL].dropna()]).drop_duplicates()
    cases = register["removals"] + register["cancelled"]
    events = register.assign(cases=cases, events=cases + register["violations"])
    both = pd.concat([events, events.assign(year=events["year"] + 1)])
    own = both[both["school_id"].notna()].groupby(SCHOOL, as_index=False, observed=True)
    own = own.agg(own=("cases", "sum"))
    shared = both[both["school_id"].isna()].merge(
        _seats_of_two_years(seats), how="inner", on=["year", "exam_point"], suffixes=("_", ""),
        validate="m:m",
    )  # fmt: skip
    near = shared.groupby(SCHOOL, as_index=False, observed=True).agg(near=("cases", "sum"))
    points = shared[shared["cases"] > 0].groupby(SCHOOL, as_index=False, observed=True)
    points = points.agg(points=("exam_point", _listed))
    rows = schools[schools["year"].isin(both["year"])]
    for found in (own, near, points):
        rows = rows.merge(found, how="left", on=SCHOOL, validate="1:1")
    years = set(register["year"].dropna())
    lacking = pd.Series(None, index=rows.index, dtype="str")
    for back in (1, 0):
        year = rows["year"] - back
        lacking = lacking.mask(~year.isin(years), "нет реестра ППЭ за " + year.astype("str"))
    k = rows["own"].to_numpy(dtype=np.int64, na_value=0)
    beside = rows["near"].to_numpy(dtype=np.int64, na_value=0)
    level = np.select(
        [
            k >= int(threshold("risk_violations_red")),
            (k > 0) | (beside > 0),
            lacking.notna().to_numpy(),
        ],
        ["red", "yellow", "not_checked"],
        "none",
    )
    words = [
        f"удалений и аннулированных результатов за два года: {a}"
        + (f"; в ППЭ школы без указания школы: {b}" if b else "")
        + (f" ({c})" if isinstance(c, str) else "")
        for a, b, c in zip(k, beside, lacking, strict=True)
    ]
    checked = level != "not_checked"
    return marker_rows(
        rows,
        "Z6",
        level=level,
        value=k.astype(np.float64),
        threshold=float(threshold("risk_violations_red")),
        words=texts(words, checked),
        points=rows["points"],
        reason=lacking.where(~checked),
    )


def _seats_of_two_years(seats: pd.DataFrame) -> pd.DataFrame:
    """Where the schools of a year sat in it or in the year before."""
    known = seats[seats["exam_point"].notna()]
    return pd.concat([known, known.assign(year=known["year"] + 1)]).drop_duplicates()


def exam_points(sittings: pd.DataFrame) -> pd.DataFrame:
    """Z8: results of an exam point above those that subject and school let expect, > 2.5 errors.

    Two-way means: scores in sd of their subject and town, less the school's mean over all its
    subjects; then the mean of a point over schools that sat in other points too. The error counts
    chance, the spread τ² of schools' single subjects (DerSimonian and Laird), and that the school's
    own mean holds the point's works. From 10 works of a point; value in sd of a subject.
    """
    sat = first_sittings(sittings)
    sat = sat[sat["exam_point"].notna() & sat["test_score"].notna()]
    place = ["year", "municipality"]
    score = sat["test_score"].astype("float64")
    subject = score.groupby([sat[c] for c in (*place, "subject")])
    spread = subject.transform("std")
    sat = sat.assign(value=((score - subject.transform("mean")) / spread).where(spread > 0))
    sat = sat[sat["value"].notna()]
    by_school = sat.groupby([*place, "school_id"], observed=True)
    sat = sat.assign(
        residual=sat["value"] - by_school["value"].transform("mean"),
        school_n=by_school["value"].transform("size"),
        school_points=by_school["exam_point"].transform("nunique"),
    )
    cells = _cells(sat[sat["school_points"] > 1], place)
    points = standing_points(cells, place)
    return _of_schools(sat, points)


def _cells(sat: pd.DataFrame, place: list[str]) -> pd.DataFrame:
    """School × subject × point: n, mean residual, and its variance without the school's mean."""
    cells = sat.groupby(
        [*place, "exam_point", "school_id", "subject"], as_index=False, observed=True
    ).agg(n=("residual", "size"), mean=("residual", "mean"), school_n=("school_n", "first"))
    inside = sat["residual"].var() if len(sat) > 1 else np.nan
    chance = inside / cells["n"]
    squares = (cells["mean"] ** 2 / chance).groupby([cells[c] for c in place])
    weight = (1 / chance).groupby([cells[c] for c in place])
    weights2 = (1 / chance**2).groupby([cells[c] for c in place]).sum()
    tau2 = between_variance(squares.mean(), squares.size(), weight.sum(), weights2)
    known = tau2.rename("tau2").reset_index()
    cells = cells.assign(chance=chance).merge(known, how="left", on=place, validate="m:1")
    own = cells.groupby([*place, "exam_point", "school_id"], observed=True)["n"].transform("sum")
    return cells.assign(variance=(cells["chance"] + cells["tau2"]) * (1 - own / cells["school_n"]))


def standing_points(cells: pd.DataFrame, place: list[str]) -> pd.DataFrame:
    """Points with 10 works and more: year, municipality, exam_point, n, mean, error, high."""
    weighted = cells.assign(
        total=cells["n"] * cells["mean"], square=cells["n"] ** 2 * cells["variance"]
    )
    points = weighted.groupby([*place, "exam_point"], as_index=False, observed=True)[
        ["n", "total", "square"]
    ].sum()
    points = points[points["n"] >= int(threshold("risk_test_from"))]
    mean, error = points["total"] / points["n"], np.sqrt(points["square"]) / points["n"]
    return points.assign(
        mean=mean, error=error, high=mean > float(threshold("risk_point_z")) * error
    ).drop(columns=["total", "square"])


def _of_schools(sat: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """Of each school the point that stands out most among those where it sat."""
    seats = sat[["year", "municipality", "school_id", "exam_point"]].drop_duplicates()
    several = sat.groupby(SCHOOL, observed=True)["school_points"].first().rename("several")
    met = seats.merge(
        points, how="left", on=["year", "municipality", "exam_point"], validate="m:1"
    ).assign(place=lambda f: f["mean"] / f["error"])
    flagged = met[met["high"].fillna(value=False).astype(bool)]
    codes = flagged.groupby(SCHOOL, as_index=False, observed=True)
    codes = codes.agg(points=("exam_point", _listed))
    ordered = met.sort_values([*SCHOOL, "place", "exam_point"], na_position="first", kind="stable")
    rows = ordered.drop_duplicates(SCHOOL, keep="last")
    rows = rows.merge(codes, how="left", on=SCHOOL, validate="1:1")
    rows = rows.merge(several.reset_index(), how="left", on=SCHOOL, validate="1:1")
    single = (rows["several"] < 2).to_numpy()
    checked = rows["mean"].notna().to_numpy() & ~single
    few = FEW.format(int(threshold("risk_test_from"))).replace("участников", "работ в ППЭ")
    reason = pd.Series(few, index=rows.index, dtype="str").mask(single, ONE_POINT).mask(checked)
    words = [
        f"в ППЭ школы результат отличается от ожидаемого на {number(m, 2)} ст. откл. (n = {int(n)})"
        if ok
        else ""
        for m, n, ok in zip(rows["mean"], rows["n"].fillna(0), checked, strict=True)
    ]
    high = rows["high"].fillna(value=False).astype(bool).to_numpy()
    return marker_rows(
        rows,
        "Z8",
        level=np.select([~checked, high], ["not_checked", "yellow"], "none"),
        value=rows["mean"].where(checked),
        ci_low=(rows["mean"] - REACH * rows["error"]).where(checked),
        ci_high=(rows["mean"] + REACH * rows["error"]).where(checked),
        n=rows["n"].where(checked).astype("Int64"),
        words=texts(words, checked),
        points=rows["points"],
        reason=reason,
    )


def spike_at_minimum(sittings: pd.DataFrame, primary: pd.DataFrame | None = None) -> pd.DataFrame:
    """Z10: works on the minimal primary score b against those on b − 1, from 20 works.

    p = P(Bin(k + j, p₀) ≥ k) with k on b, j on b − 1 and p₀ = (r(b) + ½)/(r(b) + r(b − 1) + 1) of
    the town's other schools; yellow for p < .01. primary: subject, year, primary_minimum, by
    default norms/exam_minimums.csv; the minimum is never found from the data.
    """
    from scipy.special import betainc

    sat = first_sittings(sittings)
    sat = sat[sat["score"].notna()]
    exams = sat[["year", "subject"]].drop_duplicates().assign(procedure="ege")
    known = exams.assign(primary_minimum=minimums(exams)["primary_minimum"])
    known = known[["year", "subject", "primary_minimum"]] if primary is None else primary
    sat = sat.merge(known, how="left", on=["year", "subject"], validate="m:1")
    at = (sat["score"] == sat["primary_minimum"]).fillna(value=False).astype(bool)
    under = (sat["score"] == sat["primary_minimum"] - 1).fillna(value=False).astype(bool)
    marked = sat.assign(k=at, j=under)
    key = [*SCHOOL, "subject", "municipality"]
    rows = marked.groupby(key, as_index=False, observed=True).agg(
        n=("score", "size"), k=("k", "sum"), j=("j", "sum"), least=("primary_minimum", "first")
    )
    town = rows.groupby(["year", "subject", "municipality"], observed=True)[["k", "j"]]
    others = town.transform("sum") - rows[["k", "j"]]
    p0 = (others["k"] + 0.5) / (others["k"] + others["j"] + 1)
    k = rows["k"].to_numpy(dtype=np.float64)
    p = np.where(k > 0, betainc(np.maximum(k, 0.5), rows["j"] + 1.0, p0), 1.0)
    some = int(threshold("risk_spike_from"))
    reason = pd.Series(None, index=rows.index, dtype="str")
    reason = reason.mask(rows["n"] < some, FEW.format(some).replace("участников", "работ"))
    reason = reason.mask(others.sum(axis=1) == 0, "у других школ города нет работ у минимума")
    reason = reason.mask(rows["least"].isna(), "минимум в первичных баллах не известен")
    checked = reason.isna().to_numpy()
    words = [
        f"на минимуме ({b} перв. б.) работ {k}, на балл ниже {j}; у других школ {r} и {q}"
        for b, k, j, r, q in zip(rows["least"], rows["k"], rows["j"], others["k"], others["j"],
                                 strict=True)
    ]  # fmt: skip
    spike = p < float(threshold("risk_spike_p"))
    return marker_rows(
        rows,
        "Z10",
        level=np.select([~checked, spike], ["not_checked", "yellow"], "none"),
        value=np.where(checked, rows["k"] / np.maximum(rows["k"] + rows["j"], 1), np.nan),
        threshold=float(threshold("risk_spike_p")),
        n=rows["n"],
        words=texts(words, checked),
        reason=reason,
    )


def _listed(codes: pd.Series) -> str:
    return ", ".join(sorted(set(codes)))
