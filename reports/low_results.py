"""Section 9: schools with low results — the official rule, the federal list, the posterior."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.thresholds import threshold
from reports.blocks import Block, Cell, Notice, Section, Table, row
from reports.disclosure import SHOWN_FROM
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
RETURNED = (
    "У школы есть признак подъёма до границы отметки, поэтому доля «2» показана и такой, какой она "
    "была бы с возвратом поднятых: подъём скрывает низкие результаты. Это оценка, не пересчёт."
)
LOW = ("low", "low_small_n")
CHANGES = {
    "entered": "год назад не выполнялось",
    "left": "год назад выполнялось",
    "stays": "второй год подряд",
}
CONCLUSIONS = {
    "stable": "устойчиво",
    "likely": "вероятно",
    "unconfirmed": "не подтверждено",
    "rule_not_met": "",
}
RULE = (
    "Правило: не менее 30 % участников не преодолели минимальный порог (получили «2») в двух и "
    "более процедурах года либо в одной и той же процедуре два года подряд. Считается точно, по "
    "числу участников: 10 × «2» ≥ 3 × n."
)


def outcome_cell(record: Record) -> Cell:
    words, tone = OUTCOMES[record["status"]]
    return Cell(words, CHANGES.get(record["change"], ""), tone=tone)


def yes_no(value: bool | None) -> str:
    """«да», «нет», «не проверено»."""
    return "не проверено" if value is None else ("да" if value else "нет")


def conclusion(record: Record) -> str:
    """How sure a low result is where the rule is met; empty elsewhere."""
    return CONCLUSIONS.get(record["conclusion"], "")


def low_results(scope: Scope) -> Section:
    """The outcome of the year, the facts behind it, and the outcomes of other years."""
    schools: Sequence[School] = [scope.school] if scope.school else scope.town.schools
    found = [(s, r) for s in schools for r in scope.edition.rows("low_results", s.school_id)]
    of_year = [(s, r) for s, r in found if r["year"] == scope.year]
    blocks: list[Block] = []
    if of_year:
        blocks.append(_outcomes(scope, of_year))
        blocks += [_facts(scope, scope.school)] if scope.school else []
        blocks += _unlisted(of_year)
    else:
        text = (
            "Правило применяется к отметкам по установленным процедурам; за "
            f"{scope.year} год таких отметок нет."
        )
        blocks.append(Notice("Не проверено: нет данных", text))
    blocks += _contexts(scope, of_year)
    blocks += _history(scope, found)
    return Section("low", TOPIC, _claim(scope, of_year), tuple(blocks), "low")


def _claim(scope: Scope, of_year: Sequence[tuple[School, Record]]) -> str:
    year = scope.year
    met = [s for s, r in of_year if r["rule_met"]]
    checked = [s for s, r in of_year if r["rule_met"] is not None]
    if scope.school and of_year:
        words = OUTCOMES[of_year[0][1]["status"]][0]
        return f"Официальное правило низких результатов, {year} год: {words}"
    rule = f"Официальное правило низких результатов за {year} год"
    if not checked:
        return f"{rule} не проверено"
    if not met:
        return f"{rule} не выполнено ни для одной из {number(len(checked))} проверенных школ"
    return f"{rule} выполнено для {out_of(len(met), len(checked))} школ"


def facts(scope: Scope, school: School) -> list[str]:
    """Low procedures of a school in the year: «Математика, 6 класс: 34,1 % (28 из 82)»."""
    words = []
    for test, record in _procedures(scope, school):
        if record["status"] in LOW and record["counted"]:
            again = ", и годом раньше" if record["low_before"] else ""
            words.append(f"{test.label}: {share_of(record['n_low'], record['n'])}{again}")
    return words + _exam_facts(scope, school)


def _exam_facts(scope: Scope, school: School) -> list[str]:
    """Low exams that the rule counts: «ОГЭ, математика: 33,3 % (15 из 45)»; too few are closed."""
    return [
        f"{scope.edition.exams[test_id].label}: "
        f"{share_of(r['n_low'], r['n'])}" + (", и годом раньше" if r["low_before"] else "")
        for (test_id,), rows in sorted(scope.edition.index["low_procedures"].items())
        if test_id in scope.edition.exams
        for r in rows
        if (r["school_id"], r["year"]) == (school.school_id, scope.year)
        and r["status"] in LOW
        and r["counted"]
        and r["n"] >= SHOWN_FROM
    ]


def _procedures(scope: Scope, school: School) -> list[tuple[Test, Record]]:
    tests = [t for t in scope.edition.tests.values() if t.year == scope.year]
    return [
        (test, record)
        for test in tests
        for record in shown_procedures(scope, test)
        if record["school_id"] == school.school_id and record["n"]
    ]


def shown_procedures(scope: Scope, test: Test) -> list[Record]:
    """Rows of `low_procedures` of a test, hidden schools left out."""
    return [
        r
        for r in scope.edition.rows("low_procedures", test.test_id)
        if not scope.edition.is_hidden(test.test_id, r["school_id"])
    ]


def _outcomes(scope: Scope, of_year: Sequence[tuple[School, Record]]) -> Table:
    rows = [
        row(
            Cell(school.name, href=scope.link(school)),
            number(record["procedures"]),
            number(record["low_procedures"]),
            number(record["repeated_procedures"]),
            outcome_cell(record),
            yes_no(record["on_federal_list"]),
            Cell(percent(record["p_low_30"], 0), conclusion(record)),
            "; ".join(facts(scope, school)) or DASH,
            kind="own" if scope.school else "",
        )
        for school, record in of_year
    ]
    return Table(
        f"Перечень ОО с НОР, {scope.year} год: правило, федеральный перечень, вероятность",
        (
            "Школа",
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
        f"{RULE} «Вероятность» — наша оценка первой части правила: что настоящая доля «2» не ниже "
        "30 % хотя бы в двух процедурах года (если процедура одна — в ней); повтор двух лет она не "
        "учитывает. Под ней, где правило выполнено: устойчиво — от 90 %, вероятно — от 50 %, иначе "
        "не подтверждено. Расчёт и перечень показаны рядом и не заменяют друг друга.",
    )


def _contexts(scope: Scope, of_year: Sequence[tuple[School, Record]]) -> list[Block]:
    """What the questionnaires say of the schools that the rule names or nearly names."""
    rows = []
    for school, record in of_year:
        known = scope.edition.rows("school_context", school.school_id)
        if record["status"] not in ("listed", "risk") or not known:
            continue
        last = max(known, key=lambda r: r["year"])
        place = "; ".join(w for w in (last["location"], last["settlement_size"]) if w)
        top = share_of(last["teachers_top"], last["teachers"]) if last["teachers"] else DASH
        rows.append(
            row(
                Cell(school.name, href=scope.link(school)),
                place or DASH,
                number(last["pupils"]),
                number(last["teachers"]),
                top if last["teachers_top"] is not None else DASH,
                str(last["year"]),
            )
        )
    if not rows:
        return []
    return [
        Table(
            f"Контекст школ с низкими результатами, {scope.year} год",
            ("Школа", "Где", "Обучающихся", "Учителей", "Первой и высшей категории", "Анкета"),
            tuple(rows),
            "llrrrr",
            "Источник: контекстные анкеты школ",
            "Контекст не объясняет и не оправдывает результат; он нужен, чтобы подобрать помощь.",
            folded=not scope.school,
        )
    ]


def _history(scope: Scope, found: Sequence[tuple[School, Record]]) -> list[Block]:
    """Outcomes of the schools by year; nothing where there is one year."""
    years = sorted({r["year"] for _, r in found})
    if len(years) < 2:
        return []
    by_key = {(s.school_id, r["year"]): r for s, r in found}
    schools = {s.school_id: s for s, _ in found}
    rows = [
        row(
            Cell(school.name, href=scope.link(school)),
            *(outcome_cell(by_key[key, y]) if (key, y) in by_key else DASH for y in years),
        )
        for key, school in schools.items()
    ]
    return [
        Table(
            "Официальное правило низких результатов по годам",
            ("Школа", *(str(year) for year in years)),
            tuple(rows),
            "l" * (len(years) + 1),
            "Источник: файлы участников",
            folded=not scope.school,
        )
    ]


def _facts(scope: Scope, school: School) -> Table:
    procedures = _procedures(scope, school)
    returned = any(record["share_returned"] is not None for _, record in procedures)
    rows = []
    for test, record in procedures:
        words, tone = STATES[record["status"]]
        rows.append(
            row(
                Cell(test.label, href=test.page),
                share_cell(record["n_low"], record["n"]),
                interval(record["ci_low"], record["ci_high"]),
                Cell(words, tone=tone),
                Cell(percent(record["p_low_30"], 0), conclusion(record)),
                *([_returned(record)] if returned else []),
                yes_no(record["low_before"]),
                "да" if record["counted"] else "нет",
            )
        )
    return Table(
        f"Доля не преодолевших минимум, {scope.year} год: {school.name}",
        (
            "Процедура",
            "Получили «2»",
            "95 % интервал",
            "Состояние",
            "Вероятность",
            *(["С возвратом поднятых"] if returned else []),
            "Низкая годом раньше",
            "Входит в правило",
        ),
        tuple(rows) or (row("Нет процедур, которые можно показать", *[DASH] * 6),),
        "lrrlr" + "r" * returned + "ll",
        sources(scope.edition, scope.tests, "файлы участников"),
        RETURNED if returned else "",
        folded=True,
    )


def _returned(record: Record) -> Cell:
    """The share if the pupils found above the boundary stood below it again."""
    share = record["share_returned"]
    if share is None:
        return Cell(DASH, tone="muted")
    tone = "low" if share >= threshold("low_share") else ""
    return Cell(percent(share), "данные требуют проверки", tone=tone)


def _unlisted(found: Sequence[tuple[School, Record]]) -> list[Block]:
    if any(r["on_federal_list"] is not None for _, r in found):
        return []
    text = (
        "Федеральный перечень школ с низкими результатами не загружен, поэтому сверить с ним "
        "расчёт нельзя. Заполните таблицу перечня по письму министерства и положите её в папку raw."
    )
    return [Notice("Не проверено: нет федерального перечня", text)]
