"""The certificate of a municipality: «Статистико-аналитическая справка об итогах ВПР»."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.blocks import Bullets, Cell, Notice, Page, Section, Statement
from reports.dynamics import dynamics
from reports.edition import WHOLE, Edition
from reports.essays import essays
from reports.exam_sections import exam_summary_section
from reports.journal import journal
from reports.low_results import low_results
from reports.mark_groups import groups_section
from reports.marks import statistics
from reports.members import Test, Town, year_page
from reports.objectivity import objectivity
from reports.olympiad import olympiad
from reports.participation import participation
from reports.paths import paths
from reports.proposals import proposals
from reports.scope import Scope
from reports.scores import distribution
from reports.skills import skills
from reports.tasks import completion
from reports.unknowns import unknowns
from reports.wording import number, plural

FINDINGS = 3
FINDING_ORDER = ("marks", "tasks", "journal", "low", "dynamics", "skills", "scores", "people")
TITLE = "Статистико-аналитическая справка об итогах ВПР"


def town_pages(edition: Edition, town: Town) -> Iterator[Page]:
    """A certificate for every year with data; the latest has the plain name of the municipality."""
    tests = edition.town_tests(town)
    years = years_of(tests)
    for year in years:
        scope = Scope(edition, town, None, year, tuple(t for t in tests if t.year == year))
        sections = main_sections(scope)
        yield Page(
            year_page(town.page, years, year),
            f"{TITLE} {year} года",
            town.name,
            (("Что оценивали", assessed(scope)), ("Кто участвовал", _took_part(scope))),
            findings(sections),
            unknowns(scope),
            sections,
            year_links(town.page, years),
            sign_off=True,
        )
    if not years:
        yield _empty(town)


def certificate_links(edition: Edition, town: Town) -> list[Cell]:
    """A link a year to the certificates."""
    years = years_of(edition.town_tests(town))
    pages = [(year, year_page(town.page, years, year)) for year in years]
    return [Cell(f"справка за {year} год", href=page) for year, page in pages]


def years_of(tests: Sequence[Test]) -> list[int]:
    """Years with data, the latest first."""
    return sorted({t.year for t in tests}, reverse=True)


def year_links(page: str, years: Sequence[int]) -> tuple[Cell, ...]:
    """Links between the documents of the years."""
    return tuple(Cell(str(year), href=year_page(page, years, year)) for year in years)


def main_sections(scope: Scope) -> tuple[Section, ...]:
    """FIOKO's seven directions, then objectivity, low results, dynamics, proposals, olympiad."""
    return (
        participation(scope),
        statistics(scope),
        journal(scope),
        distribution(scope),
        completion(scope),
        skills(scope),
        groups_section(scope),
        objectivity(scope),
        low_results(scope),
        dynamics(scope),
        proposals(scope),
        *paths(scope),
        *olympiad(scope),
        *exam_summary_section(scope),
        *essays(scope),
    )


def findings(sections: Sequence[Section]) -> Bullets:
    """The three first claims that stand on figures, in the order of their weight.

    A sign that asks for a check goes before everything else.
    """
    by_id = {s.section_id: s for s in sections}
    signs = [b for b in by_id["objectivity"].blocks if isinstance(b, Statement) and b.tone]
    told = [
        by_id[key]
        for key in ("objectivity",) * bool(signs) + FINDING_ORDER
        if any(not isinstance(block, Notice) for block in by_id[key].blocks)
    ]
    items = tuple(Cell(f"{s.claim}.", href=f"#{s.section_id}") for s in told[:FINDINGS])
    return Bullets("Главное", items or (Cell("Данных мало: выводов нет."),))


def assessed(scope: Scope) -> str:
    """«7 проверочных работ 2022 года: математика (4, 5 классы), …»."""
    subjects: dict[str, list[str]] = {}
    for test in scope.tests:
        subjects.setdefault(test.subject, []).append(str(test.pupil_grade))
    words = [
        f"{subject.lower()} ({', '.join(grades)} кл.)"
        for subject, grades in sorted(subjects.items())
    ]
    works = plural(
        len(scope.tests), "проверочная работа", "проверочные работы", "проверочных работ"
    )
    return f"{works} {scope.year} года: {'; '.join(words)}."


def _took_part(scope: Scope) -> str:
    present = {
        r["school_id"]
        for t in scope.tests
        for r in scope.edition.rows("marks_summary", t.test_id, scope.town.key)
        if r["school_id"] != WHOLE and r["n"]
    }
    works = sum(r["n"] for t in scope.tests if (r := scope.marks(t)))
    total = plural(len(scope.town.schools), "школы", "школ", "школ")
    return (
        f"{plural(len(present), 'школа', 'школы', 'школ')} из {total}, "
        f"{plural(works, 'результат', 'результата', 'результатов')} "
        "(один ученик писал несколько работ)."
    )


def _empty(town: Town) -> Page:
    schools = number(len(town.schools))
    text = (
        f"Школ в реестре: {schools}, но ни одной проверочной работы среди принятых файлов нет. "
        "Положите файлы ВПР в папку raw и запустите программу снова; какие файлы не приняты и "
        "почему — в паспорте данных."
    )
    return Page(
        town.page,
        TITLE,
        town.name,
        (("Что оценивали", "Данных нет."),),
        Bullets("Главное", (Cell("Данных нет: выводов нет."),)),
        Bullets("Что не известно", (Cell(text),)),
        (),
        (),
        sign_off=True,
    )
