"""Pupil-works of all files under their schools and tests, judged by the rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics import schema
from analytics.scales import joint_conditions, marks_from_scores
from pipelines.canonical.schools import Directory
from pipelines.canonical.stack import TEST_KEY, Read, stack, with_test_ids
from pipelines.canonical.tasks import above_maximum

RAW_COLUMNS = (
    *("login", "municipality", "school_name", "class_label", "pupil", "absent", "variant"),
    *("score", "mark", "journal_mark", "skipped", "not_taught", "sheet", "row"),
    *("procedure", "year", "grade", "subject"),
    *("exam_date", "test_score", "exam_point", "room", "person"),
)
POINTS_OVER = "points_over_maximum"  # the rule that names a row; its cells are found here
RULE_COLUMNS = (
    *("max_score", "scale_mark", "joint_condition"),
    *("points_over", "pupil_grade", "known_school"),
)


def gather_works(reads: Sequence[Read]) -> pd.DataFrame:
    """Raw works of all files (RAW_COLUMNS, p1…pk, source_id), one row per data row."""
    works = stack(reads, "works", RAW_COLUMNS)
    points = sorted((c for c in works if _is_points(c)), key=lambda c: int(c[1:]))
    return works[[*RAW_COLUMNS, "source_id", *points]]


def place_works(raw: pd.DataFrame, directory: Directory, tests: pd.DataFrame) -> pd.DataFrame:
    """Works under their ids with RULE_COLUMNS for the rules, all but `points_over`.

    Rows whose file does not say which test it is stay out: the whole file was set aside.
    """
    works = with_test_ids(raw)
    works = works[works["test_id"].notna()]
    works = works.assign(school_id=directory.school_ids(works["login"]))
    works = works.drop(columns=["login", "municipality", "school_name", *TEST_KEY]).merge(
        tests[["test_id", "max_score", "pupil_grade"]], how="left", on="test_id", validate="m:1"
    )
    listed = directory.schools.loc[directory.schools["in_registry"].astype(bool), "school_id"]
    return works.assign(
        scale_mark=marks_from_scores(works, tests),
        joint_condition=works["test_id"].map(joint_conditions(tests)).astype("str"),
        known_school=works["school_id"].isin(listed),
    )


def with_points_over(placed: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """Works with `points_over`: for how many tasks a work has more points than the maximum."""
    return placed.assign(points_over=above_maximum(placed, tasks).sum(axis=1))


def points_above(placed: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    """The cells behind `points_over`: source_id, sheet, row, code, column, value, expected."""
    works = placed[placed["points_over"] > 0]
    at, k = np.nonzero(above_maximum(works, tasks))
    columns = [f"p{i + 1}" for i in k]
    maxima = tasks.set_index(["test_id", "position"])["max_points"]
    rows = works.iloc[at]
    keys = pd.MultiIndex.from_arrays([rows["test_id"], k + 1])
    return rows[["source_id", "sheet", "row"]].assign(
        code=POINTS_OVER,
        column=columns,
        value=[str(works.iloc[i][c]) for i, c in zip(at, columns, strict=True)],
        expected=maxima.reindex(keys).astype("str").to_numpy(),
    )


def accepted_works(placed: pd.DataFrame) -> pd.DataFrame:
    """Table `works`: a mark that the file gives stays; where it gives none, the scale's is put.

    Where a higher mark needs more than the score only «2» follows from the score.
    """
    sure = placed["joint_condition"].isna() | (placed["scale_mark"] == 2)
    marked = placed.assign(mark=placed["mark"].fillna(placed["scale_mark"].where(sure)))
    return schema.conform(marked.drop(columns=list(RULE_COLUMNS)), "works")


def _is_points(column: str) -> bool:
    return column[:1] == "p" and column[1:].isdigit()
