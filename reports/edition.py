"""One edition of the site: the tables indexed for pages, the names, and what is hidden.

Pages read only from here, so that a group too small to be shown is closed in one place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics import schema
from reports.disclosure import SHOWN_FROM, hidden_groups
from reports.members import Group, Record, School, Test, Town, page_name, year_page
from reports.wording import by_number

WHOLE = schema.WHOLE_MUNICIPALITY
NO_MUNICIPALITY = "Муниципалитет не указан"
PAGE_TABLES = tuple(name for name in schema.TABLES if name != "works")

# What the records of a table are looked up by.
INDEXES: dict[str, tuple[str, ...]] = {
    "intake": ("test_id",),
    "marks_summary": ("test_id", "municipality"),
    "score_counts": ("test_id", "group", "group_id"),
    "task_results": ("test_id", "group", "group_id", "mark_group"),
    "skill_results": ("test_id", "group", "group_id"),
    "reliability": ("test_id", "group", "group_id"),
    "report_marks": ("test_id",),
    "report_journal": ("test_id",),
    "reconciliation": ("test_id",),
    "tasks": ("test_id",),
    "dynamics": ("municipality", "school_id"),
    "cohorts": ("municipality", "school_id"),
    "findings": ("school_id",),
    "expected_counts": ("test_id", "school_id"),
    "boundary_windows": ("school_id",),
    "lifting_reach": ("school_id",),
    "system_excess": ("test_id",),
    "invalsi_index": ("test_id",),
    "official_markers": ("test_id",),
    "low_procedures": ("test_id",),
    "cohort_paths": ("school_id",),
    "low_results": ("school_id",),
    "olympiad_indicators": ("municipality", "year"),
    "essay_results": ("municipality", "year"),
    "essay_criteria": ("municipality", "year", "school_id"),
    "federal_markers": ("school_id",),
    "federal_list": ("year",),
    "school_context": ("school_id",),
    "exam_results": ("municipality", "year"),
    "risk_markers": ("year", "school_id"),
    "risk_zones": ("year", "school_id"),
}


@dataclass(frozen=True)
class Edition:
    """Everything that pages may show. Keys of `index`: table, then the values of INDEXES.

    tests: of the ВПР, which the certificates are about; exams: of the other procedures.
    public: for everybody; else for official use.
    """

    tables: Mapping[str, pd.DataFrame]
    index: Mapping[str, Mapping[tuple[Any, ...], list[Record]]]
    tests: Mapping[str, Test]
    exams: Mapping[str, Test]
    schools: Mapping[str, School]
    towns: tuple[Town, ...]
    hidden: frozenset[tuple[str, str]]
    regions: Mapping[str, str]
    school_years: Mapping[str, tuple[int, ...]]
    public: bool = True

    def rows(self, table: str, *key: object) -> list[Record]:
        """The records of `table` with this key, in the order of the table."""
        return self.index[table].get(key, [])

    def is_hidden(self, test_id: str, school_id: str) -> bool:
        return (test_id, school_id) in self.hidden

    def is_small(self, test_id: str, municipality: str) -> bool:
        """True where so few of the whole municipality took a test that nothing of it is shown."""
        row = self.marks(test_id, municipality)
        return row is not None and 0 < row["n"] < SHOWN_FROM

    def marks(self, test_id: str, municipality: str, school_id: str = WHOLE) -> Record | None:
        """The row of `marks_summary`, the whole municipality by default."""
        rows = self.rows("marks_summary", test_id, municipality)
        return next((row for row in rows if row["school_id"] == school_id), None)

    def group_rows(self, table: str, test_id: str, group: Group, *rest: str) -> list[Record]:
        """Records of a table keyed by test × group; none for a group that is hidden."""
        if group.kind == "school" and self.is_hidden(test_id, group.group_id):
            return []
        if group.kind == "municipality" and self.is_small(test_id, group.group_id):
            return []
        return self.rows(table, test_id, group.kind, group.group_id, *rest)

    def scores(self, test_id: str, group: Group) -> dict[int, int]:
        """Number of works by primary score."""
        return {r["score"]: r["n"] for r in self.group_rows("score_counts", test_id, group)}

    def region(self, test_id: str) -> Group | None:
        """The region of the distribution report of a test, if there is one."""
        name = self.regions.get(test_id)
        return None if name is None else Group("region", name, name)

    def town_tests(self, town: Town) -> list[Test]:
        """Tests that the municipality has figures of, latest year first, then grade, subject."""
        return [t for t in self.tests.values() if self._took(t.test_id, town.key, WHOLE)]

    def school_tests(self, school: School) -> list[Test]:
        """Tests that the school took, latest year first, then grade and subject."""
        key, school_id = school.municipality, school.school_id
        return [t for t in self.tests.values() if self._took(t.test_id, key, school_id)]

    def school_link(self, school: School, year: int) -> str:
        """The page of the school for that year, its latest one if it took nothing then."""
        return year_page(school.page, self.school_years.get(school.school_id, ()), year)

    def _took(self, test_id: str, municipality: str, school_id: str) -> bool:
        row = self.marks(test_id, municipality, school_id)
        return row is not None and row["n"] > 0


def records(frame: pd.DataFrame) -> list[Record]:
    """Rows as dicts; a missing value is None, whatever its dtype."""
    columns = [_values(frame[name]) for name in frame.columns]
    return [dict(zip(frame.columns, values, strict=True)) for values in zip(*columns, strict=True)]


def _values(column: pd.Series) -> list[Any]:
    values = column.to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy()] = None
    return values.tolist()


def prepare(tables: Mapping[str, pd.DataFrame], *, public: bool = True) -> Edition:
    """Indexes the tables for pages, missing tables taken as empty.

    tables: by the names of analytics/schema.py; a municipality that is not known becomes "".
    """
    full = {name: _known(tables.get(name, schema.empty(name))) for name in PAGE_TABLES}
    tests, exams = (_tests(full["tests"], vpr) for vpr in (True, False))
    for name, frame in full.items():
        if "test_id" in frame.columns and name != "intake":
            full[name] = frame[frame["test_id"].isin([*tests, *exams])]
    index = {name: _indexed(full[name], keys) for name, keys in INDEXES.items()}
    schools = _schools(full["schools"])
    return Edition(
        tables=full,
        index=index,
        tests=tests,
        exams=exams,
        schools=schools,
        towns=_towns(schools, index),
        hidden=_hidden(index["marks_summary"]),
        regions={t: name for t, group, name in index["score_counts"] if group == "region"},
        school_years=_school_years(tests, index["marks_summary"]),
        public=public,
    )


def _known(frame: pd.DataFrame) -> pd.DataFrame:
    if "municipality" not in frame.columns:
        return frame
    return frame.assign(municipality=frame["municipality"].fillna(""))


def _indexed(frame: pd.DataFrame, keys: Iterable[str]) -> dict[tuple[Any, ...], list[Record]]:
    index: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    for record in records(frame):
        index[tuple(record[key] for key in keys)].append(record)
    return dict(index)


def _tests(frame: pd.DataFrame, vpr: bool) -> dict[str, Test]:
    rows = [row for row in records(frame) if (row["procedure"] == "vpr") == vpr]
    rows.sort(key=lambda r: (-r["year"], r["grade"], r["subject"], r["test_id"]))
    return {
        row["test_id"]: Test(
            row["test_id"],
            row["year"],
            row["grade"],
            row["pupil_grade"],
            row["subject"],
            row,
            page_name("test", row["test_id"]),
        )
        for row in rows
    }


def _schools(frame: pd.DataFrame) -> dict[str, School]:
    schools = [
        School(
            row["school_id"],
            row["short_name"],
            row["municipality"],
            page_name("school", row["school_id"]),
            bool(row["in_registry"]),
        )
        for row in records(frame)
    ]
    return {s.school_id: s for s in sorted(schools, key=lambda s: by_number(s.name))}


def _towns(schools: Mapping[str, School], index: Mapping[str, Any]) -> tuple[Town, ...]:
    keys = {s.municipality for s in schools.values()}
    keys |= {municipality for _, municipality in index["marks_summary"]}
    return tuple(
        Town(
            key,
            key or NO_MUNICIPALITY,
            f"town-{place}.html",
            tuple(s for s in schools.values() if s.municipality == key),
        )
        for place, key in enumerate(sorted(keys), start=1)
    )


def _school_years(
    tests: Mapping[str, Test], marks: Mapping[tuple[Any, ...], list[Record]]
) -> dict[str, tuple[int, ...]]:
    years: dict[str, set[int]] = defaultdict(set)
    for (test_id, _), rows in marks.items():
        for row in rows:
            if row["n"] and test_id in tests:
                years[row["school_id"]].add(tests[test_id].year)
    return {school_id: tuple(sorted(found, reverse=True)) for school_id, found in years.items()}


def _hidden(marks: Mapping[tuple[Any, ...], list[Record]]) -> frozenset[tuple[str, str]]:
    hidden: set[tuple[str, str]] = set()
    for (test_id, _), rows in marks.items():
        counts = {row["school_id"]: row["n"] for row in rows if row["school_id"] != WHOLE}
        hidden |= {(test_id, school_id) for school_id in hidden_groups(counts)}
    return frozenset(hidden)
