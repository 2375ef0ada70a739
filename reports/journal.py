"""Direction 3: marks of the test against the marks of the journal."""

from __future__ import annotations

from collections.abc import Sequence

from reports import figures
from reports.blocks import Block, Cell, Chart, Notice, Section, Table, row
from reports.members import Record, Test
from reports.scope import Scope, chunks, share_cell, sources
from reports.wording import DASH, number, out_of, part, percent

JOURNAL_LABELS = {"lowered": "понизили", "confirmed": "подтвердили", "raised": "повысили"}


def journal(scope: Scope) -> Section:
    """Direction 3: lowered, confirmed, raised, and gaps of two marks and more."""
    found = [(t, r) for t in scope.tests if (r := scope.marks(t)) and r["journal_n"]]
    topic = "3. Сравнение с отметками по журналу"
    if not found:
        notice = Notice(
            "Не проверено: нет отметок по журналу",
            "В принятых файлах нет столбца «Отметка по журналу» или он пуст. Добавьте протоколы с "
            "этим столбцом или отчёт «Сравнение отметок с отметками по журналу».",
        )
        return Section("journal", topic, "Сравнить отметки с журналом не с чем", (notice,))
    lowered = sum(r["lowered"] for _, r in found)
    total = sum(r["journal_n"] for _, r in found)
    share = percent(part(lowered, total))
    claim = f"Отметка за ВПР ниже журнальной в {share} работ ({out_of(lowered, total)})"
    blocks: list[Block] = [_journal_chart(scope, run, k) for k, run in enumerate(chunks(found), 1)]
    if not scope.school:
        blocks.append(_journal_by_school(scope))
    return Section("journal", topic, claim, tuple(blocks), "journal")


def _journal_cells(record: Record) -> list[Cell]:
    total = record["journal_n"]
    names = (*JOURNAL_LABELS, "gap2")
    return [Cell(number(total)), *(share_cell(record[name], total) for name in names)]


JOURNAL_HEAD = ("n с отметкой в журнале", "Понизили", "Подтвердили", "Повысили", "Разница ≥ 2")


def _journal_chart(scope: Scope, found: Sequence[tuple[Test, Record]], place: int) -> Chart:
    shares = {
        label: [float(part(r[name], r["journal_n"]) or 0) for _, r in found]
        for name, label in JOURNAL_LABELS.items()
    }
    rows = []
    for test, record in found:
        name = Cell(test.label, href=test.page)
        rows.append(row(name, *_journal_cells(record), kind="own" if scope.school else ""))
        whole = scope.edition.marks(test.test_id, scope.town.key)
        if scope.school and whole and whole["journal_n"]:
            rows.append(row("муниципалитет", *_journal_cells(whole), kind="whole"))
    table = Table(
        f"Отметка за ВПР и отметка по журналу: {scope.group.name}, {scope.year} год",
        ("Работа", *JOURNAL_HEAD),
        tuple(rows),
        "lrrrrr",
        sources(scope.edition, [t for t, _ in found], "файлы участников"),
        "Понизили — отметка за ВПР ниже журнальной; повысили — выше.",
    )
    return Chart(
        f"journal-{place}",
        "Отметка за ВПР против отметки по журналу",
        "Каждая полоса — одна работа. Слева — доля участников, у которых отметка за ВПР ниже "
        "журнальной, справа — у которых выше.",
        f"Полосы с долями понизили, подтвердили, повысили по {len(found)} работам",
        figures.journal([t.label for t, _ in found], shares),
        table,
    )


def _journal_by_school(scope: Scope) -> Table:
    columns = ("journal_n", *JOURNAL_LABELS, "gap2")
    whole = [r for t in scope.tests if (r := scope.marks(t)) and r["journal_n"]]
    rows = [row(scope.town.name, *_journal_cells(_total(whole, columns)), kind="whole")]
    shown: dict[str, list[Record]] = {s.school_id: [] for s in scope.town.schools}
    for test in scope.tests:
        for school, record in scope.shown_schools(test):
            if record["journal_n"]:
                shown[school.school_id].append(record)
    for school in scope.town.schools:
        name = Cell(school.name, href=scope.link(school))
        found = shown[school.school_id]
        cells = _journal_cells(_total(found, columns)) if found else [Cell(DASH)] * 5
        rows.append(row(name, *cells))
    return Table(
        f"Сравнение с журналом по школам, все работы {scope.year} года вместе",
        ("Школа", *JOURNAL_HEAD),
        tuple(rows),
        "lrrrrr",
        sources(scope.edition, scope.tests, "файлы участников"),
        "Школы — по номеру. Один ученик писал несколько работ и посчитан столько же раз. "
        "Закрытые малые группы в строки школ не входят.",
    )


def _total(found: Sequence[Record], columns: Sequence[str]) -> Record:
    return {c: sum(r[c] for r in found if r[c] is not None) for c in columns}
