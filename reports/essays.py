"""«Анализ итогового сочинения»: who passed at which attempt and what was not met; no rating."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from analytics.norms import norm
from reports.blocks import Block, Cell, Chart, Notice, Row, Section, Table, row
from reports.disclosure import FULL_SHARES_FROM, HIDDEN_NOTE, SHOWN_FROM, hidden_groups
from reports.edition import WHOLE
from reports.interval_figures import Interval, intervals
from reports.members import Record, School
from reports.scope import Scope, hidden_cell, share_cell
from reports.wording import DASH, interval, listing, number, percent, share_of

TOPIC = "Анализ итогового сочинения"
SOURCE = "Источник: протоколы проверки итогового сочинения (изложения)"
PLACES = {
    "far_below": ("ниже общего уровня (вне 99,8 % разброса)", "doubt"),
    "below": ("ниже общего уровня (вне 95 % разброса)", "doubt"),
    "within": ("в пределах случайного разброса", ""),
    "above": ("выше общего уровня (вне 95 % разброса)", ""),
    "far_above": ("выше общего уровня (вне 99,8 % разброса)", ""),
}
READ_NOTE = (
    "Первая попытка — первый день, за который у участника есть результат; неявка, удаление и "
    "незаконченная работа попыткой не считаются. Положение относительно общего уровня "
    f"считается от {FULL_SHARES_FROM} участников и пяти школ; за 95 % разброса и без всякой "
    "причины выходит примерно одна школа из двадцати. Школы — по номеру."
)
CRITERIA_NOTE = (
    "По первым попыткам. Работа, не прошедшая требование 1 или 2, по критериям не проверяется и в "
    "их строки не входит; незачёт по критериям 1 и 2 влечёт незачёт по следующим, поэтому их доли "
    "связаны. Правило и названия критериев — по изложению рекомендаций Рособрнадзора, не сверены."
)
NAMED = 2  # criteria that the advice names


def essays(scope: Scope) -> tuple[Section, ...]:
    """The section, where the home has essay protocols of this municipality or school at all."""
    known = {
        year: rows
        for (municipality, year), rows in scope.edition.index["essay_results"].items()
        if municipality == scope.town.key and any(r["school_id"] == scope.school_id for r in rows)
    }
    if not known:
        return ()
    if scope.year not in known:
        years = listing([str(year) for year in sorted(known)])
        text = (
            f"Протоколов сочинения выпуска {scope.year} года среди принятых файлов нет; есть за "
            f"{years}. Сочинение, написанное в декабре, относится к выпуску следующего года."
        )
        claim = f"Сочинение выпуска {scope.year} года не проверено"
        return (_section(claim, (Notice("Не проверено: нет протоколов", text),)),)
    rows = {r["school_id"]: r for r in known[scope.year]}
    own = rows[scope.school_id]
    if _is_closed(scope, rows):
        text = f"{HIDDEN_NOTE}."
        return (_section("Результаты сочинения закрыты", (Notice("Не показано", text),)),)
    blocks: list[Block] = [] if scope.school else [_by_school(scope, rows)]
    criteria = scope.edition.rows("essay_criteria", scope.town.key, scope.year, scope.school_id)
    blocks += _criteria(scope, criteria)
    return (_section(_claim(scope, own), tuple(blocks)),)


def _section(claim: str, blocks: tuple[Block, ...]) -> Section:
    return Section("essay", TOPIC, claim, blocks, "essay", True)


def hidden_schools(rows: dict[str, Record]) -> frozenset[str]:
    """Schools with fewer than 5 results, with none at all, and those that would give them away."""
    few = SHOWN_FROM - 1
    return hidden_groups({k: r["n"] or few for k, r in rows.items() if k != WHOLE})


def _is_closed(scope: Scope, rows: dict[str, Record]) -> bool:
    if scope.school:
        return scope.school_id in hidden_schools(rows)
    return rows[WHOLE]["n"] < SHOWN_FROM


def _claim(scope: Scope, own: Record) -> str:
    told = f"Зачёт с первого раза, выпуск {scope.year} года: {share_of(own['n_first'], own['n'])}"
    if own["n_retake"]:
        told += f", после пересдачи ещё {number(own['n_retake'])}"
    if scope.school:
        told += f"; по муниципалитету {percent(own['town_first'])}"
        if own["funnel"]:
            told += f" — {PLACES[own['funnel']][0]}"
    return told


def _by_school(scope: Scope, rows: dict[str, Record]) -> Chart:
    hidden = hidden_schools(rows)
    present = [(s, rows[s.school_id]) for s in scope.town.schools if s.school_id in rows]
    shown = [(s, r) for s, r in present if s.school_id not in hidden]
    points = [
        Interval(s.name, 100 * r["share_first"], 100 * r["ci_low"], 100 * r["ci_high"], own=False)
        for s, r in shown
    ]
    whole = rows[WHOLE]
    level = percent(whole["share_first"])
    return Chart(
        "essay-schools",
        "Зачёт с первого раза по школам",
        "Точка — доля участников, получивших зачёт с первого раза, отрезок — 95 % интервал, "
        f"пунктир — муниципалитет ({level}). Чем меньше участников, тем длиннее отрезок. Школы — "
        "по номеру.",
        f"Доли зачётов с первого раза с интервалами в {len(shown)} школах",
        intervals(points, "% зачётов с первого раза", (100 * whole["share_first"], level)),
        Table(
            f"Итоговое сочинение (изложение), выпуск {scope.year} года",
            (
                "Школа",
                "С первого раза",
                "95 % интервал",
                "После пересдачи",
                "Незачёт",
                "Без результата",
                "Не явились",
                "Относительно общего уровня",
            ),
            (
                _result_row(Cell(scope.town.name), whole, kind="whole"),
                *(
                    row(_linked(scope, s), hidden_cell(), *[DASH] * 6)
                    if s.school_id in hidden
                    else _result_row(_linked(scope, s), r)
                    for s, r in present
                ),
            ),
            "lrrrrrrl",
            SOURCE,
            f"{READ_NOTE} {HIDDEN_NOTE}.",
        ),
    )


def _linked(scope: Scope, school: School) -> Cell:
    return Cell(school.name, href=scope.link(school))


def _result_row(name: Cell, record: Record, kind: str = "") -> Row:
    words, tone = PLACES.get(record["funnel"], (DASH, "muted"))
    return row(
        name,
        share_cell(record["n_first"], record["n"]),
        interval(record["ci_low"], record["ci_high"]),
        number(record["n_retake"]),
        number(record["n_not"]),
        number(record["n_unfinished"]),
        number(record["n_absent"]),
        Cell(words, tone=tone),
        kind=kind,
    )


def _criteria(scope: Scope, records: Sequence[Record]) -> list[Block]:
    """The criteria of each kind of work and what to work on; a notice where none is given."""
    if not records:
        text = "В принятых протоколах есть только итог: по критериям сказать нечего."
        return [Notice("Не проверено: критериев нет", text)]
    order = list(_names()["сочинение"])
    ordered = sorted(records, key=lambda r: (r["kind"] != "сочинение", order.index(r["criterion"])))
    head = ["Критерий", "Незачёт", "95 % интервал", *(["Муниципалитет"] if scope.school else [])]
    blocks: list[Block] = []
    for kind in dict.fromkeys(r["kind"] for r in ordered):
        found = [r for r in ordered if r["kind"] == kind]
        blocks.append(
            Table(
                f"Требования и критерии: {kind}, выпуск {scope.year} года",
                tuple(head),
                tuple(_criterion_row(scope, r) for r in found),
                "l" + "r" * (len(head) - 1),
                SOURCE,
                CRITERIA_NOTE,
            )
        )
    return [*blocks, *_focus(scope, ordered)]


def _criterion_row(scope: Scope, record: Record) -> Row:
    name = Cell(criterion_name(record))
    if record["n"] < SHOWN_FROM:
        return row(name, hidden_cell(), *[DASH] * (2 if scope.school else 1))
    return row(
        name,
        share_cell(record["n_failed"], record["n"]),
        interval(record["ci_low"], record["ci_high"]),
        *([percent(record["town_share"])] if scope.school else []),
    )


def _focus(scope: Scope, records: Sequence[Record]) -> list[Block]:
    """What was not met most often; for a school only what stands out of the municipality."""
    failed = [r for r in records if r["n_failed"] and r["n"] >= FULL_SHARES_FROM]
    failed = [r for r in failed if not scope.school or r["ci_low"] > r["town_share"]]
    most = sorted(failed, key=lambda r: (-r["share_failed"], r["kind"], r["criterion"]))[:NAMED]
    if not most:
        text = (
            "Ни по одному критерию доля незачётов не выше муниципальной больше, чем может быть "
            f"случайно (сравниваются критерии с {FULL_SHARES_FROM} работами и больше)."
        )
        return [Notice("Над чем работать", text)] if scope.school else []
    told = "; ".join(
        f"{criterion_name(r)} — {share_of(r['n_failed'], r['n'])}"
        + (f", по муниципалитету {percent(r['town_share'])}" if scope.school else "")
        for r in most
    )
    topics = listing(list(dict.fromkeys(_focuses()[r["criterion"]] for r in most)))
    lead = "Чаще, чем по муниципалитету," if scope.school else "Чаще всего"
    text = f"{lead} не выполнено: {told}. Это темы для методической работы: {topics}."
    return [Notice("Над чем работать", text)]


def criterion_name(record: Record) -> str:
    """«К5. Грамотность», «Требование 1. Объём изложения»."""
    code = record["criterion"]
    prefix = f"Требование {code[1:]}" if code.startswith("r") else f"К{code[1:]}"
    kind = "изложение" if record["kind"] == "изложение" else "сочинение"
    return f"{prefix}. {_names()[kind][code]}"


@cache
def _names() -> dict[str, dict[str, str]]:
    table = norm("essay_criteria").set_index("criterion")
    return {"сочинение": table["essay"].to_dict(), "изложение": table["exposition"].to_dict()}


@cache
def _focuses() -> dict[str, str]:
    return norm("essay_criteria").set_index("criterion")["focus"].to_dict()
