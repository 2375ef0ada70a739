"""Documents on exams: ГИА and the zones of risk of a municipality, open and for official use."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.norms import norm
from reports.blocks import Bullets, Cell, Page, Section
from reports.edition import Edition
from reports.exam_scope import ExamScope, exam_name, exam_years
from reports.exam_sections import exam_page, open_sections
from reports.members import Record, Town, year_page
from reports.risk_zones import TITLE, risk_section, stage
from reports.town import year_links
from reports.wording import plural

RESTRICTED = "Для служебного пользования"


def exam_pages(edition: Edition, town: Town) -> Iterator[Page]:
    """For every year with exams the open document; the restricted one where there are zones."""
    years = exam_years(edition, town)
    zoned = [y for y in years if risk_section(ExamScope(edition, town, y, restricted=True), 1)]
    for year in years:
        scope = ExamScope(edition, town, year)
        title = f"Аналитическая справка по результатам ГИА {year} года и зоны риска"
        yield _page(scope, years, open_sections(scope), exam_page(town), town.name, title)
        closed = ExamScope(edition, town, year, restricted=True)
        if zones := risk_section(closed, 1):
            yield _page(closed, zoned, (zones,), restricted_page(town),
                        f"{RESTRICTED}. {town.name}", f"{TITLE}, {year} год")  # fmt: skip


def restricted_page(town: Town) -> str:
    """«zones-restricted-1.html» of «town-1.html»."""
    return town.page.replace("town-", "zones-restricted-")


def exam_links(edition: Edition, town: Town) -> list[Cell]:
    """Links of the contents to the latest documents, which lead to the other years."""
    years = exam_years(edition, town)
    links = [Cell("ГИА и зоны риска", href=exam_page(town))] if years else []
    if any(risk_section(ExamScope(edition, town, y, restricted=True), 1) for y in years):
        links.append(Cell(f"зоны риска ({RESTRICTED.lower()})", href=restricted_page(town)))
    return links


def _page(
    scope: ExamScope,
    years: list[int],
    sections: tuple[Section, ...],
    page: str,
    place: str,
    title: str,
) -> Page:
    facts = [("Что оценивали", _assessed(scope))]
    if told := stage(scope):
        facts.append(("Этап", f"{told[:1].upper()}{told[1:]}."))
    return Page(
        year_page(page, years, scope.year),
        title,
        place,
        tuple(facts),
        Bullets("Главное", tuple(Cell(f"{s.claim}.", href=f"#{s.section_id}") for s in sections)),
        Bullets("Что не известно", tuple(map(Cell, _unknown(scope)))),
        sections,
        year_links(page, years),
    )


def _assessed(scope: ExamScope) -> str:
    if not scope.exams:
        return f"Результатов экзаменов за {scope.year} год среди принятых файлов нет."
    count = plural(len(scope.exams), "экзамен", "экзамена", "экзаменов")
    return f"{count} {scope.year} года: {'; '.join(map(exam_name, scope.exams))}."


def _unknown(scope: ExamScope) -> list[str]:
    """What the documents could not tell, each with its reason."""
    rows = [
        r
        for s in scope.town.schools
        for r in scope.edition.rows("risk_markers", scope.year, s.school_id)
    ]
    titles = norm("risk_markers").set_index("marker")["title"]
    whole: dict[str, list[Record]] = {}
    for record in rows:
        whole.setdefault(record["marker"], []).append(record)
    items = [
        f"{marker} «{titles[marker]}» не проверен ни в одной школе — {found[0]['reason']}."
        for marker, found in whole.items()
        if all(r["level"] == "not_checked" for r in found)
        and len({r["reason"] for r in found}) == 1
    ]
    unknown = [exam_name(e) for e in scope.exams if (r := scope.whole(e)) and r["n_below"] is None]
    if unknown:
        items.append(f"Не известно, кто не преодолел минимум: {'; '.join(unknown)}.")
    return items or ["Пробелов в данных не найдено."]
