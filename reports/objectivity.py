"""Section 8: the official markers of objectivity, told with their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Cell, Chart, Notice, Section, Table, row
from reports.disclosure import HIDDEN_NOTE
from reports.edition import Edition
from reports.members import Record, Test
from reports.interval_figures import Interval, intervals
from reports.scope import Scope, hidden_cell, sources
from reports.wording import DASH, listing, number, out_of, signed

TOPIC = "8. Объективность: официальные маркеры"
METHOD_NOTE = (
    "Официальный маркер — не вывод о школе. По методике ФИОКО 2019 года в одном настоящем регионе "
    "за один год маркер получили 272 школы из 634: его часто получают и честно работающие школы — "
    "с сильным составом, с отбором, с удачной параллелью. Маркер — повод для дополнительного "
    "анализа."
)
JUMPS = {"rise": "резкий рост", "drop": "резкое падение", "none": "нет"}


def marker_words(record: Record) -> list[str]:
    """The markers of a row of `official_markers` in words."""
    words = []
    if record["inflated_mean"]:
        words.append("завышенный средний балл")
    if record["spearman_negative"]:
        words.append("обратная связь с журналом")
    if record["abrupt_change"] in ("rise", "drop"):
        words.append(JUMPS[record["abrupt_change"]])
    return words


def shown_markers(edition: Edition, test: Test, school_id: str | None = None) -> list[Record]:
    """Rows of `official_markers` of a test, hidden schools left out."""
    return [
        r
        for r in edition.rows("official_markers", test.test_id)
        if not edition.is_hidden(test.test_id, r["school_id"])
        and school_id in (None, r["school_id"])
    ]


def objectivity(scope: Scope, tests: Sequence[Test]) -> Section:
    """Markers of all years of `tests`, latest first; with a caution and what was not checked."""
    found = {t: _rows(scope, t) for t in tests}
    found = {t: rows for t, rows in found.items() if rows}
    blocks: list[Block] = [Notice("Как читать маркеры", METHOD_NOTE)]
    if not found:
        text = (
            "Маркеры считаются по русскому языку и математике в 4 и 5 классах. За эти годы таких "
            "работ нет среди принятых файлов."
        )
        blocks = [Notice("Не проверено: нет нужных работ", text)]
    elif scope.school:
        blocks += [_school_table(scope, found)]
    else:
        for year in sorted({t.year for t in found}, reverse=True):
            blocks.append(
                _town_table(scope, year, {t: r for t, r in found.items() if t.year == year})
            )
    blocks += _federal(scope)
    return Section("objectivity", TOPIC, _claim(scope, found), tuple(blocks), "objectivity", True)


def _rows(scope: Scope, test: Test) -> list[Record]:
    town = {s.school_id for s in scope.town.schools}
    rows = shown_markers(scope.edition, test, scope.school.school_id if scope.school else None)
    return [r for r in rows if r["school_id"] in town]


def _claim(scope: Scope, found: dict[Test, list[Record]]) -> str:
    if not found:
        return "Официальные маркеры не проверены"
    year = max(t.year for t in found)
    latest = [r for t, rows in found.items() if t.year == year for r in rows]
    marked = [r for r in latest if r["markers"]]
    caution = "это повод для анализа, не вывод"
    if scope.school:
        if not marked:
            return f"Официальных маркеров за {year} год нет (проверено работ: {len(latest)})"
        return (
            f"Официальный маркер за {year} год — в {out_of(len(marked), len(latest))} "
            f"проверенных работ; {caution}"
        )
    schools = {r["school_id"] for r in marked}
    total = len({r["school_id"] for r in latest})
    if not schools:
        return f"Официальных маркеров за {year} год нет (проверено школ: {total})"
    return f"Официальный маркер за {year} год — у {out_of(len(schools), total)} школ; {caution}"


def _marker_cell(record: Record | None) -> Cell:
    if record is None:
        return Cell(DASH, tone="muted")
    words = marker_words(record)
    if words:
        return Cell(listing(words), f"n = {number(record['n'])}", tone="doubt")
    note = f"n = {number(record['n'])}"
    return Cell("нет", f"{note}; проверено не всё" if record["reason"] else note)


def _town_table(scope: Scope, year: int, found: dict[Test, list[Record]]) -> Table:
    tests = list(found)
    by_school = {(t, r["school_id"]): r for t, rows in found.items() for r in rows}
    marked = [sum(1 for r in found[t] if r["markers"]) for t in tests]
    counts = [out_of(k, len(found[t])) for k, t in zip(marked, tests, strict=True)]
    rows = [row(f"{scope.town.name}: школ с маркером", *counts, kind="whole")]
    for school in scope.town.schools:
        cells = [
            hidden_cell()
            if scope.edition.is_hidden(t.test_id, school.school_id)
            else _marker_cell(by_school.get((t, school.school_id)))
            for t in tests
        ]
        rows.append(row(Cell(school.name, href=scope.link(school)), *cells))
    reasons = sorted({r["reason"] for rows in found.values() for r in rows if r["reason"]})
    regions = sorted(
        {r["region_reference"] for rs in found.values() for r in rs if r["region_reference"]}
    )
    note = f"{HIDDEN_NOTE}."
    if regions:
        note += f" За регион взято: {'; '.join(regions)}."
    if reasons:
        note += f" Не проверено: {'; '.join(reasons)}."
    return Table(
        f"Официальные маркеры по методике ФИОКО (2019), {year} год",
        ("Школа", *(t.label for t in tests)),
        tuple(rows),
        "l" * (len(tests) + 1),
        sources(scope.edition, tests, "файлы участников и отчёты о распределении"),
        note,
    )


def _school_table(scope: Scope, found: dict[Test, list[Record]]) -> Table:
    rows = []
    for test, (record, *_) in found.items():
        name = Cell(f"{test.label}, {test.year}", href=test.page)
        words = listing(marker_words(record)) or "маркеров нет"
        tone = "doubt" if marker_words(record) else ""
        rows.append(
            row(
                name,
                number(record["n"]),
                Cell(number(record["mean"], 1), limits(record["ci_low"], record["ci_high"])),
                limits(record["region_ci_low"], record["region_ci_high"]),
                Cell(signed(record["spearman"], 2), f"пар: {number(record['spearman_n'])}"),
                Cell(
                    number(record["change_ratio"], 2),
                    limits(record["change_low"], record["change_high"], 2),
                ),
                Cell(
                    words,
                    f"не проверено: {record['reason']}" if record["reason"] else "",
                    tone=tone,
                ),
            )
        )
    return Table(
        f"Официальные маркеры: {scope.group.name}",
        (
            "Работа",
            "n",
            "Средний балл (95 %)",
            "Регион (95 %)",
            "Связь с журналом",
            "K (границы)",
            "Маркеры",
        ),
        tuple(rows),
        "lrrrrrl",
        sources(scope.edition, list(found), "файлы участников и отчёты о распределении"),
        "Связь с журналом — корреляция Спирмена балла и отметки по журналу, маркер — ниже нуля. "
        "K — отношение доли максимума этого года и следующего класса через год; маркер — вне "
        "границ.",
    )


def limits(low: float | None, high: float | None, digits: int = 1) -> str:
    """«10,1…12,4»."""
    return DASH if low is None or high is None else f"{number(low, digits)}…{number(high, digits)}"


def _federal(scope: Scope) -> list[Block]:
    schools = [scope.school] if scope.school else scope.town.schools
    rows = []
    for school in schools:
        marked = [r for r in scope.edition.rows("federal_markers", school.school_id) if r["marker"]]
        for year in sorted({r["year"] for r in marked}, reverse=True):
            cells = [f"{r['subject']}, {r['grade']} класс" for r in marked if r["year"] == year]
            name = Cell(school.name, href="" if scope.school else school.page)
            rows.append(row(name, str(year), number(len(cells)), "; ".join(sorted(cells))))
    if not rows:
        text = (
            "В принятых файлах нет признаков по федеральному перечню "
            f"{'для этой школы' if scope.school else 'для школ муниципалитета'}. Если перечень "
            "получен, положите таблицу маркеров в папку raw — он появится рядом с расчётом."
        )
        return [Notice("Федеральный перечень признаков", text)]
    return [
        Table(
            "Признаки необъективности по федеральному перечню",
            ("Школа", "Год", "Маркеров", "Класс и предмет"),
            tuple(rows),
            "lrrl",
            "Источник: таблица маркеров федерального перечня",
            "Перечень показан как получен и с расчётом не сводится.",
        )
    ]


def means_chart(scope: Scope, test: Test) -> Chart | None:
    """Mean scores of the schools with their official intervals against the region's band."""
    found = {r["school_id"]: r for r in _rows(scope, test)}
    shown = [(s, found[s.school_id]) for s in scope.town.schools if s.school_id in found]
    if not shown:
        return None
    points = [Interval(s.name, r["mean"], r["ci_low"], r["ci_high"], own=False) for s, r in shown]
    band = next(
        (
            (r["region_ci_low"], r["region_ci_high"], "регион")
            for _, r in shown
            if r["region_ci_low"] is not None
        ),
        None,
    )
    rows = [
        row(
            Cell(s.name, href=scope.link(s)),
            number(r["n"]),
            number(r["mean"], 1),
            limits(r["ci_low"], r["ci_high"]),
            listing(marker_words(r)) or ("не проверено: " + r["reason"] if r["reason"] else "нет"),
        )
        for s, r in shown
    ]
    return Chart(
        f"means-{test.test_id}",
        "Средний балл школ и интервал региона (официальная методика)",
        "Точка — средний балл школы, отрезок — 95 % интервал; серая полоса — интервал региона. "
        "Маркер получает школа, чей отрезок целиком правее полосы. Школы — по номеру.",
        f"Средние баллы {len(shown)} школ с интервалами",
        intervals(points, "средний первичный балл", band=band),
        Table(
            f"{test.label}, {test.year}: средний балл и официальные маркеры",
            ("Школа", "n", "Средний", "95 %", "Маркеры"),
            tuple(rows),
            "lrrrl",
            sources(scope.edition, [test], "файлы участников и отчёт о распределении"),
            METHOD_NOTE,
        ),
    )
