"""Section 10: changes between comparable years, and one cohort in neighbouring grades."""

from __future__ import annotations

from collections import Counter

from reports.blocks import Block, Cell, Chart, Notice, Section, Table, row
from reports.cohorts import cohort_blocks
from reports.disclosure import SHOWN_FROM
from reports.interval_figures import Interval, intervals
from reports.members import Record
from reports.scope import CHART_ROWS, Scope, sources
from reports.wording import change, number, out_of, percent, plural

TOPIC = "10. Динамика и одна параллель"
NEGATIVE = 10  # percentage points of growth of «2» (FIOKO 2026, p. 7–8)
PREFIX = "не сопоставимо: "  # of a reason; the notice says it once
VERDICTS = {
    "negative": ("неблагоприятно", "low"),
    "neutral": ("без явных изменений", ""),
    "positive": ("благоприятно", ""),
}


def shown_dynamics(scope: Scope) -> list[Record]:
    """Rows of `dynamics` of the group that may be shown, up to the year of the page."""
    rows = scope.edition.rows("dynamics", scope.town.key, scope.school_id)
    known = [r for r in rows if r["test_id"] in scope.edition.tests and r["year"] <= scope.year]
    return sorted(
        (r for r in known if _open(scope, r)), key=lambda r: (-r["year"], r["grade"], r["subject"])
    )


def _open(scope: Scope, record: Record) -> bool:
    if not scope.school:
        return min(record["n"], record["n_before"]) >= SHOWN_FROM
    pair = (record["test_before"], record["test_id"])
    return not any(scope.edition.is_hidden(t, scope.school.school_id) for t in pair)


def dynamics(scope: Scope) -> Section:
    """Comparable pairs with the change of the share of «2»; the others with the reason."""
    rows = shown_dynamics(scope)
    compared = [r for r in rows if r["comparable"] and r["low_change"] is not None]
    blocks: list[Block] = []
    for year in sorted({r["year"] for r in compared}, reverse=True):
        blocks.append(_chart(scope, year, [r for r in compared if r["year"] == year]))
    reasons = Counter(r["reason"] or "причина не указана" for r in rows if not r["comparable"])
    if reasons:
        words = "; ".join(
            f"{reason.removeprefix(PREFIX)} — {plural(n, 'пара', 'пары', 'пар')}"
            for reason, n in sorted(reasons.items())
        )
        blocks.append(Notice("Не сопоставимо", f"Пары лет, которые не сравниваются: {words}."))
    if not rows:
        text = "Для сравнения нужны одинаковые работы за два соседних года; таких пар нет."
        blocks.append(Notice("Сравнивать не с чем", text))
    blocks += cohort_blocks(scope)
    return Section("dynamics", TOPIC, _claim(compared), tuple(blocks), "dynamics")


def _claim(compared: list[Record]) -> str:
    if not compared:
        return "Сопоставимых лет нет: динамика не оценивается"
    worse = [r for r in compared if r["verdict"] == "negative"]
    if worse:
        return (
            f"Доля «2» выросла на {NEGATIVE} п.п. и больше в {out_of(len(worse), len(compared))} "
            "сопоставимых пар"
        )
    pairs = plural(len(compared), "сопоставимая пара", "сопоставимые пары", "сопоставимых пар")
    return f"Роста доли «2» на {NEGATIVE} п.п. и больше нет: проверено {pairs}"


def _chart(scope: Scope, year: int, rows: list[Record]) -> Chart:
    tests = scope.edition.tests
    points = [
        Interval(
            tests[r["test_id"]].label,
            100 * r["low_change"],
            None if r["low_change_low"] is None else 100 * r["low_change_low"],
            None if r["low_change_high"] is None else 100 * r["low_change_high"],
        )
        for r in rows
    ]
    cells = []
    for r in rows:
        words, tone = VERDICTS.get(r["verdict"], ("не проверено", "muted"))
        limits = f"{change(r['low_change_low'])} … {change(r['low_change_high'])}"
        cells.append(
            row(
                Cell(tests[r["test_id"]].label, href=tests[r["test_id"]].page),
                Cell(percent(r["low_share_before"]), f"n = {number(r['n_before'])}"),
                Cell(percent(r["low_share"]), f"n = {number(r['n'])}"),
                Cell(change(r["low_change"]), limits),
                Cell(percent(r["quality_before"])),
                Cell(percent(r["quality"])),
                change(r["quality_change"]),
                Cell(words, tone=tone),
            )
        )
    before = min(r["year_before"] for r in rows)
    return Chart(
        f"dynamics-{year}",
        f"Изменение доли «2»: {year} год к {before}",
        "Точка — изменение доли «2» в процентных пунктах, отрезок — 95 % интервал. Правее нуля — "
        f"«2» стало больше; пунктир — {NEGATIVE} п.п., с которых изменение считается "
        "неблагоприятным. Если отрезок включает нуль, изменение может быть случайным.",
        f"Изменения доли отметки 2 по {len(rows)} работам",
        intervals(
            points[:CHART_ROWS], "изменение доли «2», п.п.", line=(NEGATIVE, f"+{NEGATIVE} п.п.")
        ),
        Table(
            f"Сопоставимые работы {before} и {year} годов: {scope.group.name}",
            (
                "Работа",
                "«2» раньше",
                "«2»",
                "Изменение «2»",
                "Качество раньше",
                "Качество",
                "Изменение качества",
                "Вывод",
            ),
            tuple(cells),
            "lrrrrrrl",
            sources(scope.edition, [tests[r["test_id"]] for r in rows], "файлы участников"),
            "Сравниваются разные ученики: одна и та же программа в соседние годы.",
        ),
    )
