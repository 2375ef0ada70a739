"""The tests that the files are about, with their tasks and official scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics import norms, schema
from analytics.scales import assign_scales
from pipelines.readers.reading import TestHeader

# The works named 2020 were written in September and October by pupils one grade higher.
AUTUMN_YEAR = 2020


@dataclass(frozen=True)
class HeaderOfFile:
    """The header of one file, for the table of tests; `pupil_rows` tells works from reports."""

    source_id: str
    path: str
    header: TestHeader
    pupil_rows: bool


def id_of(header: TestHeader) -> str | None:
    """test_id of a header, None while its year, grade or subject is not known."""
    if header.year is None or header.grade is None or header.subject is None:
        return None
    return norms.test_id("vpr", header.year, header.grade, header.subject)


def build_tests(headers: Sequence[HeaderOfFile], *, extra: pd.DataFrame) -> pd.DataFrame:
    """Table `tests`: one row per test met in any file.

    headers: of the files that are about one test; extra: year, grade, subject of tests that are
    only met inside merged reports.
    """
    rows = [
        {
            "year": h.header.year,
            "grade": h.header.grade,
            "subject": h.header.subject,
            "max_score": h.header.max_score or _header_maximum(h.header),
            "tasks": len(h.header.tasks) or None,
        }
        for h in headers
        if id_of(h.header)
    ]
    met = pd.concat(
        [
            pd.DataFrame(rows, columns=["year", "grade", "subject", "max_score", "tasks"]),
            extra.assign(max_score=None, tasks=None),
        ],
        ignore_index=True,
    ).astype({"max_score": "Int64", "tasks": "Int64", "year": "Int64", "grade": "Int64"})
    tests = (
        met.groupby(["year", "grade", "subject"], as_index=False, observed=True)
        .agg(max_score=("max_score", "first"), tasks=("tasks", "first"))
        .assign(procedure="vpr")
    )
    tests["test_id"] = [
        norms.test_id("vpr", t.year, t.grade, t.subject) for t in tests.itertuples()
    ]
    tests["pupil_grade"] = tests["grade"] + (tests["year"] == AUTUMN_YEAR).astype("Int64")
    for column in ("min3", "min4", "min5", "scale_source", "scale_verified"):
        tests[column] = None
    return schema.conform(assign_scales(schema.conform(tests, "tests")), "tests")


def prepared_tests(tests: pd.DataFrame) -> pd.DataFrame:
    """Tests for the rules: `printed_overlap` tells a scale printed with overlapping intervals."""
    scales = norms.norm("mark_scales")
    overlapping = set(scales.loc[scales["printed_overlap"], "source"])
    return tests.assign(printed_overlap=tests["scale_source"].isin(overlapping))


def prepared_tasks(tasks: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Tasks for the rules, each with the `max_score` of its test."""
    return tasks.merge(tests[["test_id", "max_score"]], how="left", on="test_id", validate="m:1")


def build_tasks(
    tests: pd.DataFrame, headers: Sequence[HeaderOfFile], task_tables: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table `tasks`, and the faults of task tables that do not fit their tests.

    A task table knows neither year nor procedure: it serves every test of its grade and subject
    that has as many tasks. Its maxima are used only if they add up to the test's maximum.
    task_tables: the columns of `tasks` with grade and subject instead of test_id, and source_id.
    Returns the table and faults: source_id, code, value, expected.
    """
    own = pd.DataFrame(
        [
            {
                "test_id": id_of(h.header),
                "position": position,
                "task": task.task,
                "max_points": task.max_points,
                "level": task.level,
            }
            for h in headers
            if h.pupil_rows and id_of(h.header)
            for position, task in enumerate(h.header.tasks, start=1)
        ],
        columns=["test_id", "position", "task", "max_points", "level"],
    ).drop_duplicates(["test_id", "position"])
    table, faults = _fitting(task_tables, tests)
    merged = own.merge(
        table, how="left", on=["test_id", "position"], validate="1:1", suffixes=("", "_table")
    )
    if merged.empty:
        return schema.empty("tasks"), faults
    # A name in the header of a file with its maximum is the test's own; bare numbers are positions.
    numbered = merged["max_points"].isna()
    same_name = merged["task"] == merged["task_table"]
    usable = numbered | same_name
    merged["task"] = merged["task"].mask(
        numbered & merged["task_table"].notna(), merged["task_table"]
    )
    for column in ("max_points", "level"):
        merged[column] = merged[column].fillna(merged[f"{column}_table"].where(usable))
    for column in ("skill", "block", "kes", "kt"):
        merged[column] = merged[column].where(usable)
    return schema.conform(merged[list(schema.TABLES["tasks"].columns)], "tasks"), faults


def _fitting(task_tables: pd.DataFrame, tests: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the task tables that fit a test, one per test × position, and the misfits."""
    sizes = task_tables.groupby(
        ["source_id", "grade", "subject"], as_index=False, observed=True
    ).agg(count=("position", "size"), total=("max_points", "sum"))
    pairs = tests[tests["tasks"].notna()].merge(
        sizes, how="inner", on=["grade", "subject"], validate="m:m"
    )
    wrong_count = pairs[pairs["count"] != pairs["tasks"]]
    fits = pairs[pairs["count"] == pairs["tasks"]].drop_duplicates("test_id")
    sums = fits["max_score"].isna() | (fits["total"] == fits["max_score"])
    faults = pd.concat(
        [
            _misfit(wrong_count, "task_table_count", "count", "tasks"),
            _misfit(fits[~sums.astype(bool)], "task_table_sum", "total", "max_score"),
        ],
        ignore_index=True,
    )
    rows = fits.assign(sums=sums)[["test_id", "source_id", "grade", "subject", "sums"]].merge(
        task_tables, how="inner", on=["source_id", "grade", "subject"], validate="m:m"
    )
    rows["max_points"] = rows["max_points"].astype("Int64").where(rows["sums"].astype(bool))
    columns = ["test_id", "position", "task", "max_points", "level", "skill", "block", "kes", "kt"]
    return rows[columns], faults


def _misfit(pairs: pd.DataFrame, code: str, given: str, wanted: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_id": pairs["source_id"].astype("str"),
            "code": code,
            "value": pairs[given].astype("str"),
            "expected": pairs[wanted].astype("str") + " (" + pairs["test_id"].astype("str") + ")",
        }
    )


def _header_maximum(header: TestHeader) -> int | None:
    """The sum of the tasks' maxima where the header of a file names all of them."""
    points = [task.max_points for task in header.tasks]
    return sum(points) if points and None not in points else None  # type: ignore[arg-type]
