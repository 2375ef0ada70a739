"""All markers of the zones of risk of the ЕГЭ, Z1–Z10: nothing is green because it is missing."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics import schema
from analytics.norms import norm
from analytics.risk_people import medals, movers, year_marks
from analytics.risk_points import exam_points, spike_at_minimum, violations
from analytics.risk_results import below_minimum, full_scores, high_result, sharp_rise

SCHOOL = ["year", "school_id"]
INPUTS = {"Z4": "medals", "Z5": "movers", "Z6": "exam_points"}
LISTS = ("medals", "movers", "exam_points")


def risk_markers(tables: Mapping[str, pd.DataFrame], results: pd.DataFrame) -> pd.DataFrame:
    """Table `risk_markers` over all years and schools with ЕГЭ results or lists.

    tables: works, tests, schools, medals, movers, exam_points; results: table `exam_results`.
    A marker that has no row of its own for a school says «не проверено» and why.
    """
    lists = {name: tables.get(name, schema.empty(name)) for name in LISTS}
    if results.empty and all(rows.empty for rows in lists.values()):
        return schema.empty("risk_markers")
    sat = _sittings(tables["works"], tables["tests"], tables["schools"])
    main = results[(results["procedure"] == "ege") & (results["attempt"] == "main")]
    scored = main[main["unit"] == "test_score"]
    parts = [
        sharp_rise(scored),
        high_result(scored),
        below_minimum(main),
        medals(lists["medals"], sat),
        movers(lists["movers"], sat),
        violations(lists["exam_points"], sat),
        year_marks(sat),
        exam_points(sat),
        full_scores(scored),
        spike_at_minimum(sat),
    ]
    found = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    rows = pd.concat([found, _unchecked(found, main, lists)], ignore_index=True)
    return schema.conform(rows, "risk_markers")


def _sittings(works: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Works of the ЕГЭ of those who came, with year, subject and municipality."""
    exams = tests.loc[tests["procedure"] == "ege", ["test_id", "year", "subject"]]
    places = schools.set_index("school_id")["municipality"]
    sat = works[~works["absent"].astype(bool)].merge(
        exams, how="inner", on="test_id", validate="m:1"
    )
    return sat.assign(municipality=sat["school_id"].map(places).fillna(""))


def _unchecked(
    found: pd.DataFrame, main: pd.DataFrame, lists: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """A row for each school × marker that nothing was found of."""
    met = main.loc[main["school_id"] != schema.WHOLE_MUNICIPALITY, SCHOOL]
    seen = pd.concat([met, found[SCHOOL], *(lists[n][SCHOOL].dropna() for n in LISTS)])
    cards = norm("risk_markers")[["marker", "missing"]].rename(columns={"missing": "reason"})
    grid = seen.drop_duplicates().merge(cards, how="cross")
    key = [*SCHOOL, "marker"]
    have = pd.MultiIndex.from_frame(found[key].astype({"year": "int64"}))
    grid = grid[~pd.MultiIndex.from_frame(grid[key].astype({"year": "int64"})).isin(have)]
    listed = pd.Series(False, index=grid.index)
    for marker, name in INPUTS.items():
        listed |= (grid["marker"] == marker) & grid["year"].isin(lists[name]["year"])
    reason = grid["reason"].mask(listed, "в принятом списке года школы нет")
    return grid.assign(subject="", level="not_checked", reason=reason).reindex(
        columns=list(schema.TABLES["risk_markers"].columns)
    )
