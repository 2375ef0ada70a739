"""Directions 2 and 3: statistics of marks, and marks of the test against the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports import figures
from reports.blocks import Block, Cell, Chart, Notice, Row, Section, Table, row
from reports.disclosure import HIDDEN_NOTE, HISTOGRAM_FROM
from reports.members import Record, Test
from reports.scope import Scope, chunks, hidden_cell, mean_cell, share_cell, sources
from reports.wording import (
    DASH,
    every_nth,
    number,
    part,
    percent,
    pupil,
    share_of,
    upper_first,
)

FEW_LOW = 0.05  # below this share of «2» the heading says that there are few
MATRIX_COLUMNS = 7  # subjects beside each other on an A4 page

MARKS_HEAD = ("n", "«2»", "«3»", "«4»", "«5»", "Успева­емость", "Качество", "Сред. отметка", "СОУ")


def rated(record: Record | None) -> int:
    """How many participants have a mark; shares of marks are shares of them."""
    return sum(record[f"n{mark}"] or 0 for mark in (2, 3, 4, 5)) if record else 0


def statistics(scope: Scope) -> Section:
    """Direction 2; the heading is the test with the largest share of «2»."""
    marked = [t for t in scope.tests if rated(scope.marks(t))]
    blocks: list[Block] = []
    if marked:
        blocks += _mark_charts(scope, marked)
        if not scope.school:
            blocks += school_matrices(scope, marked)
    blocks += _not_shown(scope, marked)
    return Section("marks", "2. Статистика отметок", low_claim(scope), tuple(blocks), "marks")


def low_claim(scope: Scope) -> str:
    """The test where «2» is most frequent among those of 20 works and more, in words."""
    best: tuple[float, Test, Record] | None = None
    for test in scope.tests:
        record = scope.marks(test)
        if record is None or rated(record) < HISTOGRAM_FROM:
            continue
        share = record["n2"] / rated(record)
        if best is None or share > best[0]:
            best = (share, test, record)
    if best is None:
        return "Данных мало: нет работ с отметками, которые писали 20 человек и больше"
    share, test, record = best
    if record["n2"] == 0 and len(scope.tests) > 1:
        return "Отметок «2» нет ни в одной работе, которую писали 20 человек и больше"
    figure = share_of(record["n2"], rated(record))
    nth = every_nth(record["n2"], rated(record))
    where = f"по {test.dative} в {test.pupil_grade} классе"
    if len(scope.tests) == 1 and not nth:
        return f"Отметку «2» получили {figure}"
    if share < FEW_LOW:
        return f"Отметок «2» немного: больше всего {where} — {figure}"
    if nth:
        who = pupil(test.pupil_grade)
        return upper_first(f"{nth} {who} получил «2» по {test.dative}: {figure}")
    return f"Больше всего отметок «2» {where}: {figure}"


def marks_row(name: str | Cell, record: Record, kind: str = "") -> Row:
    """Cells of MARKS_HEAD after the name."""
    return row(
        name,
        number(record["n"]),
        *(share_cell(record[f"n{mark}"], rated(record)) for mark in (2, 3, 4, 5)),
        percent(record["success"]),
        percent(record["quality"]),
        mean_cell(record["mean_mark"]),
        percent(record["learning_index"]),
        kind=kind,
    )


def printed_rows(scope: Scope, test: Test) -> list[Row]:
    """Rows of the report «Статистика по отметкам» for the region and the country, as printed."""
    return [
        row(
            f"{r['group_name']} (отчёт)",
            number(r["n"]),
            *(percent(r[f"pct{mark}"] / 100) for mark in (2, 3, 4, 5)),
            percent((r["pct3"] + r["pct4"] + r["pct5"]) / 100),
            percent((r["pct4"] + r["pct5"]) / 100),
            *[DASH] * 2,
            kind="whole",
        )
        for r in scope.edition.rows("report_marks", test.test_id)
        if r["group"] in ("region", "country")
    ]


def _mark_rows(scope: Scope, tests: Iterable[Test]) -> list[Row]:
    rows = []
    for test in tests:
        record = scope.marks(test)
        if record is None:
            continue
        name = Cell(test.label, href=test.page)
        rows.append(marks_row(name, record, "own" if scope.school else ""))
        whole = scope.edition.marks(test.test_id, scope.town.key)
        if scope.school and whole and rated(whole):
            rows.append(marks_row("муниципалитет", whole, "whole"))
        rows += printed_rows(scope, test)
    return rows


def _mark_charts(scope: Scope, tests: Sequence[Test]) -> list[Block]:
    blocks: list[Block] = []
    parts = chunks(tests)
    for place, run in enumerate(parts, start=1):
        found = [(t, scope.marks(t)) for t in run]
        shares = {
            mark: [float(part(r[f"n{mark}"], rated(r)) or 0) for _, r in found if r]
            for mark in (2, 3, 4, 5)
        }
        table = Table(
            f"Отметки за ВПР {scope.year} года: {scope.group.name}",
            ("Работа", *MARKS_HEAD),
            tuple(_mark_rows(scope, run)),
            "l" + "r" * len(MARKS_HEAD),
            sources(scope.edition, run, "файлы участников и отчёты"),
            "Успеваемость — доля «3», «4», «5»; качество — доля «4» и «5»; СОУ — степень "
            "обученности (В. П. Симонов). Суммы долей могут отличаться от 100 % из-за округления.",
        )
        suffix = f" ({place} из {len(parts)})" if len(parts) > 1 else ""
        blocks.append(
            Chart(
                f"marks-{place}",
                f"Доли отметок по работам{suffix}",
                "Каждая полоса — одна работа, все её участники составляют 100 %. Слева — «2». "
                "Числа на полосе — проценты; точные доли и число участников — в таблице.",
                f"Полосы с долями отметок 2, 3, 4 и 5 по {len(run)} работам",
                figures.marks([t.label for t in run], shares),
                table,
            )
        )
    return blocks


def school_matrices(scope: Scope, tests: Sequence[Test]) -> list[Block]:
    """Shares of «2» by school, a table a grade: the municipality first, schools by number."""
    blocks: list[Block] = []
    for grade in sorted({t.grade for t in tests}):
        of_grade = [t for t in tests if t.grade == grade]
        for run in chunks(of_grade, MATRIX_COLUMNS):
            blocks.append(_matrix(scope, grade, run))
    return blocks


def _matrix(scope: Scope, grade: int, tests: Sequence[Test]) -> Table:
    rows = [row(scope.town.name, *(_low_cell(scope.marks(t)) for t in tests), kind="whole")]
    for school in scope.town.schools:
        cells = []
        for test in tests:
            if scope.edition.is_hidden(test.test_id, school.school_id):
                cells.append(hidden_cell())
                continue
            record = scope.edition.marks(test.test_id, scope.town.key, school.school_id)
            cells.append(_low_cell(record))
        rows.append(row(Cell(school.name, href=scope.link(school)), *cells))
    pupils = sorted({t.pupil_grade for t in tests})
    older = f", писали в {pupils[0]}-м" if pupils != [grade] else ""
    return Table(
        f"Доля «2» по школам, {grade} класс{older}, {scope.year} год",
        ("Школа", *(t.subject for t in tests)),
        tuple(rows),
        "l" + "r" * len(tests),
        sources(scope.edition, tests, "файлы участников"),
        f"Школы — по номеру, это не рейтинг. {HIDDEN_NOTE}; прочерк — работы не было.",
        folded=True,
    )


def _low_cell(record: Record | None) -> Cell:
    return share_cell(record["n2"], rated(record)) if record else Cell(DASH, tone="muted")


def _not_shown(scope: Scope, marked: Sequence[Test]) -> list[Block]:
    small = [t.label for t in scope.tests if scope.is_hidden(t)]
    bare = [t.label for t in scope.tests if t not in marked and not scope.is_hidden(t)]
    notices: list[Block] = []
    if small:
        notices.append(Notice("Данных мало", f"Не показаны: {'; '.join(small)}. {HIDDEN_NOTE}."))
    if bare:
        notices.append(
            Notice("Нет отметок", f"В файлах нет отметок: {'; '.join(bare)}. Нужны протоколы.")
        )
    return notices
