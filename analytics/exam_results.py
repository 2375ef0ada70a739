"""Results of ОГЭ, ЕГЭ and ГВЭ by school: level, spread, bands, who did not reach the minimum."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import schema
from analytics.exam_calendar import minimums, not_comparable
from analytics.norms import norm
from analytics.schema import MARKS, WHOLE_MUNICIPALITY
from analytics.sittings import first_sittings

PROCEDURES = ("oge", "ege", "gve")
NO_DATES = "дат экзамена нет: основной период и пересдачи не различить"
MARK_COUNTS = [f"n{mark}" for mark in MARKS]
BANDS = ["n_to60", "n_to80", "n_to100"]
_EXAM = ["procedure", "year", "grade", "subject"]
_GROUP = [*_EXAM, "attempt", "municipality", "school_id"]
_FACTS = [*_EXAM, "unit", "minimum", "minimum_verified", "not_comparable", "reason"]
_COUNTS = ["n_below", *MARK_COUNTS, *BANDS, "n_full"]
_SITTING = ["test_id", "school_id", "pupil"]


def exam_results(
    works: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame, reported: pd.DataFrame
) -> pd.DataFrame:
    """Table `exam_results`: every school, and '*' pooled over a municipality's pupils.

    attempt main: the first sitting of each pupil; retakes: the last one, only for exams whose works
    have dates. Scores are test scores where the exam has them, else primary ones. n_below: test
    score under the minimum of the year, or the mark «2»; bands by norms/exam_bands.csv. A count is
    null where not every result of the group tells it. reported: table `exam_summary`, taken for
    exams that a municipality has no works of.
    """
    if reported.empty and not tests["procedure"].isin(PROCEDURES).any():
        return schema.empty("exam_results")
    taken = _sittings(works, tests, schools)
    both = [taken, taken.assign(school_id=WHOLE_MUNICIPALITY)]
    rows = _summed(pd.concat(both, ignore_index=True))
    places = schools.set_index("school_id")["municipality"]
    rows = pd.concat([rows, _of_reports(reported, places, rows)], ignore_index=True)
    rows["municipality"] = rows["municipality"].where(rows["municipality"] != "")
    return schema.conform(rows[list(schema.TABLES["exam_results"].columns)], "exam_results")


def _sittings(works: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Results by attempt: _FACTS, value, a column 0/1/null per count; absent pupils left out."""
    exams = tests.loc[tests["procedure"].isin(PROCEDURES), ["test_id", *_EXAM]]
    sat = works[works["test_id"].isin(exams["test_id"]) & ~works["absent"].astype(bool)]
    sat = sat[sat[["score", "test_score", "mark"]].notna().any(axis=1)]
    dated = sat["exam_date"].notna().groupby(sat["test_id"]).transform("any").astype(bool)
    last = sat[dated].sort_values([*_SITTING, "exam_date"], kind="stable")
    last = last.drop_duplicates(_SITTING, keep="last")
    attempts = pd.concat(
        [
            first_sittings(sat).assign(attempt="main"),
            last.assign(attempt="retakes"),
        ]
    ).merge(exams, how="left", on="test_id", validate="m:1")
    undated = ~attempts["test_id"].isin(sat.loc[dated, "test_id"])
    places = schools.set_index("school_id")["municipality"]
    return _counted(
        attempts.assign(
            municipality=attempts["school_id"].map(places).fillna(""),
            reason=pd.Series(NO_DATES, index=attempts.index).where(undated),
            not_comparable=not_comparable(attempts),
        )
    )


def _counted(results: pd.DataFrame) -> pd.DataFrame:
    """Adds unit, value, the minimum and the indicator columns of _COUNTS."""
    test_score = results["test_score"].astype("Float64").astype("float64")
    mark = results["mark"].astype("Float64").astype("float64")
    scored = test_score.notna().groupby(results["test_id"]).transform("any").astype(bool)
    minimum = minimums(results)
    least = minimum["minimum"].astype("Float64").astype("float64").where(scored)
    below = (test_score < least).astype("float64").where(test_score.notna() & least.notna())
    by_mark = (mark == 2).astype("float64").where(mark.notna())
    limits = norm("exam_bands").set_index("band")
    high = pd.to_numeric(limits["high"], errors="coerce")
    low60 = test_score <= high["n_to60"]
    flags = {
        "n_below": below.where(scored, by_mark),
        **{f"n{m}": (mark == m).astype("float64").where(mark.notna()) for m in MARKS},
        "n_to60": (low60 & (test_score >= least)).astype("float64").where(below.notna()),
        "n_to80": (~low60 & (test_score <= high["n_to80"])).astype("float64"),
        "n_to100": (test_score > high["n_to80"]).astype("float64"),
        "n_full": (test_score == high["n_to100"]).astype("float64"),
    }
    for name in ("n_to80", "n_to100", "n_full"):
        flags[name] = flags[name].where(test_score.notna())
    primary = results["score"].astype("Float64").astype("float64")
    return results.assign(
        unit=np.where(scored, "test_score", "score"),
        value=test_score.where(scored, primary),
        minimum=minimum["minimum"].where(scored),
        minimum_verified=minimum["verified"].where(scored & minimum["minimum"].notna()),
        **flags,
    )


def _summed(results: pd.DataFrame) -> pd.DataFrame:
    """One row per group; a count that some result of the group does not tell is null."""
    groups = results.groupby(_GROUP, observed=True, dropna=False)
    size = groups.size()
    rows = groups[["unit", "minimum", "minimum_verified", "not_comparable", "reason"]].first()
    sums, known = groups[_COUNTS].sum(), groups[_COUNTS].count()
    rows[_COUNTS] = sums.where(known.eq(size, axis=0))
    values = groups["value"]
    rows = rows.assign(
        n=size, mean=values.mean(), sd=values.std(), median=values.median(), origin="works"
    )
    return rows.reset_index()


def _of_reports(reported: pd.DataFrame, places: pd.Series, have: pd.DataFrame) -> pd.DataFrame:
    """Rows of a region's table for the exams that a municipality has no works of, with '*'."""
    schools = reported.assign(municipality=reported["school_id"].map(places).fillna(""))
    key = [*_EXAM, "municipality"]
    held = pd.MultiIndex.from_frame(have[key].astype({"year": "int64", "grade": "int64"}))
    own = pd.MultiIndex.from_frame(schools[key].astype({"year": "int64", "grade": "int64"}))
    schools = schools[~own.isin(held)].drop(columns=["source_id", "sheet", "row", "n_high"])
    schools = schools.rename(columns={"mean_score": "mean"})
    weighted = schools.assign(mean=schools["mean"] * schools["n"].astype("float64"))
    towns = weighted.groupby(key, as_index=False, observed=True)
    pooled = towns[["n", "n_below", "n_full", "mean"]].sum(min_count=1)
    complete = towns[["n_below", "n_full", "mean"]].count().drop(columns=key)
    short = complete.lt(towns.size()["size"], axis=0)
    pooled[["n_below", "n_full", "mean"]] = pooled[["n_below", "n_full", "mean"]].mask(short)
    pooled["mean"] /= pooled["n"].astype("float64")
    rows = pd.concat([schools, pooled.assign(school_id=WHOLE_MUNICIPALITY)], ignore_index=True)
    least = minimums(rows)
    nothing = dict.fromkeys(("sd", "median", *MARK_COUNTS, *BANDS))
    return rows.assign(
        attempt="main",
        unit="test_score",
        minimum=least["minimum"],
        minimum_verified=least["verified"].where(least["minimum"].notna()),
        not_comparable=not_comparable(rows),
        reason=NO_DATES,
        origin="report",
        **nothing,
    )
