"""What the rows of `findings` say of one school in a year, whatever is too small left out."""

from __future__ import annotations

from dataclasses import dataclass

from analytics import schema
from reports.disclosure import SHOWN_FROM
from reports.members import Record, School
from reports.scope import Scope
from reports.sign_words import BOUNDARY, FLAGS, NOTICED

OWN = "Признаки по собственным методам"
SOURCE = "файлы участников и отчёты о распределении"


@dataclass(frozen=True)
class Signs:
    """Rows of `findings` of a school in a year: the verdict, the detectors, their scopes."""

    verdict: Record | None
    detectors: tuple[Record, ...] = ()
    scopes: tuple[Record, ...] = ()
    hidden: bool = False

    @property
    def flagged(self) -> list[Record]:
        """Detectors with a sign, in the whole school or a scope of it; else what led to it."""
        inside = {r["detector"] for r in self.scopes if r["status"] in FLAGS}
        marked = [r for r in self.detectors if r["status"] in FLAGS or r["detector"] in inside]
        return marked or [r for r in self.detectors if self.is_flag and _noticed(r)]

    @property
    def is_flag(self) -> bool:
        return self.verdict is not None and self.verdict["status"] in FLAGS

    @property
    def boundary(self) -> Record | None:
        return next((r for r in self.detectors if r["detector"] == BOUNDARY), None)


def scope_name(scope: Scope, record: Record) -> str:
    """The test that a row of one grade and subject is about, as the page names it."""
    labels = {f"{t.grade}/{t.subject}": t.label for t in scope.tests}
    grade, _, subject = record["scope"].partition("/")
    return labels.get(record["scope"], f"{subject}, {grade} класс")


def why_unchecked(scope: Scope) -> str:
    """Why a year has no findings at all: it has nothing to test."""
    return (
        f"За {scope.year} год показаний детекторов нет: нет ни распределения первичных баллов, ни "
        "баллов за задания. Добавьте протоколы или отчёты о распределении."
    )


def _noticed(record: Record) -> bool:
    return record["p_value"] is not None and record["p_value"] < NOTICED


def signs_of(scope: Scope, school: School) -> Signs:
    """The school's rows of the year; a school or a scope too small to be shown is closed."""
    rows = [r for r in scope.edition.rows("findings", school.school_id) if r["year"] == scope.year]
    whole = {r["detector"]: r for r in rows if not r["scope"]}
    verdict = whole.pop(schema.VERDICT, None)
    if verdict is None:
        return Signs(None)
    if 0 < verdict["n"] < SHOWN_FROM:
        return Signs(None, hidden=True)
    closed = {
        f"{t.grade}/{t.subject}"
        for t in scope.edition.tests.values()
        if t.year == scope.year and scope.edition.is_hidden(t.test_id, school.school_id)
    }
    return Signs(
        verdict,
        tuple(whole[d] for d in schema.DETECTORS if d in whole),
        tuple(r for r in rows if r["scope"] and r["scope"] not in closed),
    )
