"""Section 12: the olympiad — whether the school stage holds at the municipal one; no rating."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Cell, Notice, Section, Statement, Table, row
from reports.members import School
from reports.olympiad_numbers import (
    USED,
    WHOLE,
    Indicators,
    beside,
    denominator,
    limits,
    name,
    town_value,
    value,
)
from reports.olympiad_tables import (
    by_school,
    confirmation,
    history,
    indicators_of_school,
    indicators_of_town,
)
from reports.scope import Scope
from reports.wording import listing, number, out_of, plural, upper_first

TOPIC = "Объективность ВсОШ"
INNOCENT = (
    "задания школьного этапа легче или ближе к урокам, чем муниципального; между этапами сменился "
    "учитель или кружок; сильные ученики выбрали другой предмет; болезнь, волнение, дорога; "
    "проходной балл назван до проверки работ"
)
CHECKS = (
    "перепроверить работы победителей и призёров школьного этапа по критериям; сравнить предметы, "
    "которые проверяет школа, с предметами платформы «Сириус»; узнать, кто проверял и была ли "
    "вторая проверка"
)
SILENT = (
    "Показатели О5, О6 и О7 считаются по одним и тем же ученикам и связаны: два из них — не два "
    "независимых свидетельства. На муниципальный этап приходят только прошедшие отбор, поэтому о "
    "работах ниже проходного балла ничего не известно. Ученики без имени в одном из файлов, "
    "сменившие школу или написание фамилии, в пары не вошли. «Признаков не найдено» — не значит "
    "«проверено честно»: при 10–20 парах видно только большое падение. В придуманных "
    "городах (21 школа, около 40 пар) школа, добавившая себе 30 % максимума, была отмечена в 7 "
    "случаях из 12, добавившая 20 % — в 3 из 12, честные школы — ни разу из 756; простое правило "
    "отметило 66 из этих 756. Уровень школы и число призёров здесь не оцениваются, школы не "
    "ранжируются."
)
ERRORS = {
    "olympiad_winner_half": "победитель с половиной баллов и меньше",
    "olympiad_score_above_maximum": "балл выше максимального",
    "olympiad_percent_contradicts": "процент не сходится с баллом",
    "olympiad_grade_below": "класс выступления ниже класса обучения",
    "olympiad_status_unknown": "не известный статус",
    "olympiad_status_missing": "не указан статус",
    "olympiad_points_unclear": "вместо балла не число",
    "olympiad_grade_unclear": "не читается класс",
    "olympiad_pupil_repeated": "участник записан дважды",
    "olympiad_pupil_missing": "нет ни фамилии, ни кода",
    "olympiad_school_unknown": "школы нет в реестре",
    "olympiad_school_missing": "не указана школа",
    "olympiad_subject_unknown": "не известный предмет",
    "recheck_incomplete": "в перепроверке нет балла",
}


def olympiad(scope: Scope) -> tuple[Section, ...]:
    """The section, where the home has olympiad files of this municipality at all."""
    years = [
        year
        for municipality, year in sorted(scope.edition.index["olympiad_indicators"])
        if municipality == scope.town.key
    ]
    if not years:
        return ()
    found = Indicators.of(scope)
    if not found.records:
        known = listing([str(year) for year in years])
        text = (
            f"Протоколов олимпиады за {scope.year} год среди принятых файлов нет; есть за {known}. "
            "Год — тот, в котором кончается учебный год."
        )
        blocks: tuple[Block, ...] = (Notice("Не проверено: нет протоколов", text),)
        blocks += tuple(history(scope, years))
        claim = f"Олимпиада за {scope.year} год не проверена"
        return (Section("olympiad", TOPIC, claim, blocks, "olympiad", True),)
    if scope.school:
        claim, own = _of_school(scope, scope.school, found)
    else:
        claim, own = _of_town(scope, found)
    blocks = (*own, *history(scope, years), Notice("Чего эти числа не показывают", SILENT))
    return (Section("olympiad", TOPIC, claim, blocks, "olympiad", True),)


def _of_town(scope: Scope, found: Indicators) -> tuple[str, list[Block]]:
    flagged = [s for s in scope.town.schools if _is_flagged(found, s)]
    return _town_claim(scope, found, flagged), [
        *(_statement(scope, school, found) for school in flagged),
        *confirmation(scope, found),
        by_school(scope, found),
        indicators_of_town(scope, found),
        *_errors(scope, found),
    ]


def _of_school(scope: Scope, school: School, found: Indicators) -> tuple[str, list[Block]]:
    marker = found.marker(school)
    year = scope.year
    if marker is None:
        text = f"В протоколах олимпиады {year} года участников этой школы нет."
        return f"Олимпиада за {year} год: участников нет", [Notice("Нет участников", text)]
    if marker["flagged"] is None:
        claim = f"Олимпиада за {year} год не проверена: {marker['reason']}"
    elif marker["flagged"]:
        claim = f"Олимпиада за {year} год: есть признаки, требуется дополнительный анализ"
    else:
        count = number(int(marker["denominator"]))
        claim = f"Олимпиада за {year} год: признаков не найдено (проверено показателей: {count})"
    blocks: list[Block] = [_statement(scope, school, found)] if marker["flagged"] else []
    return claim, [*blocks, indicators_of_school(scope, school, found)]


def _town_claim(scope: Scope, found: Indicators, flagged: Sequence[School]) -> str:
    markers = [m for s in scope.town.schools if (m := found.marker(s)) is not None]
    checked = sum(m["flagged"] is not None for m in markers)
    if not checked:
        return f"Объективность олимпиады за {scope.year} год не проверена: пар мало"
    if not flagged:
        return (
            f"Признаков по олимпиаде за {scope.year} год не найдено (проверено школ: "
            f"{number(checked)})"
        )
    return (
        f"Признаки по олимпиаде за {scope.year} год — у {out_of(len(flagged), checked)} школ; это "
        "повод для анализа, не вывод"
    )


def _is_flagged(found: Indicators, school: School) -> bool:
    marker = found.marker(school)
    return bool(marker and marker["flagged"])


def _statement(scope: Scope, school: School, found: Indicators) -> Statement:
    """What is seen in one school, how sure it is, what else explains it, what to check."""
    signs = [
        record
        for indicator in (*USED, "SIR")
        if (record := found.shown(school.school_id, indicator)) and record["flagged"]
    ]
    seen = "; ".join(_sign(record) for record in signs)
    q = [r["q_value"] for r in signs if r["q_value"] is not None]
    worst = max(q, default=1.0)
    sure = "q меньше 0,001" if worst < 0.001 else f"q не больше {number(worst, 3)}"
    return Statement(
        Cell(
            f"{school.name}: признаки по олимпиаде {scope.year} года",
            href="" if scope.school else scope.link(school),
        ),
        (
            ("Что видно", f"{upper_first(seen).removesuffix('.')}."),
            ("Насколько это не случайно", f"{sure}: с поправкой на число школ и на разброс школ."),
            ("Чем ещё можно объяснить", f"{upper_first(INNOCENT)}."),
            ("Что проверить", f"{upper_first(CHECKS)}."),
        ),
        tone="doubt",
    )


def _sign(record: dict) -> str:
    """«подтверждение результата — 37,2 % (35 из 94), 95 % интервал …, рядом 82,2 %»."""
    words = f"{name(record['indicator'])} — {value(record)} ({beside(record)}"
    what = denominator(record["indicator"])
    words += f" {what})" if what else ")"
    words += f", 95 % интервал {limits(record)}"
    beside_it = "" if record["indicator"] == "SIR" else f", для сравнения {town_value(record)}"
    return words + beside_it


def _errors(scope: Scope, found: Indicators) -> list[Block]:
    """How many errors of input the files of the year hold, by kind; where — in the passport."""
    tables = scope.edition.tables
    kept = [tables[n] for n in ("olympiad", "rechecks")]
    sources = {s for t in kept for s in t.loc[t["year"] == scope.year, "source_id"]}
    problems = tables["problems"]
    codes = list(problems.loc[problems["source_id"].isin(sources), "code"])
    counts = [(words, codes.count(code)) for code, words in ERRORS.items() if code in codes]
    if not counts:
        return [Notice("Ошибки ввода", "В принятых файлах олимпиады ошибок ввода не найдено.")]
    winners = found.get(WHOLE, "E1")
    note = "Ошибка ввода — не признак: исправьте файл. Ячейки названы в паспорте данных."
    if winners and winners["denominator"]:
        note += (
            f" Победителей, набравших не больше половины баллов: "
            f"{out_of(int(winners['numerator']), int(winners['denominator']))}."
        )
    total = sum(count for _, count in counts)
    return [
        Table(
            f"Ошибки ввода в файлах олимпиады, {scope.year} год: "
            f"{plural(total, 'ячейка', 'ячейки', 'ячеек')}",
            ("Ошибка", "Ячеек"),
            tuple(row(upper_first(words), number(count)) for words, count in counts),
            "lr",
            "Источник: проверка файлов при чтении",
            note,
        )
    ]
