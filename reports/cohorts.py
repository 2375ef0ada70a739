"""One cohort in neighbouring grades: where a school stands a year later, among the same others."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Cell, Notice, Table, row
from reports.members import Record, School, Test
from reports.scope import Scope, chunks, hidden_cell
from reports.wording import DASH, number, percent, signed

STEPS = 7  # beside each other on an A4 page
SOURCE = "Источник: файлы участников и отчёты о распределении"
NOTE = (
    "Положение — отклонение средней школы от сравнения в стандартных отклонениях ученика. Работы "
    "разные, поэтому сравнивается положение, а не баллы. Состав параллели мог измениться."
)

Step = tuple[Test, Test]


def cohort_blocks(scope: Scope) -> list[Block]:
    """Steps that end in the year of the page: a table for a school, matrices for a municipality."""
    schools = [scope.school] if scope.school else scope.town.schools
    found = {s.school_id: _steps(scope, s) for s in schools}
    if not any(found.values()):
        text = "Нет работ, которые одна и та же параллель писала в соседних классах."
        return [Notice("Одна параллель: не проверено", text)]
    if scope.school:
        return [_school_table(scope, found[scope.school_id])]
    steps = sorted(
        {step for rows in found.values() for step in rows},
        key=lambda s: (s[1].grade, s[1].subject),
    )
    return [_matrix(scope, run, found) for run in chunks(steps, STEPS)]


def _steps(scope: Scope, school: School) -> dict[Step, Record]:
    """Rows of `cohorts` of a school that end in the year of the page."""
    tests = scope.edition.tests
    rows = {}
    for record in scope.edition.rows("cohorts", scope.town.key, school.school_id):
        before, after = tests.get(record["test_before"]), tests.get(record["test_id"])
        if before and after and after.year == scope.year:
            rows[before, after] = record
    return rows


def _hidden(scope: Scope, step: Step, school_id: str) -> bool:
    return any(scope.edition.is_hidden(test.test_id, school_id) for test in step)


def _name(step: Step) -> str:
    before, after = step
    return f"{after.subject}: {before.grade} → {after.grade}"


def _school_table(scope: Scope, found: dict[Step, Record]) -> Table:
    rows = []
    for step, record in found.items():
        if _hidden(scope, step, scope.school_id):
            rows.append(row(_name(step), *[hidden_cell()] * 5, DASH))
            continue
        rows.append(
            row(
                Cell(_name(step), href=step[1].page),
                Cell(percent(record["mean_share_before"]), f"n = {number(record['n_before'])}"),
                Cell(percent(record["mean_share"]), f"n = {number(record['n'])}"),
                signed(record["z_before"], 2),
                signed(record["z"], 2),
                signed(record["change"], 2),
                record["reference"] or DASH,
            )
        )
    return Table(
        f"Одна параллель в соседних классах: {scope.group.name}",
        (
            "Предмет и классы программы",
            "Доля максимума раньше",
            "Доля максимума",
            "Положение раньше",
            "Положение",
            "Изменение",
            "С чем сравнили",
        ),
        tuple(rows),
        "lrrrrrl",
        SOURCE,
        NOTE,
    )


def _matrix(scope: Scope, steps: Sequence[Step], found: dict[str, dict[Step, Record]]) -> Table:
    rows = []
    for school in scope.town.schools:
        cells = []
        for step in steps:
            record = found[school.school_id].get(step)
            if record is None:
                cells.append(Cell(DASH, tone="muted"))
            elif _hidden(scope, step, school.school_id):
                cells.append(hidden_cell())
            else:
                sizes = f"n = {number(record['n_before'])} → {number(record['n'])}"
                cells.append(Cell(signed(record["change"], 2), sizes))
        rows.append(row(Cell(school.name, href=scope.link(school)), *cells))
    return Table(
        f"Одна параллель, изменение положения к {scope.year} году: {_name(steps[0])} и далее",
        ("Школа", *(_name(step) for step in steps)),
        tuple(rows),
        "l" + "r" * len(steps),
        SOURCE,
        f"{NOTE} Школы — по номеру.",
        folded=True,
    )
