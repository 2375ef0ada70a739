"""Pictures and tables of the olympiad: schools by number, the indicators, the years."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Cell, Chart, Table, row
from reports.disclosure import FULL_SHARES_FROM, HIDDEN_NOTE
from reports.interval_figures import Interval, intervals
from reports.members import Record, School
from reports.olympiad_numbers import (
    USED,
    WHOLE,
    Indicators,
    beside,
    judged,
    limits,
    name,
    proposed_rule,
    town_value,
    value,
)
from reports.scope import Scope, chunks
from reports.wording import DASH, interval, number, out_of, upper_first

SOURCE = "Источник: протоколы школьного и муниципального этапов, формы перепроверки"
COMPARED = (
    "«Отмечен»: отличие от других школ больше случайного и больше обычного разброса школ, с "
    "поправкой на число проверок (q не больше 0,05), и заметно по величине."
)
PROPOSED = "«Простое правило» предложено без учёта случайности и показано рядом для сравнения."
_TOWN_ORDER = ("O1", "O2", "O3", "O4", "O5", "O6", "O7", "O8", "O9", "O10", "O12", "SIR", "O11",
               "O13")  # fmt: skip


def confirmation(scope: Scope, found: Indicators) -> list[Block]:
    """Shares of confirmed results of the schools by number, with intervals and the common share."""
    shown = [
        (school, record)
        for school in scope.town.schools
        if (record := found.shown(school.school_id, "O5")) is not None
        and record["denominator"] >= FULL_SHARES_FROM
    ]
    whole = found.shown(WHOLE, "O5")
    if not shown or whole is None:
        return []
    runs = chunks(shown)
    return [_confirmation(scope, run, whole, place) for place, run in enumerate(runs, start=1)]


def _confirmation(
    scope: Scope, shown: Sequence[tuple[School, Record]], whole: Record, place: int
) -> Chart:
    points = [
        Interval(
            s.name, 100 * r["value"], 100 * r["ci_low"], 100 * r["ci_high"], own=bool(r["flagged"])
        )
        for s, r in shown
    ]
    rows = [
        row(
            Cell(s.name, href=scope.link(s)),
            Cell(value(r), beside(r), tone="doubt" if r["flagged"] else ""),
            interval(r["ci_low"], r["ci_high"]),
            judged(r, "flagged"),
        )
        for s, r in shown
    ]
    return Chart(
        f"olympiad-confirmed-{place}",
        "Подтвердили результат школьного этапа на муниципальном",
        "Точка — доля победителей и призёров школьного этапа, которые набрали на муниципальном не "
        "меньше половины баллов; отрезок — 95 % интервал; пунктир — муниципалитет; тёмная точка "
        f"— отмеченная школа. Чем меньше учеников, тем длиннее отрезок. Школы — по "
        f"номеру, от {FULL_SHARES_FROM} учеников.",
        f"Доли подтверждённых результатов с интервалами, школ: {len(shown)}",
        intervals(points, "% подтвердивших", line=(100 * whole["value"], "муниципалитет")),
        Table(
            f"Подтверждение результата школьного этапа, {scope.year} год",
            ("Школа", "Подтвердили", "95 % интервал", "Отмечен"),
            tuple(rows),
            "lrrl",
            SOURCE,
            f"{COMPARED} По муниципалитету: {value(whole)} ({beside(whole)}).",
            folded=True,
        ),
    )


def by_school(scope: Scope, found: Indicators) -> Table:
    """The five signs of every school, by number, and whether there are two of them."""
    head = ("Школа", *(upper_first(name(i)) for i in USED), upper_first(name("SIR")),
            "Простое правило", "Признаки")  # fmt: skip
    rows = [
        row(
            scope.town.name,
            *(found.cell(WHOLE, i) for i in USED),
            DASH,
            DASH,
            DASH,
            kind="whole",
        )
    ]
    for school in scope.town.schools:
        marker = found.marker(school)
        if marker is None:
            continue
        rows.append(
            row(
                Cell(school.name, href=scope.link(school)),
                *(found.cell(school.school_id, i) for i in (*USED, "SIR")),
                judged(marker, "proposed"),
                verdict(marker),
            )
        )
    return Table(
        f"Признаки по школам, {scope.year} год",
        head,
        tuple(rows),
        "l" + "r" * (len(USED) + 1) + "ll",
        SOURCE,
        f"Признаки школы — не меньше двух отмеченных показателей при {FULL_SHARES_FROM} парах "
        f"«ученик — предмет» и больше. {COMPARED} {PROPOSED} Последний показатель "
        f"в признаки не входит. Школы — по номеру; это не рейтинг. {HIDDEN_NOTE}.",
    )


def indicators_of_town(scope: Scope, found: Indicators) -> Table:
    """Every indicator of the municipality: value, schools noted by either rule, gaps."""
    rows = []
    for indicator in _TOWN_ORDER:
        own = [r for (s, i), r in found.records.items() if i == indicator and s != WHOLE]
        whole = found.get(WHOLE, indicator)
        cell = found.cell(WHOLE, indicator) if whole else Cell(DASH, tone="muted")
        checked = [r for r in own if r["flagged"] is not None]
        simple = [r for r in own if r["proposed"] is not None]
        rows.append(
            row(
titled(indicator),
                cell,
                proposed_rule(indicator) or DASH,
                _of(simple, "proposed"),
                _of(checked, "flagged"),
                _why(own, whole),
            )
        )  # fmt: skip
    return Table(
        f"Показатели олимпиады, {scope.year} год: {scope.town.name}",
        ("Показатель", "Муниципалитет", "Простое правило", "Школ по правилу", "Школ отмечено",
         "Не проверено"),
        tuple(rows),
        "lrlrrl",
        SOURCE,
        f"{COMPARED} {PROPOSED} Пороги — предложение этой программы, официальных нет.",
        folded=True,
    )  # fmt: skip


def indicators_of_school(scope: Scope, school: School, found: Indicators) -> Table:
    """Every indicator of one school beside the municipality."""
    rows = []
    for indicator in _TOWN_ORDER:
        record = found.get(school.school_id, indicator)
        if record is None:
            continue
        shown = found.shown(school.school_id, indicator)
        rows.append(
            row(
                titled(indicator),
                found.cell(school.school_id, indicator),
                limits(shown) if shown else DASH,
                town_value(shown) if shown and shown["town_value"] is not None else DASH,
                judged(shown, "proposed") if shown else DASH,
                judged(shown, "flagged") if shown else DASH,
                record["reason"] or DASH,
            )
        )
    return Table(
        f"Показатели олимпиады, {scope.year} год: {school.name}",
        ("Показатель", "Школа", "95 % интервал", "Муниципалитет", "Простое правило", "Отмечен",
         "Не проверено"),
        tuple(rows),
        "lrrrlll",
        SOURCE,
        f"{COMPARED} {PROPOSED} У падения и скачка рядом — что ожидалось бы по другим школам в тех "
        f"же предметах. {HIDDEN_NOTE}.",
    )  # fmt: skip


def history(scope: Scope, years: Sequence[int]) -> list[Block]:
    """The conclusion of each school by year; nothing where there is one year."""
    if len(years) < 2:
        return []
    by_year = [Indicators.of(scope, year) for year in years]
    rows = []
    for school in [scope.school] if scope.school else scope.town.schools:
        markers = [found.marker(school) for found in by_year]
        if any(markers):
            cells = [verdict(m) if m else Cell(DASH, tone="muted") for m in markers]
            rows.append(row(Cell(school.name, href=scope.link(school)), *cells))
    return [
        Table(
            "Признаки олимпиады по годам",
            ("Школа", *(str(year) for year in years)),
            tuple(rows),
            "l" * (len(years) + 1),
            SOURCE,
            "Сколько показателей отмечено из проверенных. Школы — по номеру.",
            folded=not scope.school,
        )
    ]


def verdict(marker: Record) -> Cell:
    """«признаки» or «признаков не найдено» with the number of flags; else why not checked."""
    if marker["flagged"] is None:
        return Cell("не проверено", marker["reason"] or "", tone="muted")
    note = f"отмечено {out_of(int(marker['numerator']), int(marker['denominator']))}"
    if marker["flagged"]:
        return Cell("признаки, требуется анализ", note, tone="doubt")
    return Cell("признаков не найдено", note)


def titled(indicator: str) -> str:
    """«О5. Подтверждение результата»; what is no indicator of the list goes without a number."""
    words = upper_first(name(indicator))
    return words if indicator == "SIR" else f"О{indicator.removeprefix('O')}. {words}"


def _of(records: Sequence[Record], flag: str) -> str:
    return out_of(sum(bool(r[flag]) for r in records), len(records)) if records else DASH


def _why(own: Sequence[Record], whole: Record | None) -> Cell:
    """The reasons, each with the number of schools it holds for."""
    reasons = [r["reason"] for r in own if r["reason"]]
    if not reasons:
        return Cell((whole or {}).get("reason") or DASH)
    counted = [f"{r} (школ: {number(reasons.count(r))})" for r in sorted(set(reasons))]
    return Cell("; ".join(counted))
