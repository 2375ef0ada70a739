"""Section 9: schools with low results — the official rule, the federal list, the posterior."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Cell, Notice, Section, Table, row
from reports.members import Record, School, Test
from reports.scope import Scope, share_cell, sources
from reports.wording import DASH, interval, number, out_of, percent, share_of

TOPIC = "9. Школы с низкими результатами"
OUTCOMES = {
    "listed": ("правило выполнено", "low"),
    "risk": ("группа риска: одна процедура", "doubt"),
    "no": ("правило не выполнено", ""),
    "no_data": ("не проверено: нет данных", "muted"),
    "not_comparable": ("не проверено: нет сопоставимого года", "muted"),
}
STATES = {
    "low": ("низкая: 30 % и больше", "low"),
    "low_small_n": ("30 % и больше, но участников мало", "doubt"),
    "border": ("у границы: интервал включает 30 %", "doubt"),
    "ok": ("ниже 30 %", ""),
    "no_data": ("нет данных", "muted"),
    "not_comparable": ("не сопоставимо", "muted"),
}
RULE = (
    "Правило: не менее 30 % участников не преодолели минимальный порог (получили «2») в двух и "
    "более процедурах года либо в одной и той же процедуре два года подряд. Считается точно, по "
    "числу участников: 10 × «2» ≥ 3 × n."
)


def outcome_cell(record: Record) -> Cell:
    words, tone = OUTCOMES[record["status"]]
    return Cell(words, tone=tone)


def yes_no(value: bool | None) -> str:
    """«да», «нет», «не проверено»."""
    return "не проверено" if value is None else ("да" if value else "нет")


def low_results(scope: Scope) -> Section:
    """The outcome of every year, latest first, and the facts behind it."""
    schools: Sequence[School] = [scope.school] if scope.school else scope.town.schools
    found = [(s, r) for s in schools for r in scope.edition.rows("low_results", s.school_id)]
    years = sorted({r["year"] for _, r in found}, reverse=True)
    if not years:
        text = "Правило применяется к отметкам по официальным процедурам; таких отметок нет."
        notice = Notice("Не проверено: нет данных", text)
        return Section("low", TOPIC, "Правило низких результатов не проверено", (notice,))
    blocks: list[Block] = []
    if scope.school:
        blocks.append(_year_table(scope, found, "все годы"))
        blocks.append(_facts(scope, scope.school))
    else:
        for year in years:
            blocks.append(
                _year_table(scope, [f for f in found if f[1]["year"] == year], f"{year} год")
            )
    blocks += _unlisted(scope, found)
    latest = [f for f in found if f[1]["year"] == years[0]]
    return Section("low", TOPIC, _claim(scope, latest, years[0]), tuple(blocks), "low")


def _claim(scope: Scope, latest: Sequence[tuple[School, Record]], year: int) -> str:
    met = [s for s, r in latest if r["rule_met"]]
    checked = [s for s, r in latest if r["rule_met"] is not None]
    if scope.school:
        words = OUTCOMES[latest[0][1]["status"]][0]
        return f"Официальное правило низких результатов, {year} год: {words}"
    rule = f"Официальное правило низких результатов за {year} год"
    if not checked:
        return f"{rule} не проверено ни для одной школы"
    if not met:
        return f"{rule} не выполнено ни для одной из {number(len(checked))} проверенных школ"
    return f"{rule} выполнено для {out_of(len(met), len(checked))} школ"


def facts(scope: Scope, school: School, year: int) -> list[str]:
    """Low procedures of a school and year: «Математика, 6 класс: 34,1 % (28 из 82)»."""
    words = []
    for test in scope.edition.tests.values():
        for record in shown_procedures(scope, test):
            low = record["school_id"] == school.school_id and record["status"] in (
                "low",
                "low_small_n",
            )
            if low and test.year == year and record["counted"]:
                again = ", и годом раньше" if record["low_before"] else ""
                words.append(f"{test.label}: {share_of(record['n_low'], record['n'])}{again}")
    return words


def shown_procedures(scope: Scope, test: Test) -> list[Record]:
    return [
        r
        for r in scope.edition.rows("low_procedures", test.test_id)
        if not scope.edition.is_hidden(test.test_id, r["school_id"])
    ]


def _year_table(scope: Scope, found: Sequence[tuple[School, Record]], when: str) -> Table:
    rows = []
    for school, record in found:
        name = str(record["year"]) if scope.school else Cell(school.name, href=scope.link(school))
        rows.append(
            row(
                name,
                number(record["procedures"]),
                number(record["low_procedures"]),
                number(record["repeated_procedures"]),
                outcome_cell(record),
                yes_no(record["on_federal_list"]),
                percent(record["p_low_30"], 0),
                "; ".join(facts(scope, school, record["year"])) or DASH,
            )
        )
    first = "Год" if scope.school else "Школа"
    return Table(
        f"Низкие результаты: официальное правило, федеральный перечень и вероятность, {when}",
        (
            first,
            "Процедур",
            "Низких",
            "Два года подряд",
            "Правило",
            "В федеральном перечне",
            "Вероятность",
            "Низкие процедуры",
        ),
        tuple(rows),
        "lrrrllrl",
        "Источник: файлы участников; федеральный перечень, введённый вручную",
        f"{RULE} «Вероятность» — наша оценка: с какой вероятностью настоящая доля не преодолевших "
        "порог — 30 % и больше. Расчёт и перечень показаны рядом и не заменяют друг друга.",
    )


def _facts(scope: Scope, school: School) -> Table:
    rows = []
    for test in scope.edition.tests.values():
        for record in shown_procedures(scope, test):
            if record["school_id"] != school.school_id or not record["n"]:
                continue
            words, tone = STATES[record["status"]]
            rows.append(
                row(
                    Cell(f"{test.label}, {test.year}", href=test.page),
                    share_cell(record["n_low"], record["n"]),
                    interval(record["ci_low"], record["ci_high"]),
                    Cell(words, tone=tone),
                    yes_no(record["low_before"]),
                    "да" if record["counted"] else "нет",
                )
            )
    return Table(
        f"Доля не преодолевших минимум по процедурам: {school.name}",
        (
            "Процедура",
            "Получили «2»",
            "95 % интервал",
            "Состояние",
            "Низкая годом раньше",
            "Входит в правило",
        ),
        tuple(rows) or (row("Нет процедур, которые можно показать", *[DASH] * 5),),
        "lrrlll",
        sources(scope.edition, scope.tests, "файлы участников"),
        folded=True,
    )


def _unlisted(scope: Scope, found: Sequence[tuple[School, Record]]) -> list[Block]:
    if any(r["on_federal_list"] is not None for _, r in found):
        return []
    text = (
        "Федеральный перечень школ с низкими результатами не загружен, поэтому сверить с ним "
        "расчёт нельзя. Заполните таблицу перечня по письму министерства и положите её в папку raw."
    )
    return [Notice("Не проверено: нет федерального перечня", text)]
