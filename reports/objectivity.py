"""Section 8: objectivity — the project's own signs, then the official markers beside them."""

from __future__ import annotations

from reports.blocks import Block, Cell, Notice, Section, Table, row
from reports.disclosure import HIDDEN_NOTE
from reports.edition import Edition
from reports.members import Record, Test
from reports.school_signs import school_blocks, school_claim
from reports.scope import Scope, hidden_cell, sources
from reports.signs import signs_of
from reports.town_signs import signs_of_town, town_blocks, town_claim
from reports.wording import DASH, listing, number, out_of, signed

TOPIC = "8. Объективность: признаки и официальные маркеры"
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


def objectivity(scope: Scope) -> Section:
    """Own signs of the year, official markers with a caution, other years, the federal list."""
    found = {t: rows for t in scope.tests if (rows := town_markers(scope, t))}
    claim, own = _own_signs(scope)
    blocks: list[Block] = [*own, Notice("Как читать официальные маркеры", METHOD_NOTE)]
    if not found:
        text = (
            "Маркеры считаются по русскому языку и математике в 4 и 5 классах; среди принятых "
            f"файлов {scope.year} года таких работ нет."
        )
        blocks = [*own, Notice("Официальные маркеры не проверены: нет нужных работ", text)]
    elif scope.school:
        blocks.append(_school_table(scope, found))
    else:
        blocks.append(_town_table(scope, found))
    blocks += [*_history(scope), *_federal(scope)]
    claim = f"{claim}. {_claim(scope, found)}"
    return Section("objectivity", TOPIC, claim, tuple(blocks), "objectivity", True)


def _own_signs(scope: Scope) -> tuple[str, list[Block]]:
    """Heading and blocks of the signs by the project's own methods."""
    if scope.school:
        signs = signs_of(scope, scope.school)
        return school_claim(scope, signs), school_blocks(scope, signs)
    found = signs_of_town(scope)
    return town_claim(scope, found), town_blocks(scope, found)


def town_markers(scope: Scope, test: Test) -> list[Record]:
    """Rows of the municipality, or of the school where the page is about one."""
    town = {s.school_id for s in scope.town.schools}
    rows = shown_markers(scope.edition, test, scope.school.school_id if scope.school else None)
    return [r for r in rows if r["school_id"] in town]


def _claim(scope: Scope, found: dict[Test, list[Record]]) -> str:
    year = scope.year
    if not found:
        return f"Официальные маркеры за {year} год не проверены"
    latest = [r for rows in found.values() for r in rows]
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


def _town_table(scope: Scope, found: dict[Test, list[Record]]) -> Table:
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
        f"Официальные маркеры по методике ФИОКО (2019), {scope.year} год",
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


def _history(scope: Scope) -> list[Block]:
    """How many checked works of a school had a marker, by year; nothing where there is one year."""
    counts: dict[tuple[str, int], list[bool]] = {}
    for test in scope.edition.tests.values():
        for record in town_markers(scope, test):
            counts.setdefault((record["school_id"], test.year), []).append(record["markers"] > 0)
    years = sorted({year for _, year in counts})
    if len(years) < 2:
        return []
    rows = []
    for school in [scope.school] if scope.school else scope.town.schools:
        found = [counts.get((school.school_id, year)) for year in years]
        cells = [out_of(sum(f), len(f)) if f else "не проверено" for f in found]
        rows.append(row(Cell(school.name, href=scope.link(school)), *cells))
    return [
        Table(
            "Работы с официальным маркером по годам",
            ("Школа", *(str(year) for year in years)),
            tuple(rows),
            "l" + "r" * len(years),
            "Источник: файлы участников и отчёты о распределении",
            "Сколько проверенных работ получили хотя бы один маркер. Школы — по номеру.",
            folded=not scope.school,
        )
    ]


def _federal(scope: Scope) -> list[Block]:
    schools = [scope.school] if scope.school else scope.town.schools
    rows = []
    for school in schools:
        marked = [r for r in scope.edition.rows("federal_markers", school.school_id) if r["marker"]]
        for year in sorted({r["year"] for r in marked}, reverse=True):
            cells = [f"{r['subject']}, {r['grade']} класс" for r in marked if r["year"] == year]
            name = Cell(school.name, href="" if scope.school else scope.link(school))
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
