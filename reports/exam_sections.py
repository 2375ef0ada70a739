"""The sections of the open document on exams, and the way to it from the certificate."""

from __future__ import annotations

from reports.blocks import Bullets, Cell, Section
from reports.exam_results import exam_section
from reports.exam_scope import ExamScope, exam_years
from reports.members import Town, year_page
from reports.risk_zones import risk_section
from reports.scope import Scope


def exam_page(town: Town) -> str:
    """«exams-1.html» of «town-1.html»; the latest year has the plain name."""
    return town.page.replace("town-", "exams-")


def exam_summary_section(scope: Scope) -> tuple[Section, ...]:
    """On the municipality's certificate: what the exams of the year say, with the way there."""
    years = exam_years(scope.edition, scope.town)
    if scope.school or scope.year not in years:
        return ()
    page = year_page(exam_page(scope.town), years, scope.year)
    sections = open_sections(ExamScope(scope.edition, scope.town, scope.year))
    items = tuple(Cell(f"{s.claim}.", href=f"{page}#{s.section_id}") for s in sections)
    claim = sections[-1].claim
    told = Bullets("Документы об экзаменах этого года", items)
    return (Section("exams", "Экзамены и зоны риска", claim, (told,), "", True),)


def open_sections(scope: ExamScope) -> tuple[Section, ...]:
    """ГИА-9, ГИА-11 and the zones of risk, those that the year has, numbered."""
    found: list[Section] = []
    for level in (9, 11):
        if section := exam_section(scope, level, len(found) + 1):
            found.append(section)
    if zones := risk_section(scope, len(found) + 1):
        found.append(zones)
    return tuple(found)
