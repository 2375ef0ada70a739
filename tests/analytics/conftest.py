"""Builders of small canonical frames: a test names only the columns it is about."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from analytics import norms, schema

Build = Callable[..., pd.DataFrame]


def _tests(*rows: dict) -> pd.DataFrame:
    """Tests by year, grade, subject; a scale as `scale=(maximum, min3, min4, min5)`."""
    built = []
    for row in rows:
        maximum, *minima = row.get("scale", (row.get("max_score"), None, None, None))
        built.append(
            {
                "test_id": norms.test_id("vpr", row["year"], row["grade"], row["subject"]),
                "procedure": "vpr",
                "year": row["year"],
                "grade": row["grade"],
                "pupil_grade": row.get("pupil_grade", row["grade"]),
                "subject": row["subject"],
                "tasks": row.get("tasks"),
                "max_score": maximum,
                **dict(zip(("min3", "min4", "min5"), minima, strict=True)),
                "scale_source": None,
                "scale_verified": None,
            }
        )
    return schema.conform(pd.DataFrame(built), "tests")


def _schools(**municipalities: str | None) -> pd.DataFrame:
    """Schools as `school_id=municipality`."""
    rows = {
        "school_id": list(municipalities),
        "short_name": [f"Школа {s}" for s in municipalities],
        "municipality": list(municipalities.values()),
        "logins": [[s] for s in municipalities],
        "gia_code": None,
        "kind": None,
        "in_registry": True,
    }
    return schema.conform(pd.DataFrame(rows), "schools")


def _works(test_id: str, *rows: tuple, columns: str = "school_id score") -> pd.DataFrame:
    """Works of one test as tuples of `columns`; whoever has no score was absent."""
    frame = pd.DataFrame(list(rows), columns=columns.split())
    defaults = {
        "test_id": test_id,
        "class_label": "1",
        "pupil": [f"{i:03d}" for i in range(len(frame))],
        "variant": "1",
        "mark": None,
        "journal_mark": None,
        "skipped": 0,
        "not_taught": 0,
        **dict.fromkeys(("exam_date", "test_score", "exam_point", "room", "person")),
        "source_id": "a",
        "sheet": "Лист1",
        "row": range(2, len(frame) + 2),
    }
    points = frame[[c for c in frame if c[:1] == "p"]].notna()
    score = frame.get("score", pd.Series(0, index=frame.index))
    absent = score.isna() & ~points.any(axis=1)
    defaults |= {"score": score, "absent": absent}
    missing = {name: value for name, value in defaults.items() if name not in frame}
    return schema.conform(frame.assign(**missing), "works")


def _tasks(test_id: str, *rows: tuple, columns: str = "max_points level") -> pd.DataFrame:
    """Tasks of one test in their order, as tuples of `columns`."""
    frame = pd.DataFrame(list(rows), columns=columns.split())
    defaults = {
        "test_id": test_id,
        "position": range(1, len(frame) + 1),
        "task": [str(i + 1) for i in range(len(frame))],
        **dict.fromkeys(("max_points", "level", "skill", "block", "kes", "kt")),
    }
    missing = {name: value for name, value in defaults.items() if name not in frame}
    return schema.conform(frame.assign(**missing), "tasks")


def _marks(tests: pd.DataFrame, *rows: tuple) -> pd.DataFrame:
    """Marks of schools of one municipality: test_id, school_id, n2, n3, n4, n5.

    Where n2 is null the works have no marks, and n3 is all participants.
    """
    columns = ["n2", "n3", "n4", "n5"]
    frame = pd.DataFrame(rows, columns=["test_id", "school_id", *columns])
    counts = frame[columns].astype("Int64")
    n = counts.sum(axis=1)
    frame[columns] = counts.where(counts["n2"].notna())
    quality = (counts["n4"] + counts["n5"]).astype("float64") / n.astype("float64")
    facts = tests[["test_id", "procedure", "year", "grade", "subject"]]
    frame = frame.assign(municipality="А", n=n, quality=quality.where(n > 0), origin="works")
    frame = frame.merge(facts, how="left", on="test_id", validate="m:1")
    missing = [c for c in schema.TABLES["marks_summary"].columns if c not in frame]
    return schema.conform(frame.assign(**dict.fromkeys(missing)), "marks_summary")


@pytest.fixture
def tests_of() -> Build:
    return _tests


@pytest.fixture
def schools_of() -> Build:
    return _schools


@pytest.fixture
def works_of() -> Build:
    return _works


@pytest.fixture
def tasks_of() -> Build:
    return _tasks


@pytest.fixture
def marks_of() -> Build:
    return _marks


@pytest.fixture
def medpar() -> pd.DataFrame:
    """Deaths k of n admissions in 54 hospitals: data set medpar of the R package COUNT."""
    # fmt: off
    k = [
        16, 19, 2, 23, 2, 5, 4, 22, 12, 12, 19, 18, 14, 11, 16, 5, 10, 1, 17, 0, 10, 1, 3,
        3, 3, 18, 1, 2, 12, 1, 1, 38, 7, 9, 17, 1, 0, 8, 2, 0, 11, 7, 1, 16, 9, 11, 32, 14,
        3, 15, 4, 20, 5, 0,
    ]
    n = [
        58, 61, 6, 74, 13, 25, 16, 55, 39, 21, 61, 66, 38, 27, 29, 17, 51, 4, 43, 3, 33, 1,
        6, 12, 20, 50, 15, 2, 36, 4, 2, 92, 18, 31, 44, 5, 1, 19, 4, 3, 28, 21, 3, 29, 26,
        31, 71, 64, 15, 41, 11, 38, 10, 2,
    ]
    # fmt: on
    return pd.DataFrame({"test_id": "medpar", "k": k, "n": n})
