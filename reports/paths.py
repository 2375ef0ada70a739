"""One picture of a school: where each cohort stood in ВПР by grade, in ОГЭ and in ЕГЭ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from reports.blocks import Cell, Notice, Row, Section, Table, row
from reports.members import Record
from reports.scope import Scope, sources
from reports.wording import DASH, NBSP, number, plural, signed

TOPIC = "Одна картина: параллели от ВПР до экзаменов"
STAGES = {"oge": "ОГЭ", "ege": "ЕГЭ"}
FEW_STEPS = 2  # of a cohort in a subject: one place alone is no path


def paths(scope: Scope) -> tuple[Section, ...]:
    """A section of the school's page; nothing on the page of a municipality."""
    if not scope.school:
        return ()
    lines = _lines(scope.edition.rows("cohort_paths", scope.school.school_id), scope.year)
    if not lines:
        text = (
            "Нет параллели, у которой известны две работы по одному предмету: положите в raw "
            "протоколы прошлых лет и экзаменов."
        )
        notice = Notice("Проследить нечего", text)
        return (Section("paths", TOPIC, f"За {scope.year} год проследить нечего", (notice,)),)
    count = plural(len(lines), "ряд", "ряда", "рядов")
    claim = f"Параллели, писавшие работы {scope.year} года: {count} от работы к работе"
    return (Section("paths", TOPIC, claim, (_table(scope, lines),)),)


def _lines(records: Sequence[Record], year: int) -> dict[tuple[int, str], dict[str, Record]]:
    """Places by stage of every cohort and subject with two of them, one being of the year."""
    found: dict[tuple[int, str], dict[str, Record]] = defaultdict(dict)
    for record in records:
        found[record["graduation"], record["subject"]][_stage(record)] = record
    return {
        key: steps
        for key, steps in sorted(found.items())
        if len(steps) >= FEW_STEPS and any(r["year"] == year for r in steps.values())
    }


def _stage(record: Record) -> str:
    return STAGES.get(record["procedure"], f"ВПР-{record['grade']}")


def _table(scope: Scope, lines: dict[tuple[int, str], dict[str, Record]]) -> Table:
    graded = sorted({s for steps in lines.values() for s in steps if s not in STAGES.values()})
    graded.sort(key=lambda stage: int(stage.removeprefix("ВПР-")))
    stages = [*graded, *(s for s in STAGES.values() if any(s in steps for steps in lines.values()))]
    rows = tuple(
        _row(graduation, subject, steps, stages) for (graduation, subject), steps in lines.items()
    )
    return Table(
        f"Место параллелей среди других, {scope.year} год: {scope.group.name}",
        ("Параллель и предмет", *stages),
        rows,
        "l" + "r" * len(stages),
        sources(scope.edition, scope.tests, "протоколы и отчёты о распределении"),
        "Насколько средний балл школы выше (+) или ниже (−) среднего сравнения, в стандартных "
        "отклонениях участников; под ним год и число участников. Работы разные, поэтому "
        "сравниваются места, а не баллы. Между работами состав меняется: кто-то уходит после 9 "
        "класса, экзамен по выбору сдают не все. Резкая перемена — повод посмотреть, а не вывод.",
    )


def _row(graduation: int, subject: str, steps: dict[str, Record], stages: Sequence[str]) -> Row:
    cells = [
        Cell(signed(r["z"], 2), f"{r['year']} г., n{NBSP}={NBSP}{number(r['n'])}")
        if (r := steps.get(stage))
        else Cell(DASH)
        for stage in stages
    ]
    return row(Cell(subject, f"выпуск {graduation} года"), *cells)
