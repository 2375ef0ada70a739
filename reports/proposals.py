"""Section 11: conclusions and proposals, each from a fact that the document shows.

A proposal is a draft for the methodist; nothing here is about a teacher, and no row is an
accusation.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from reports.blocks import Cell, Row, Section, Table, row
from reports.disclosure import FULL_SHARES_FROM, HISTOGRAM_FROM
from reports.dynamics import shown_dynamics
from reports.low_results import facts
from reports.objectivity import town_markers
from reports.scope import Scope
from reports.sign_words import STATES, name_of
from reports.signs import signs_of
from reports.tasks import described, results, task_name
from reports.unknowns import named
from reports.wording import DASH, out_of, plural, share_of

LOWERED_MUCH = 0.30  # a band in wide use, not an official limit
GAP2_MUCH = 0.05  # of this project
TASKS_NAMED = 5


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    path = files("reports").joinpath("templates", "proposals.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def proposals(scope: Scope) -> Section:
    """One row for each kind of fact, in the order of the sections of the document."""
    found = {
        "tasks": _tasks(scope),
        "journal": _journal(scope),
        "objectivity": "; ".join(filter(None, [_signs(scope), _markers(scope)])),
        "low": _low(scope),
        "dynamics": _worse(scope),
    }
    rows = [_row(scope, section, fact) for section, fact in found.items() if fact]
    table = Table(
        "Факты и предложения (проект для методиста)",
        ("Установленный факт", "Предложение", "Кому", "Срок"),
        tuple(rows) or (row("Фактов, требующих предложений, не найдено", DASH, DASH, DASH),),
        "llll",
        "Источник: таблицы этого документа",
        "Предложения составлены по правилам программы из показанных чисел; методист правит их и "
        "отвечает за них. Результаты ВПР не используются для оценки учителей.",
    )
    count = plural(len(rows), "предложение", "предложения", "предложений")
    topic = "11. Что проверить и о чём спросить" if scope.school else "11. Выводы и предложения"
    verb = "следует" if len(rows) % 10 == 1 and len(rows) != 11 else "следуют"
    claim = f"Из показанных чисел {verb} {count}" if rows else "Предложений из чисел не следует"
    return Section("proposals", topic, claim, (table,), "proposals", True)


def _row(scope: Scope, section: str, fact: str) -> Row:
    text = _texts()[section]["school" if scope.school else "town"]
    return row(Cell(fact, href=f"#{section}"), text["what"], text["who"], "________")


def _tasks(scope: Scope) -> str | None:
    """The test with the largest part of its tasks below the threshold."""
    counted = []
    for test in scope.tests:
        found = results(scope, test, scope.group)
        low = [r for r in found if r["verdict"] == "insufficient" and r["n"] >= FULL_SHARES_FROM]
        if low:
            counted.append((len(low) / len(found), test, low, len(found)))
    if not counted:
        return None
    _, test, low, total = max(counted, key=lambda c: c[0])
    tasks = described(scope, test)
    names = ", ".join(task_name(tasks, r["position"]) for r in low[:TASKS_NAMED])
    among = "это" if len(low) <= TASKS_NAMED else "среди них"
    return f"{test.label}: ниже порога {out_of(len(low), total)} заданий ({among} {names})"


def _journal(scope: Scope) -> str | None:
    """The tests where many marks are below the journal's, or two marks and more away from it."""
    told = []
    for test in scope.tests:
        record = scope.marks(test)
        total = record["journal_n"] if record else 0
        if not record or not total or total < HISTOGRAM_FROM:
            continue
        lowered, gap2 = record["lowered"], record["gap2"] or 0
        if lowered / total >= LOWERED_MUCH:
            told.append(f"{test.label}: отметка ниже журнальной — {share_of(lowered, total)}")
        elif gap2 / total >= GAP2_MUCH:
            told.append(f"{test.label}: разница в 2 отметки и больше — {share_of(gap2, total)}")
    if not told:
        return None
    rest = plural(len(told) - 1, "работе", "работах", "работах")
    return told[0] + (f"; похоже ещё в {rest}" if len(told) > 1 else "")


def _signs(scope: Scope) -> str | None:
    """Signs by the project's own methods: detectors of a school, schools of a municipality."""
    schools = [scope.school] if scope.school else scope.town.schools
    flagged = [(s, signs) for s in schools if (signs := signs_of(scope, s)).is_flag]
    if not flagged:
        return None
    when = f"Признаки по собственным методам, {scope.year} год"
    if scope.school:
        words = STATES[flagged[0][1].verdict["status"]][0]
        names = [name_of(r["detector"]).lower() for r in flagged[0][1].flagged]
        return f"{when}: {words}" + (f" ({named(names)})" if names else "")
    count = plural(len(flagged), "школа", "школы", "школ")
    return f"{when}: {count} ({named([s.name for s, _ in flagged])})"


def _markers(scope: Scope) -> str | None:
    """Works, or schools of the municipality, with an official marker in the year."""
    marked = [
        (test, record["school_id"])
        for test in scope.tests
        for record in town_markers(scope, test)
        if record["markers"]
    ]
    if not marked:
        return None
    when = f"{scope.year} год"
    if scope.school:
        return f"Официальный маркер, {when}: {named([t.label for t, _ in marked])}"
    schools = [s.name for s in scope.town.schools if any(s.school_id == m for _, m in marked)]
    count = plural(len(schools), "школа", "школы", "школ")
    return f"Официальные маркеры, {when}: {count} ({named(schools)})"


def _low(scope: Scope) -> str | None:
    """Schools for which the official rule is met in the year."""
    schools = [scope.school] if scope.school else scope.town.schools
    met = [
        school
        for school in schools
        for record in scope.edition.rows("low_results", school.school_id)
        if record["year"] == scope.year and record["rule_met"]
    ]
    if not met:
        return None
    rule = f"Официальное правило низких результатов, {scope.year} год"
    if scope.school:
        said = named(facts(scope, scope.school)) or "процедуры — в разделе 9"
        return f"{rule}: выполнено ({said})"
    return f"{rule}: {plural(len(met), 'школа', 'школы', 'школ')} ({named([s.name for s in met])})"


def _worse(scope: Scope) -> str | None:
    """Comparable pairs where the share of «2» grew by 10 points and more, the latest year."""
    worse = [r for r in shown_dynamics(scope) if r["comparable"] and r["verdict"] == "negative"]
    if not worse:
        return None
    labels = [f"{r['subject']}, {r['grade']} класс ({r['year']})" for r in worse]
    return f"Доля «2» выросла на 10 п.п. и больше: {named(labels)}"
