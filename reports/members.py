"""Tests, schools, municipalities and groups as pages name them, and the names of their pages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from analytics import norms
from analytics.low_results import PROCEDURE_NAMES

Record = dict[str, Any]
EXAMS = ("oge", "ege", "gve")  # each of one grade


@dataclass(frozen=True)
class Test:
    """One test as pages name it; `record` is its row of the table `tests`."""

    test_id: str
    year: int
    grade: int
    pupil_grade: int
    subject: str
    record: Record = field(compare=False)
    page: str

    __test__ = False  # not a test case for pytest

    @property
    def label(self) -> str:
        """«Математика, 6 класс»; of an exam, which is of one grade, «ОГЭ, математика»."""
        exam = self.record["procedure"] in EXAMS
        return f"{self.procedure}, {self.subject.lower()}" if exam else self.name

    @property
    def name(self) -> str:
        """What stands beside the procedure's name; the programme where pupils are a grade older."""
        if self.record["procedure"] in EXAMS:
            return self.subject.lower()
        if self.pupil_grade == self.grade:
            return f"{self.subject}, {self.grade} класс"
        return f"{self.subject}, программа {self.grade} класса (писали в {self.pupil_grade}-м)"

    @property
    def procedure(self) -> str:
        """«ВПР», «ОГЭ»."""
        return PROCEDURE_NAMES[self.record["procedure"]]

    @property
    def boundaries(self) -> dict[int, int]:
        """Minimum score by mark; empty where there is no official scale."""
        scale = {mark: self.record[f"min{mark}"] for mark in (3, 4, 5)}
        return {} if None in scale.values() else scale

    @property
    def dative(self) -> str:
        """«математике»."""
        return _datives().get(self.subject, f"предмету «{self.subject}»")


@dataclass(frozen=True)
class School:
    """One school as pages name it."""

    school_id: str
    name: str
    municipality: str
    page: str
    in_registry: bool


@dataclass(frozen=True)
class Town:
    """One municipality with its schools sorted by number."""

    key: str
    name: str
    page: str
    schools: tuple[School, ...]


@dataclass(frozen=True)
class Group:
    """Whom a section is about: a school, a municipality or a region, as `score_counts` keys it."""

    kind: str
    group_id: str
    name: str


def page_name(kind: str, identifier: str) -> str:
    """The file name of a page; whatever could leave the folder is replaced, kept unique."""
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", identifier)
    if safe != identifier:
        safe = f"{safe[:40]}-{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"
    return f"{kind}-{safe}.html"


def year_page(page: str, years: Sequence[int], year: int) -> str:
    """The page of one year: the latest keeps the plain name; a year without data leads to it."""
    plain = not years or year == years[0] or year not in years
    return page if plain else f"{page.removesuffix('.html')}.{year}.html"


@cache
def _datives() -> dict[str, str]:
    subjects = norms.norm("subjects")
    return dict(zip(subjects["subject"], subjects["dative"], strict=True))
