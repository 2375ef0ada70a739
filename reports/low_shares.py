"""Shares of «2» with their intervals: the schools of a test, and one school among the others."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Cell, Chart, Row, Table, row
from reports.disclosure import FULL_SHARES_FROM
from reports.interval_figures import Interval, intervals
from reports.low_results import RULE, STATES, shown_procedures
from reports.marks import rated
from reports.members import Test
from reports.scope import Scope, chunks, share_cell, sources
from reports.wording import interval, number, part, percent


def low_intervals(scope: Scope, test: Test) -> Chart | None:
    """Shares of «2» by school with their intervals and the 30 % line, schools by number."""
    found = {r["school_id"]: r for r in shown_procedures(scope, test) if r["share_low"] is not None}
    shown = [(s, found[s.school_id]) for s in scope.town.schools if s.school_id in found]
    if not shown:
        return None
    points = [
        Interval(s.name, 100 * r["share_low"], _up(r["ci_low"]), _up(r["ci_high"]), own=False)
        for s, r in shown
    ]
    rows = [
        row(
            Cell(s.name, href=scope.link(s)),
            share_cell(r["n_low"], r["n"]),
            interval(r["ci_low"], r["ci_high"]),
            Cell(*STATES[r["status"]][:1], tone=STATES[r["status"]][1]),
        )
        for s, r in shown
    ]
    return Chart(
        f"low-{test.test_id}",
        "Доля «2» по школам",
        "Точка — доля участников с отметкой «2», отрезок — 95 % интервал, пунктир — 30 % "
        "официального правила. Чем меньше участников, тем длиннее отрезок. Школы — по номеру.",
        f"Доли отметки 2 с интервалами в {len(shown)} школах",
        intervals(points, "% участников с «2»", line=(30, "30 %")),
        Table(
            f"{test.label}, {test.year}: доля «2» по школам",
            ("Школа", "Получили «2»", "95 % интервал", "Состояние"),
            tuple(rows),
            "lrrl",
            sources(scope.edition, [test], "файлы участников"),
            RULE,
            folded=True,
        ),
    )


def among_schools(scope: Scope) -> list[Block]:
    """The school's shares of «2» by test among the grey dots of the other schools."""
    found = [found for test in scope.tests if (found := _beside(scope, test))]
    return [_among_chart(scope, run, place) for place, run in enumerate(chunks(found), start=1)]


def _beside(scope: Scope, test: Test) -> tuple[Interval, Row] | None:
    """The dot and the row of the school in one test; None where it is not shown or too small."""
    found = {r["school_id"]: r for r in shown_procedures(scope, test) if r["share_low"] is not None}
    own = found.pop(scope.school_id, None)
    if own is None or own["n"] < FULL_SHARES_FROM:
        return None
    whole = scope.edition.marks(test.test_id, scope.town.key)
    middle = part(whole["n2"], rated(whole)) if whole else None
    town = {s.school_id for s in scope.town.schools}
    others = tuple(100 * r["share_low"] for key, r in found.items() if key in town)
    point = Interval(
        test.label,
        100 * own["share_low"],
        _up(own["ci_low"]),
        _up(own["ci_high"]),
        others,
        None if middle is None else 100 * float(middle),
    )
    return point, row(
        Cell(test.label, href=test.page),
        share_cell(own["n_low"], own["n"]),
        interval(own["ci_low"], own["ci_high"]),
        percent(middle),
        number(len(others)),
    )


def _among_chart(scope: Scope, found: Sequence[tuple[Interval, Row]], place: int) -> Chart:
    return Chart(
        f"among-{place}",
        "Доля «2» в школе среди других школ муниципалитета",
        "Тёмная точка с отрезком — ваша школа и её 95 % интервал; серые точки — другие школы "
        "(без имён); оранжевая черта — муниципалитет; пунктир — 30 % официального правила.",
        f"Доли отметки 2 школы по {len(found)} работам среди других школ",
        intervals([p for p, _ in found], "% участников с «2»", line=(30, "30 %")),
        Table(
            f"Доля «2» по работам, {scope.year} год: {scope.group.name}",
            ("Работа", "Получили «2»", "95 % интервал", "Муниципалитет", "Других школ"),
            tuple(r for _, r in found),
            "lrrrr",
            sources(scope.edition, scope.tests, "файлы участников"),
            f"Показаны работы, которые писали {FULL_SHARES_FROM} человек и больше.",
        ),
    )


def _up(share: float | None) -> float | None:
    return None if share is None else 100 * share
