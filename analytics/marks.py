"""Marks of every school and municipality in every test, beside the journal's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import schema
from analytics.cells import cells
from analytics.schema import MARKS, WHOLE_MUNICIPALITY

COUNTS = [f"n{mark}" for mark in MARKS]
JOURNAL = ["journal_n", "lowered", "confirmed", "raised", "gap2"]
_SUMS = ["listed", "n", *COUNTS, "score_sum", "score_squares", *JOURNAL]
_KEY = ["test_id", "municipality", "school_id"]
# В. П. Симонов's degree of learning, in hundredths of a pupil of each mark.
LEARNING_WEIGHTS = {"n2": 16, "n3": 36, "n4": 64, "n5": 100}


def marks_summary(
    works: pd.DataFrame,
    tests: pd.DataFrame,
    schools: pd.DataFrame,
    report_marks: pd.DataFrame,
    report_journal: pd.DataFrame,
) -> pd.DataFrame:
    """Table `marks_summary`: a row per test × school, and '*' pooled over a municipality's pupils.

    Participants have a score; `listed` counts the absent too. Shares, mean mark and learning index
    are over participants with a mark: null where there is none (no scale). Works win over reports;
    a report gives what no work gives: its percents × n as counts, and the journal comparison of
    schools whose works name no journal mark.
    """
    reported = _from_reports(report_marks, report_journal)
    places = schools.set_index("school_id")["municipality"]
    reported_schools = _of_group(reported, "school", "school_id")
    reported_schools["municipality"] = reported_schools["school_id"].map(places).fillna("")
    by_school = _filled(_from_works(works, schools), reported_schools)
    towns = _of_group(reported, "municipality", "municipality").assign(school_id=WHOLE_MUNICIPALITY)
    known_towns = towns[towns["municipality"].isin(places)]
    by_town = _without(known_towns, by_school, ["test_id", "municipality"])
    rows = pd.concat([by_school, _pooled(by_school), by_town], ignore_index=True)
    facts = tests[["test_id", "procedure", "year", "grade", "subject"]]
    summary = _shares(rows.merge(facts, how="inner", on="test_id", validate="m:1"))
    summary["municipality"] = summary["municipality"].where(summary["municipality"] != "")
    return schema.conform(summary[list(schema.TABLES["marks_summary"].columns)], "marks_summary")


def _from_works(works: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """_SUMS per test × school; marks and journal are null where no participant has any."""
    found = cells(works, schools)
    score = works["score"].to_numpy(dtype=np.int64, na_value=0)
    mark = works["mark"].to_numpy(dtype=np.int64, na_value=0)
    journal = works["journal_mark"].to_numpy(dtype=np.int64, na_value=0)
    compared = found.present & (mark > 0) & (journal > 0)
    sums = {
        "listed": found.count(np.ones(len(works), dtype=bool)),
        "n": found.count(found.present),
        **{f"n{m}": found.count(found.present & (mark == m)) for m in MARKS},
        "score_sum": found.total(score, found.present),
        "score_squares": found.total(score**2, found.present),
        "journal_n": found.count(compared),
        "lowered": found.count(compared & (mark < journal)),
        "confirmed": found.count(compared & (mark == journal)),
        "raised": found.count(compared & (mark > journal)),
        "gap2": found.count(compared & (np.abs(mark - journal) >= 2)),
    }
    rows = found.table.assign(**sums, origin="works").astype(dict.fromkeys(_SUMS, "Int64"))
    rows[COUNTS] = rows[COUNTS].mask(rows[COUNTS].sum(axis=1) == 0)
    rows[JOURNAL] = rows[JOURNAL].mask(rows["journal_n"] == 0)
    return rows


def _from_reports(report_marks: pd.DataFrame, report_journal: pd.DataFrame) -> pd.DataFrame:
    """_SUMS per test × group of the reports, null where they do not say."""
    key = ["test_id", "group", "group_id"]
    marks = report_marks.sort_values("source_id", kind="stable").drop_duplicates(key)
    journal = report_journal.sort_values("source_id", kind="stable").drop_duplicates(key)
    n = marks["n"].astype("float64")
    counts = {f"n{m}": np.floor(marks[f"pct{m}"] * n / 100 + 0.5) for m in MARKS}
    compared = journal.assign(journal_n=journal[["lowered", "confirmed", "raised"]].sum(axis=1))[
        [*key, "n", "journal_n", "lowered", "confirmed", "raised"]
    ]
    rows = (
        marks[[*key, "n"]]
        .assign(**counts)
        .merge(compared, how="outer", on=key, validate="1:1", suffixes=("", "_journal"))
    )
    rows = rows.assign(
        n=rows["n"].fillna(rows["n_journal"]),
        **dict.fromkeys(("listed", "score_sum", "score_squares", "gap2"), pd.NA),
        origin="report",
    )
    return rows[[*key, *_SUMS, "origin"]].astype(dict.fromkeys(_SUMS, "Int64"))


def _of_group(reported: pd.DataFrame, group: str, name: str) -> pd.DataFrame:
    chosen = reported[reported["group"] == group].drop(columns="group")
    return chosen.rename(columns={"group_id": name})


def _filled(by_school: pd.DataFrame, reported: pd.DataFrame) -> pd.DataFrame:
    """Rows of works with the journal figures they lack, then the schools only reports have."""
    key = ["test_id", "school_id"]
    journal = by_school[key].merge(reported[[*key, *JOURNAL]], how="left", on=key, validate="1:1")
    lacking = by_school["journal_n"].isna()
    completed = by_school.copy()
    completed[JOURNAL] = by_school[JOURNAL].mask(lacking, journal[JOURNAL])
    added = _without(reported, by_school, key)
    return pd.concat([completed, added[completed.columns]], ignore_index=True)


def _without(frame: pd.DataFrame, taken: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The rows of `frame` whose key `taken` does not have."""
    held = pd.MultiIndex.from_frame(taken[key])
    return frame[~pd.MultiIndex.from_frame(frame[key]).isin(held)]


def _pooled(by_school: pd.DataFrame) -> pd.DataFrame:
    """The municipality's pupils: a figure that would stand for fewer of them than n is null.

    Marks and journal are pooled over the schools that have them, for they bring their own count.
    """
    groups = by_school.groupby(["test_id", "municipality"], observed=True)
    rows, held, schools = groups[_SUMS].sum(min_count=1), groups[_SUMS].count(), groups.size()
    needed = dict.fromkeys(("listed", "score_sum", "score_squares"), schools)
    for figure, count in {**needed, "gap2": held["journal_n"]}.items():
        rows[figure] = rows[figure].where(held[figure] == count)
    only_works = (
        (by_school["origin"] == "works")
        .groupby([by_school["test_id"], by_school["municipality"]], observed=True)
        .all()
    )
    origin = only_works.map({True: "works", False: "report"})
    return rows.assign(origin=origin, school_id=WHOLE_MUNICIPALITY).reset_index()


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Means and shares from the sums; sd with n − 1, exact in integers up to the root."""
    n = _known(rows["n"])
    total, squares = rows["score_sum"], rows["score_squares"]
    spread = (rows["n"] * squares - total**2).astype("float64") / (n * (n - 1))
    marked = _known(rows[COUNTS].sum(axis=1, min_count=len(COUNTS)))
    weighted = sum(rows[c] * weight for c, weight in LEARNING_WEIGHTS.items())
    points = sum(rows[f"n{m}"] * m for m in MARKS)
    return rows.assign(
        mean_score=total.astype("float64") / n,
        sd_score=np.sqrt(spread.where(n > 1)),
        mean_mark=points.astype("float64") / marked,
        success=(rows["n3"] + rows["n4"] + rows["n5"]).astype("float64") / marked,
        quality=(rows["n4"] + rows["n5"]).astype("float64") / marked,
        learning_index=weighted.astype("float64") / (100 * marked),
    )


def _known(counts: pd.Series) -> pd.Series:
    """Counts as denominators: NaN instead of 0 or null."""
    numbers = counts.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    return pd.Series(np.where(numbers == 0, np.nan, numbers), index=counts.index)
