"""The certificate of a municipality: «Статистико-аналитическая справка об итогах ВПР»."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Bullets, Cell, Notice, Page, Section, Table
from reports.dynamics import dynamics
from reports.edition import WHOLE, Edition
from reports.members import Test, Town
from reports.journal import journal
from reports.low_results import low_results
from reports.mark_groups import groups_section
from reports.marks import MARKS_HEAD, marks_row, statistics
from reports.objectivity import objectivity
from reports.participation import participation
from reports.proposals import proposals
from reports.scope import Scope, sources
from reports.scores import distribution
from reports.skills import skills
from reports.tasks import completion
from reports.unknowns import unknowns
from reports.wording import listing, number, plural

FINDINGS = 3
FINDING_ORDER = ("marks", "tasks", "journal", "low", "dynamics", "skills", "scores", "people")
TITLE = "Статистико-аналитическая справка об итогах ВПР"


def years_of(tests: Sequence[Test]) -> list[int]:
    """Years with data, the latest first."""
    return sorted({t.year for t in tests}, reverse=True)


def town_page(edition: Edition, town: Town) -> Page:
    """The certificate; the latest year leads, the years before are summed up at its end."""
    tests = edition.town_tests(town)
    if not tests:
        return _empty(town)
    year, *before = years_of(tests)
    scope = Scope(edition, town, None, year, tuple(t for t in tests if t.year == year))
    sections = main_sections(scope, tests)
    return Page(
        town.page,
        f"{TITLE} {year} года",
        town.name,
        (("Что оценивали", assessed(scope)), ("Кто участвовал", _took_part(scope, tests))),
        findings(sections),
        unknowns(scope),
        (*sections, earlier(scope, tests, before)),
        sign_off=True,
    )


def main_sections(scope: Scope, tests: Sequence[Test]) -> tuple[Section, ...]:
    """FIOKO's seven directions, then objectivity, low results, dynamics, proposals."""
    return (
        participation(scope),
        statistics(scope),
        journal(scope),
        distribution(scope),
        completion(scope),
        skills(scope),
        groups_section(scope),
        objectivity(scope, tests),
        low_results(scope),
        dynamics(scope),
        proposals(scope),
    )


def findings(sections: Sequence[Section]) -> Bullets:
    """The three first claims that stand on figures, in the order of their weight."""
    by_id = {s.section_id: s for s in sections}
    told = [
        by_id[key]
        for key in FINDING_ORDER
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


def _took_part(scope: Scope, tests: Sequence[Test]) -> str:
    present = {
        r["school_id"]
        for t in scope.tests
        for r in scope.edition.rows("marks_summary", t.test_id, scope.town.key)
        if r["school_id"] != WHOLE and r["n"]
    }
    works = sum(r["n"] for t in scope.tests if (r := scope.marks(t)))
    total = plural(len(scope.town.schools), "школы", "школ", "школ")
    text = (
        f"{plural(len(present), 'школа', 'школы', 'школ')} из {total}, "
        f"{plural(works, 'результат', 'результата', 'результатов')} "
        "(один ученик писал несколько работ)."
    )
    before = years_of(tests)[1:]
    if before:
        text += f" Прошлые годы ({listing([str(y) for y in before])}) — в приложении."
    return text


def earlier(scope: Scope, tests: Sequence[Test], years: Sequence[int]) -> Section:
    """A table of marks a year before; every row links to the page of its test."""
    blocks: list[Block] = []
    for year in years:
        found = [
            (t, r)
            for t in tests
            if t.year == year
            and not scope.is_hidden(t)
            and (r := scope.edition.marks(t.test_id, scope.town.key, scope.school_id))
        ]
        blocks.append(
            Table(
                f"Отметки за ВПР {year} года: {scope.group.name}",
                ("Работа", *MARKS_HEAD),
                tuple(marks_row(Cell(t.label, href=t.page), r) for t, r in found),
                "l" + "r" * len(MARKS_HEAD),
                sources(scope.edition, [t for t, _ in found], "файлы участников и отчёты"),
            )
        )
    if not blocks:
        blocks = [Notice("Прошлых лет нет", "Данные есть только за один год.")]
    topic = "Приложение. Прошлые годы"
    claim = (
        f"{plural(sum(t.year in years for t in tests), 'работа', 'работы', 'работ')} "
        f"{'прошлых лет' if len(years) > 1 else 'прошлого года'}"
        if years
        else "Прошлых лет в данных нет"
    )
    return Section("earlier", topic, claim, tuple(blocks), "", True)


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
        sign_off=True,
    )
