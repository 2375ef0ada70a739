"""The figures behind the signs of a school: all detectors, then grades and subjects."""

from __future__ import annotations

from analytics import schema
from reports.blocks import Block, Cell, Row, Table, row
from reports.detector_cards import card
from reports.disclosure import HIDDEN, SHOWN_FROM
from reports.members import Record
from reports.scope import Scope, sources
from reports.sign_words import amount, estimate_limits, name_of, state_words
from reports.signs import SOURCE, Signs, scope_name
from reports.wording import DASH, NBSP, number, p_value


def detectors_table(scope: Scope, signs: Signs) -> Table:
    """The verdict and every detector of the school, tested or not."""
    rows = [_figures(Cell(name_of(r["detector"]), _beside(r), card(r["detector"]).href), r)
            for r in signs.detectors]  # fmt: skip
    verdict = signs.verdict
    words, tone = state_words(verdict)
    total = row(
        "Вывод по школе", number(verdict["n"]), DASH, DASH, _p_cell(verdict), DASH,
        Cell(words, tone=tone), kind="own",
    )  # fmt: skip
    return Table(
        f"Показания детекторов, {scope.year} год: {scope.group.name}",
        ("Детектор", "n", "Оценка", "Участников", "p", "Видно от", "Вывод"),
        (total, *rows),
        "lrrrrrl",
        sources(scope.edition, scope.tests, SOURCE),
        "Под оценкой и участниками — 95 % интервал, под p — q с поправкой на число школ. «Видно "
        "от» — наименьшая величина, которую при таком числе работ находят в 80 % случаев. "
        "«Не проверено» — не «в норме».",
    )


def _beside(record: Record) -> str:
    return f"сравнение: {record['reference']}" if record["reference"] else ""


def _figures(name: Cell, record: Record) -> Row:
    """A row of numbers: a detector of the school or a scope of it."""
    small = 0 < record["n"] < SHOWN_FROM
    words, tone = state_words(record)
    if small or record["estimate"] is None:
        shown = HIDDEN if small else number(record["n"])
        why = "" if small else record["reason"] or ""
        return row(name, shown, *[DASH] * 4, Cell(HIDDEN if small else words, why, tone="muted"))
    count = record["pupils"]
    low, high = record["pupils_low"], record["pupils_high"]
    between = "" if low is None or high is None else f"от {number(low)} до {number(high)}"
    return row(
        name,
        number(record["n"]),
        Cell(amount(record, record["estimate"]), estimate_limits(record)),
        Cell(number(count), between) if count is not None else DASH,
        _p_cell(record),
        amount(record, record["mde"]) if record["mde"] is not None else DASH,
        Cell(words, tone=tone),
    )


def _p_cell(record: Record) -> Cell:
    q = record["q_value"]
    return Cell(_bare(record["p_value"]), "" if q is None else f"q {_bare(q)}")


def _bare(p: float | None) -> str:
    """«< 0,001» or «0,034»: the letter stands in the heading."""
    return p_value(p).removeprefix(f"p{NBSP}").removeprefix(f"={NBSP}")


def scopes_table(scope: Scope, signs: Signs) -> list[Block]:
    """Grades and subjects of the detectors that bear a sign: where to look first."""
    names = [r["detector"] for r in signs.flagged]
    found = [r for r in signs.scopes if r["detector"] in names and r["estimate"] is not None]
    if not found:
        return []
    order = {d: place for place, d in enumerate(schema.DETECTORS)}
    found.sort(key=lambda r: (order[r["detector"]], scope_name(scope, r)))
    rows = [_figures(Cell(scope_name(scope, r), name_of(r["detector"])), r) for r in found]
    return [
        Table(
            f"Те же детекторы по классам и предметам, {scope.year} год",
            ("Класс и предмет", "n", "Оценка", "Участников", "p", "Видно от", "Вывод"),
            tuple(rows),
            "lrrrrrl",
            sources(scope.edition, scope.tests, SOURCE),
            "Отдельный класс или предмет говорит, где смотреть; сам по себе он не вывод: проверок "
            "много, и без поправки часть из них отличается случайно.",
            folded=True,
        )
    ]
