"""Pupil-works of all files under their schools and tests, judged by the rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics import schema
from analytics.scales import marks_from_scores
from pipelines.canonical.schools import Directory
from pipelines.canonical.stack import Read, stack, with_test_ids

RAW_COLUMNS = (
    *("login", "municipality", "school_name", "class_label", "pupil", "absent", "variant"),
    *("score", "mark", "journal_mark", "skipped", "not_taught", "sheet", "row"),
    *("year", "grade", "subject"),
)
RULE_COLUMNS = ("max_score", "scale_mark", "points_over", "pupil_grade", "known_school")
UNKNOWN_MAXIMUM = 127  # of a task; points are stored in one signed byte


def gather_works(reads: Sequence[Read]) -> pd.DataFrame:
    """Raw works of all files (RAW_COLUMNS, p1…pk, source_id), one row per data row."""
    works = stack(reads, "works", RAW_COLUMNS)
    points = sorted((c for c in works if _is_points(c)), key=lambda c: int(c[1:]))
    return works[[*RAW_COLUMNS, "source_id", *points]]


def place_works(
    raw: pd.DataFrame, directory: Directory, tests: pd.DataFrame, tasks: pd.DataFrame
) -> pd.DataFrame:
    """Works under their ids with RULE_COLUMNS for the rules; columns of `works` otherwise.

    Rows whose file does not say which test it is stay out: the whole file was set aside.
    """
    works = with_test_ids(raw)
    works = works[works["test_id"].notna()]
    works = works.assign(school_id=directory.school_ids(works["login"]))
    works = works.drop(
        columns=["login", "municipality", "school_name", "year", "grade", "subject"]
    ).merge(
        tests[["test_id", "max_score", "pupil_grade"]], how="left", on="test_id", validate="m:1"
    )
    listed = directory.schools.loc[directory.schools["in_registry"].astype(bool), "school_id"]
    return works.assign(
        scale_mark=marks_from_scores(works, tests),
        points_over=_points_over(works, tasks),
        known_school=works["school_id"].isin(listed),
    )


def accepted_works(placed: pd.DataFrame) -> pd.DataFrame:
    """Table `works`: a mark that the file gives stays; where it gives none, the scale's is put."""
    marked = placed.assign(mark=placed["mark"].fillna(placed["scale_mark"]))
    return schema.conform(marked.drop(columns=list(RULE_COLUMNS)), "works")


def _points_over(works: pd.DataFrame, tasks: pd.DataFrame) -> pd.Series:
    """How many tasks of each work have more points than the task's maximum."""
    points = [c for c in works if _is_points(c)]
    codes, test_ids = pd.factorize(works["test_id"])
    maxima = np.full((len(test_ids), len(points)), UNKNOWN_MAXIMUM, dtype=np.int8)
    known = tasks[tasks["max_points"].notna() & tasks["test_id"].isin(test_ids)]
    rows = pd.Index(test_ids).get_indexer(known["test_id"])
    positions = known["position"].to_numpy(dtype=np.int64) - 1
    within = positions < len(points)
    maxima[rows[within], positions[within]] = known["max_points"].to_numpy(dtype=np.int64)[within]
    over = np.zeros(len(works), dtype=np.int64)
    for k, column in enumerate(points):
        over += works[column].fillna(0).to_numpy(dtype=np.int8) > maxima[codes, k]
    return pd.Series(over, index=works.index, dtype="Int64")


def _is_points(column: str) -> bool:
    return column[:1] == "p" and column[1:].isdigit()
