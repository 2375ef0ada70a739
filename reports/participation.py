"""Direction 1: who took part and how each level of difficulty was done; aggregates only."""

from __future__ import annotations

from reports.blocks import Cell, Notice, Section, Table, row
from reports.members import Group, Test
from reports.scope import Scope, sources
from reports.tasks import described, results
from reports.wording import DASH, number, out_of, part, percent, plural

LEVELS = ("Б", "П", "В")


def participation(scope: Scope) -> Section:
    """Direction 1: who took part and how each level of difficulty was done; aggregates only."""
    rows, works, listed, came = [], 0, 0, 0
    for test in scope.tests:
        record = scope.marks(test)
        if record is None:
            continue
        works += record["n"]
        if record["listed"]:
            listed, came = listed + record["listed"], came + record["n"]
        whole = _level_cells(scope, test, scope.whole) if scope.school else []
        beside = any(cell.text != DASH for cell in whole)
        rows.append(
            row(
                Cell(test.label, href=test.page),
                number(record["listed"]),
                number(record["n"]),
                percent(part(record["n"], record["listed"])),
                *_level_cells(scope, test, scope.group),
                kind="own" if beside else "",
            )
        )
        if beside:
            rows.append(row("муниципалитет", "", "", "", *whole, kind="whole"))
    topic = "1. Индивидуальные результаты (сводно)"
    if not rows:
        notice = Notice("Нет данных", "За этот год нет ни одной работы, которую можно показать.")
        return Section("people", topic, "Участников нет", (notice,))
    papers = plural(
        len(scope.tests), "проверочной работе", "проверочным работам", "проверочным работам"
    )
    claim = f"{plural(works, 'результат', 'результата', 'результатов')} по {papers}"
    if listed:
        claim += f"; писали {percent(part(came, listed))} от списка ({out_of(came, listed)})"
    table = Table(
        f"Участие и выполнение по уровням сложности: {scope.group.name}, {scope.year} год",
        ("Работа", "По списку", "n", "Участие", "Б", "П", "В"),
        tuple(rows),
        "lrrrrrr",
        sources(scope.edition, scope.tests, "файлы участников и описания работ"),
        "Б, П, В — задания базового, повышенного и высокого уровня: набрано баллов от возможных. "
        "Прочерк — в описании работы нет уровней или описание не загружено.",
    )
    return Section("people", topic, claim, (table,), "people")


def _level_cells(scope: Scope, test: Test, group: Group) -> list[Cell]:
    levels = {position: task["level"] for position, task in described(scope, test).items()}
    sums = {level: [0, 0] for level in LEVELS}
    for record in results(scope, test, group):
        level = levels.get(record["position"])
        if level and record["possible"]:
            sums[level][0] += record["earned"]
            sums[level][1] += record["possible"]
    return [
        Cell(percent(part(earned, possible)), tone="" if possible else "muted")
        for earned, possible in sums.values()
    ]
