"""The pages of a school: the same directions, with the municipality and the region beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reports.blocks import Bullets, Cell, Page, Section
from reports.edition import Edition
from reports.low_shares import among_schools
from reports.members import School, Town, year_page
from reports.scope import Scope
from reports.town import assessed, findings, main_sections, year_links, years_of
from reports.unknowns import unknowns
from reports.wording import listing, plural


def school_pages(edition: Edition, town: Town, school: School) -> Iterator[Page]:
    """A page for every year with data; the latest has the plain name of the school."""
    tests = edition.school_tests(school)
    years = years_of(tests)
    for year in years:
        scope = Scope(edition, town, school, year, tuple(t for t in tests if t.year == year))
        sections = _with_neighbours(scope, main_sections(scope))
        facts = [("Что оценивали", assessed(scope)), ("Кто участвовал", _took_part(scope))]
        context = _context(edition, school)
        yield Page(
            year_page(school.page, years, year),
            f"{school.name}: итоги ВПР {year} года",
            town.name,
            (*facts, *([("О школе", context)] if context else [])),
            findings(sections),
            unknowns(scope),
            sections,
            year_links(school.page, years),
        )
    if not years:
        yield _empty(town, school)


def _with_neighbours(scope: Scope, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Puts the school among the grey dots of the others into the section on marks."""
    return tuple(
        replace(s, blocks=(*s.blocks, *among_schools(scope))) if s.section_id == "marks" else s
        for s in sections
    )


def _took_part(scope: Scope) -> str:
    found = [r for t in scope.tests if (r := scope.marks(t))]
    works = sum(r["n"] for r in found)
    return (
        f"{plural(works, 'результат', 'результата', 'результатов')} в "
        f"{plural(len(found), 'работе', 'работах', 'работах')} (один ученик писал несколько работ)."
    )


def _context(edition: Edition, school: School) -> str:
    rows = edition.rows("school_context", school.school_id)
    if not rows:
        return ""
    last = max(rows, key=lambda r: r["year"])
    traits = [
        name
        for name, present in (
            ("коррекционная", last["correctional"]),
            ("вечерняя", last["evening"]),
            ("интернат", last["boarding"]),
        )
        if present
    ]
    words = [last["location"], last["settlement_size"], listing(traits)]
    if last["pupils"]:
        words.append(plural(last["pupils"], "обучающийся", "обучающихся", "обучающихся"))
    if last["teachers"]:
        words.append(plural(last["teachers"], "учитель", "учителя", "учителей"))
    said = "; ".join(w for w in words if w)
    return f"{said} (анкета {last['year']} года)." if said else ""


def _empty(town: Town, school: School) -> Page:
    text = (
        "Среди принятых файлов нет ни одной работы этой школы. Проверьте логин школы в реестре и "
        "список не принятых файлов в паспорте данных."
    )
    registry = "" if school.in_registry else " Школы нет в реестре: имя взято из файлов."
    return Page(
        school.page,
        f"{school.name}: итоги ВПР",
        town.name,
        (("Что оценивали", "Данных нет."),),
        Bullets("Главное", (Cell("Данных нет: выводов нет."),)),
        Bullets("Что не известно", (Cell(text + registry),)),
        (),
        (),
    )
