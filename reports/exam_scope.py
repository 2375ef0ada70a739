"""Whose exams a document tells of: a municipality in a year, and what is too small to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from reports.disclosure import hidden_groups
from reports.edition import WHOLE, Edition
from reports.members import Record, School, Town

NAMES = {"oge": "ОГЭ", "ege": "ЕГЭ", "gve": "ГВЭ"}
Exam = tuple[str, int, str]  # procedure, grade, subject


@dataclass(frozen=True)
class ExamScope:
    """A municipality and a year; `restricted` shows everything, exam points too."""

    edition: Edition
    town: Town
    year: int
    restricted: bool = False

    @cached_property
    def results(self) -> dict[tuple[Exam, str, str], Record]:
        """Rows of `exam_results` by exam, period and school."""
        rows = self.edition.rows("exam_results", self.town.key, self.year)
        return {(exam_of(r), r["attempt"], r["school_id"]): r for r in rows}

    @cached_property
    def exams(self) -> list[Exam]:
        """Exams with a row of the municipality, by procedure, grade and subject."""
        order = list(NAMES)
        found = {e for e, attempt, school in self.results if attempt == "main" and school == WHOLE}
        return sorted(found, key=lambda e: (order.index(e[0]), e[1], e[2]))

    @cached_property
    def hidden(self) -> frozenset[tuple[Exam, str]]:
        """Exam × school not to be shown: fewer than five, and who would give them away."""
        if self.restricted:
            return frozenset()
        closed = set()
        for exam in self.exams:
            counts = {
                school: r["n"]
                for (e, attempt, school), r in self.results.items()
                if e == exam and attempt == "main" and school != WHOLE
            }
            closed |= {(exam, school) for school in hidden_groups(counts)}
        return frozenset(closed)

    def whole(self, exam: Exam, attempt: str = "main") -> Record | None:
        """The municipality's row."""
        return self.results.get((exam, attempt, WHOLE))

    def schools(self, exam: Exam) -> list[tuple[School, Record | None]]:
        """Schools that took the exam, by number; None in the place of what is closed."""
        found = [(s, self.results.get((exam, "main", s.school_id))) for s in self.town.schools]
        return [
            (s, None if (exam, s.school_id) in self.hidden else r) for s, r in found if r and r["n"]
        ]


def exam_of(record: Record) -> Exam:
    """The exam that a row of `exam_results` is about."""
    return record["procedure"], record["grade"], record["subject"]


def exam_name(exam: Exam) -> str:
    """«ЕГЭ: Химия», «ГВЭ, 9 класс: Математика»."""
    procedure, grade, subject = exam
    name = f"{NAMES[procedure]}, {grade} класс" if procedure == "gve" else NAMES[procedure]
    return f"{name}: {subject}"


def exam_years(edition: Edition, town: Town) -> list[int]:
    """Years with results of exams or with zones of risk, the latest first."""
    schools = {s.school_id for s in town.schools}
    years = {year for place, year in edition.index["exam_results"] if place == town.key}
    years |= {year for year, school in edition.index["risk_zones"] if school in schools}
    return sorted(years, reverse=True)
