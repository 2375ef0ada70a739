"""Signs by the project's own methods in a municipality: all schools by number, never a league."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.detectors.boundary_lifting import SOFT_ROUNDING
from reports.blocks import Block, Cell, Chart, Notice, Row, Statement, Table, row
from reports.disclosure import HIDDEN_NOTE
from reports.members import Record, School
from reports.scope import Scope, chunks, hidden_cell, sources
from reports.sign_figures import Estimate, forest
from reports.sign_words import (
    FLAGS,
    SOFT,
    STATES,
    amount,
    estimate_limits,
    is_soft_sign,
    name_of,
)
from reports.signs import OWN, SOURCE, Signs, signs_of, why_unchecked
from reports.wording import DASH, NBSP, listing, number, out_of, percent, plural

ROWS = 25  # schools of one picture that still fits a printed page
CHECKED = ("red", "amber", "none")
NAMES = {  # of the shapes
    "red": "требуется проверка",
    "amber": "отдельные признаки",
    "none": "признаков не найдено",
    "other": "вывода нет",
}

Found = Sequence[tuple[School, Signs]]


def signs_of_town(scope: Scope) -> list[tuple[School, Signs]]:
    """Schools of the municipality that have showings in the year, by number."""
    found = [(school, signs_of(scope, school)) for school in scope.town.schools]
    return [(school, signs) for school, signs in found if signs.verdict or signs.hidden]


def town_claim(scope: Scope, found: Found) -> str:
    """How many schools bear a sign, as a heading."""
    checked = [s for _, s in found if s.verdict and s.verdict["status"] in CHECKED]
    if not checked:
        return f"Собственными методами за {scope.year} год не проверено"
    flagged = sum(1 for s in checked if s.is_flag)
    if not flagged:
        return (
            f"Признаков по собственным методам за {scope.year} год не найдено (проверено школ: "
            f"{number(len(checked))})"
        )
    return f"{OWN} за {scope.year} год — у {out_of(flagged, len(checked))} школ, требуется проверка"


def town_blocks(scope: Scope, found: Found) -> list[Block]:
    """The flags and how many of them may be false, the schools with their intervals, the table."""
    if not found:
        return [Notice(f"{OWN}: не проверено", why_unchecked(scope))]
    blocks: list[Block] = [_words(scope, found)]
    if any(_estimate(signs) is not None for _, signs in found):
        limits = _limits(found)
        runs = chunks(found, ROWS)
        return blocks + [_forest(scope, run, limits, k) for k, run in enumerate(runs, start=1)]
    return [*blocks, _table(scope, found)]


def _estimate(signs: Signs) -> float | None:
    return signs.boundary["estimate"] if signs.boundary else None


def _words(scope: Scope, found: Found) -> Statement:
    states = [s.verdict["status"] for _, s in found if s.verdict]
    counted = [
        f"{words} — {number(states.count(state))}"
        for state, (words, _) in STATES.items()
        if state in states
    ]
    closed = sum(1 for _, s in found if s.hidden)
    counted += [f"скрыто — {number(closed)}"] * bool(closed)
    terms = [("Школ", f"{'; '.join(counted)}.")]
    flagged = [(school, s.verdict) for school, s in found if s.is_flag]
    if flagged:
        names = listing([school.name for school, _ in flagged])
        terms += [("Требуют проверки", f"{names}."), ("Из них случайно", _false(flagged))]
    terms.append(
        (
            "Как читать",
            "Признак — повод проверить, а не вывод о школе. «Признаков не найдено» — не значит "
            "«чисто»: какой подъём вообще можно было увидеть, сказано в последнем столбце.",
        )
    )
    tone = next((STATES[state][1] for state in FLAGS if state in states), "")
    return Statement(Cell(f"{OWN}, {scope.year} год"), tuple(terms), tone)


def _false(flagged: Sequence[tuple[School, Record]]) -> str:
    """Expected number of false flags: the largest q among the flagged times their number."""
    known = [r["q_value"] for _, r in flagged if r["q_value"] is not None]
    if not known:
        return "не оценено: q не вычислено."
    worst, false = max(known), max(known) * len(flagged)
    count = plural(len(flagged), "отмеченной школы", "отмеченных школ", "отмеченных школ")
    least = "меньше 0,1" if false < 0.1 else f"не больше {number(false, 1)}"
    q = "меньше 0,001" if worst < 0.001 else number(worst, 3)
    return f"в среднем {least} из {count} (наибольшее q, {q}, × {number(len(flagged))})."


def _limits(found: Found) -> tuple[float, float]:
    """One axis for all pictures, in percents, with zero and the line on it."""
    ends = [
        100 * v
        for _, signs in found
        if signs.boundary
        for v in (signs.boundary["ci_low"], signs.boundary["ci_high"])
        if v is not None
    ]
    low, high = min([0.0, *ends]), max([100 * SOFT_ROUNDING, *ends])
    room = (high - low) / 20
    return low - room, high + room


def _forest(scope: Scope, run: Found, limits: tuple[float, float], place: int) -> Chart:
    points = [_point(school, signs) for school, signs in run]
    line = 100 * SOFT_ROUNDING
    first, last = run[0][0].name, run[-1][0].name
    return Chart(
        f"forest-{place}",
        f"{name_of('boundary_lifting')}: школы с интервалами",
        "Точка — какая доля не добравших 1–2 балла стоит на границе сверх ожидаемого, отрезок — "
        "95 % интервал; чем меньше работ, тем он длиннее. Форма и цвет — вывод по школе по всем "
        f"детекторам вместе. Левее пунктира ({number(line)}{NBSP}%) — {SOFT}, оно бывает и при "
        "честной проверке. Школы — по номеру, порядок ничего не значит.",
        f"Оценки подъёма до границы с интервалами: {plural(len(run), 'школа', 'школы', 'школ')}, "
        f"{first} — {last}",
        forest(points, NAMES, limits, (line, f"до {number(line)}{NBSP}% — {SOFT}")),
        _table(scope, run),
    )


def _point(school: School, signs: Signs) -> Estimate:
    status = signs.verdict["status"] if signs.verdict else ""
    state = status if status in CHECKED else "other"
    value = _estimate(signs)
    if value is None:
        return Estimate(school.name, state, None)
    low, high = signs.boundary["ci_low"], signs.boundary["ci_high"]
    return Estimate(
        school.name,
        state,
        100 * value,
        None if low is None else 100 * low,
        None if high is None else 100 * high,
    )


def _table(scope: Scope, found: Found) -> Table:
    return Table(
        f"{OWN} по школам, {scope.year} год",
        ("Школа", "n", "Подъём (95 %)", "Участников", "Вывод", "Подъём виден от"),
        tuple(_row(scope, school, signs) for school, signs in found),
        "lrrrlr",
        sources(scope.edition, scope.tests, SOURCE),
        "n — работ с официальной шкалой, участников — сколько их стоит на границах сверх "
        "ожидаемого, с 95 % интервалом. Вывод — по всем детекторам; под ним детекторы с "
        f"признаком. {HIDDEN_NOTE}. Школы — по номеру.",
    )


def _row(scope: Scope, school: School, signs: Signs) -> Row:
    name = Cell(school.name, href=f"{scope.link(school)}#objectivity")
    if signs.verdict is None:
        return row(name, *[hidden_cell()] * 5)
    words, tone = STATES[signs.verdict["status"]]
    named = [name_of(r["detector"]).lower() for r in signs.flagged]
    record = signs.boundary
    if record is None or record["estimate"] is None:
        why = (record or signs.verdict)["reason"] or ""
        n = number((record or signs.verdict)["n"])
        return row(name, n, Cell(DASH, why), DASH, Cell(words, "; ".join(named), tone=tone), DASH)
    soft = [SOFT] if is_soft_sign(record) else []
    return row(
        name,
        number(record["n"]),
        Cell(amount(record, record["estimate"]), estimate_limits(record)),
        Cell(number(record["pupils"]), f"от {number(record['pupils_low'])} до "
             f"{number(record['pupils_high'])}"),
        Cell(words, "; ".join(named + soft), tone=tone),
        percent(record["mde"]) if record["mde"] is not None and record["mde"] < 1 else "не виден",
    )  # fmt: skip
