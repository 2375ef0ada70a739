"""The tests that the files are about, with their official scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics import norms, schema
from analytics.scales import assign_scales
from pipelines.canonical.stack import TEST_KEY, VPR
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
    return norms.test_id(header.procedure, header.year, header.grade, header.subject)


def build_tests(headers: Sequence[HeaderOfFile], *, extra: pd.DataFrame) -> pd.DataFrame:
    """Table `tests`: one row per test met in any file.

    headers: of the files that are about one test; extra: TEST_KEY of tests that are
    only met inside merged reports.
    """
    rows = [
        {
            "procedure": h.header.procedure,
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
            pd.DataFrame(rows, columns=[*TEST_KEY, "max_score", "tasks"]),
            extra.assign(max_score=None, tasks=None),
        ],
        ignore_index=True,
    ).astype({"max_score": "Int64", "tasks": "Int64", "year": "Int64", "grade": "Int64"})
    tests = met.groupby(TEST_KEY, as_index=False, observed=True).agg(
        max_score=("max_score", "first"), tasks=("tasks", "first")
    )
    tests["test_id"] = [
        norms.test_id(t.procedure, t.year, t.grade, t.subject) for t in tests.itertuples()
    ]
    autumn = (tests["procedure"] == VPR) & (tests["year"] == AUTUMN_YEAR)
    tests["pupil_grade"] = tests["grade"] + autumn.astype("Int64")
    for column in ("min3", "min4", "min5", "scale_source", "scale_verified"):
        tests[column] = None
    return schema.conform(assign_scales(schema.conform(tests, "tests")), "tests")


def prepared_tests(tests: pd.DataFrame) -> pd.DataFrame:
    """Tests for the rules: `printed_overlap` tells a scale printed with overlapping intervals."""
    scales = norms.norm("mark_scales")
    overlapping = set(scales.loc[scales["printed_overlap"], "source"])
    return tests.assign(printed_overlap=tests["scale_source"].isin(overlapping))


def _header_maximum(header: TestHeader) -> int | None:
    """The sum of the tasks' maxima where the header of a file names all of them."""
    points = [task.max_points for task in header.tasks]
    return sum(points) if points and None not in points else None  # type: ignore[arg-type]
