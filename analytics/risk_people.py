"""Markers of the zones of risk about groups of pupils: Z4 medals, Z5 movers, Z7 year marks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.exam_calendar import minimums
from analytics.medal_rules import judged_medals
from analytics.risk_rows import FEW, graded, marker_rows, number, share, texts
from analytics.sittings import first_sittings
from analytics.thresholds import reaches, threshold

SCHOOL = ["year", "school_id"]
NOT_DECIDED = "по ученикам списка вывода нет: "


def medals(listed: pd.DataFrame, sittings: pd.DataFrame) -> pd.DataFrame:
    """Z4: medals issued below the year's rule (red from one), medallists with a mean under 70.

    listed: table `medals`; sittings: works of the ЕГЭ with year and subject. A quarter of the
    medallists under 70 is yellow from 10 of them; candidates below the rule are information.
    """
    judged = judged_medals(listed, sittings)
    issued, known = judged["status"] == "issued", judged["below"].notna()
    below = judged["below"].fillna(value=False).astype(bool)
    low = judged["mean"].astype("Float64") < int(threshold("risk_medal_mean"))
    flags = judged[[*SCHOOL, "reason"]].assign(
        known=known,
        issued=issued & known,
        issued_below=issued & below,
        candidates=~issued & known,
        candidates_below=~issued & below,
        averaged=issued & judged["mean"].notna(),
        low=issued & low.fillna(value=False).astype(bool),
    )
    groups = flags.groupby(SCHOOL, observed=True)
    rows = groups[list(flags.columns[3:])].sum().join(groups["reason"].first()).reset_index()
    decided = groups["known"].sum().to_numpy()
    some = int(threshold("risk_test_from"))
    many_low = reaches(rows["low"], rows["averaged"], threshold("risk_medal_share"))
    level = np.select(
        [
            rows["issued_below"] > 0,
            many_low & (rows["averaged"] >= some),
            (rows["candidates_below"] > 0)
            | (many_low & (rows["averaged"] >= int(threshold("risk_min_participants")))),
            decided > 0,
        ],
        ["red", "yellow", "info", "none"],
        "not_checked",
    )
    words = [
        f"медалей выдано {r.issued}, ниже порога года {r.issued_below}; претендентов "
        f"{r.candidates}, ниже порога {r.candidates_below}; средний балл ниже 70 — "
        f"{share(r.low, r.averaged)} медалистов"
        for r in rows.itertuples()
    ]
    return marker_rows(
        rows,
        "Z4",
        level=level,
        value=rows["issued_below"].astype("float64"),
        threshold=1.0,
        n=decided,
        words=texts(words, level != "not_checked"),
        reason=(NOT_DECIDED + rows["reason"].astype("str")).where(level == "not_checked"),
    )


def movers(listed: pd.DataFrame, sittings: pd.DataFrame) -> pd.DataFrame:
    """Z5: enrolled after 1 September of grade 10, 15 % of those who sat the exams and more, or 10
    test scores above the rest in the same subjects (5 such pupils and more).

    listed: table `movers`; a school that a year's list does not name has none. value: the share.
    """
    sat = first_sittings(sittings)
    who = sat["person"].fillna(sat["pupil"])
    people = sat.assign(who=who).groupby(SCHOOL, as_index=False, observed=True)
    rows = people.agg(n=("who", "nunique"))
    rows = rows[rows["year"].isin(listed["year"])]
    start = (listed["year"] - 2).astype("str") + "-09-01"
    late = listed[(listed["enrolled"] > start).fillna(value=False).astype(bool)]
    came = late.groupby(SCHOOL, as_index=False, observed=True).agg(came=("person", "nunique"))
    rows = rows.merge(came, how="left", on=SCHOOL, validate="1:1")
    rows = rows.merge(_above_the_rest(sat, late), how="left", on=SCHOOL, validate="1:1")
    k = rows["came"].to_numpy(dtype=np.int64, na_value=0)
    n = rows["n"].to_numpy(dtype=np.int64)
    met = rows["met"].to_numpy(dtype=np.float64, na_value=0)
    better = (met >= int(threshold("risk_min_participants"))) & (
        rows["above"].to_numpy(dtype=np.float64) >= float(threshold("risk_mover_points"))
    )
    level = graded(reaches(k, n, threshold("risk_mover_share")) | better, n, "yellow")
    checked = level != "not_checked"
    words = [
        f"зачислены после 1 сентября 10 класса {share(a, b)}"
        + ("" if a else " (в списке года школы нет)")
        + (
            f"; в тех же предметах их средний отличается на {number(d)} т. б."
            if m >= int(threshold("risk_min_participants"))
            else ""
        )
        for a, b, d, m in zip(k, n, rows["above"], met, strict=True)
    ]
    return marker_rows(
        rows,
        "Z5",
        level=level,
        value=k / np.maximum(n, 1),
        threshold=float(threshold("risk_mover_share")),
        n=n,
        words=texts(words, checked),
        reason=texts([FEW.format(int(threshold("risk_min_participants")))] * len(rows), ~checked),
    )


def _above_the_rest(sat: pd.DataFrame, late: pd.DataFrame) -> pd.DataFrame:
    """year, school_id, above: mean of a mover's score less the rest's mean in the subject; met:
    movers with such a work."""
    came = pd.MultiIndex.from_frame(late[[*SCHOOL, "person"]])
    mine = pd.MultiIndex.from_frame(sat[[*SCHOOL, "person"]])
    scored = sat.assign(
        came=mine.isin(came) & sat["person"].notna().to_numpy(),
        test_score=sat["test_score"].astype("Float64").astype("float64"),
    )
    scored = scored[scored["test_score"].notna()]
    rest = scored[~scored["came"]].groupby([*SCHOOL, "subject"], as_index=False, observed=True)
    rest = rest.agg(rest=("test_score", "mean"))
    own = scored[scored["came"]].merge(rest, how="inner", on=[*SCHOOL, "subject"], validate="m:1")
    return (
        own.assign(above=own["test_score"] - own["rest"])
        .groupby(SCHOOL, as_index=False, observed=True)
        .agg(above=("above", "mean"), met=("person", "nunique"))
    )


def year_marks(sittings: pd.DataFrame) -> pd.DataFrame:
    """Z7: a year mark «5» with a test score under 60, or «4» under the minimum: 20 % and more.

    Of works with both a year mark and a test score; protocols have no year marks of their own.
    """
    sat = first_sittings(sittings)
    both = sat[sat["journal_mark"].notna() & sat["test_score"].notna()]
    least = minimums(both.assign(procedure="ege"))["minimum"]
    low = both["test_score"] < int(threshold("risk_year_mark_score"))
    fails = (both["test_score"] < least).fillna(value=False)
    apart = ((both["journal_mark"] == 5) & low) | ((both["journal_mark"] == 4) & fails)
    rows = both[SCHOOL].assign(apart=apart.astype(bool))
    rows = rows.groupby(SCHOOL, as_index=False, observed=True).agg(
        k=("apart", "sum"), n=("apart", "size")
    )
    k, n = rows["k"].to_numpy(dtype=np.int64), rows["n"].to_numpy(dtype=np.int64)
    level = graded(reaches(k, n, threshold("risk_year_mark_share")), n, "yellow")
    checked = level != "not_checked"
    words = [f"«5» при балле ниже 60 или «4» ниже минимума: {share(a, b)} работ"
             for a, b in zip(k, n, strict=True)]  # fmt: skip
    return marker_rows(
        rows,
        "Z7",
        level=level,
        value=k / np.maximum(n, 1),
        threshold=float(threshold("risk_year_mark_share")),
        n=n,
        words=texts(words, checked),
        reason=texts([FEW.format(int(threshold("risk_min_participants")))] * len(rows), ~checked),
    )
