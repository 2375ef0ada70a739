"""Direction 5: completion of tasks against the threshold of their level and the wider group."""

from __future__ import annotations

from collections.abc import Sequence

from reports import task_figures
from reports.blocks import Block, Cell, Chart, Notice, Section, Table, row
from reports.members import Group, Record, Test
from reports.scope import Scope, share_cell, sources
from reports.wording import change, number, out_of, percent, plural

THRESHOLDS = {"Б": 0.60, "П": 0.30, "В": 0.30}  # FIOKO 2026, p. 6 and 17
VERDICTS = {
    "sufficient": ("достаточно", ""),
    "uncertain": ("у порога", "doubt"),
    "insufficient": ("ниже порога", "low"),
}
HARDEST = 3  # tasks of a test that the document names
TASK_CHARTS = 12

UNMEASURED = Notice(
    "Не проверено",
    "Баллы за задания не с чем соотнести: не известен максимальный балл заданий, или баллов за "
    "задания нет в принятых файлах, или участников слишком мало. Загрузите описания работ (таблицы "
    "заданий) этого года.",
)


def described(scope: Scope, test: Test) -> dict[int, Record]:
    """Tasks of a test by position."""
    return {r["position"]: r for r in scope.edition.rows("tasks", test.test_id)}


def results(scope: Scope, test: Test, group: Group, mark: str = "*") -> list[Record]:
    """Results of the tasks of a test in their order; `mark` is the mark group."""
    return scope.edition.group_rows("task_results", test.test_id, group, mark)


def task_name(test_tasks: dict[int, Record], position: int) -> str:
    found = test_tasks.get(position)
    return found["task"] if found else str(position)


def verdict_cell(record: Record) -> Cell:
    words, tone = VERDICTS.get(record["verdict"], ("не проверено: нет уровня", "muted"))
    return Cell(words, tone=tone)


def measured(scope: Scope, test: Test) -> list[Record]:
    """Results of the group with a known completion; none where no maximum points are known."""
    found = results(scope, test, scope.group)
    return found if any(r["completion"] is not None for r in found) else []


def completion(scope: Scope) -> Section:
    """Direction 5: tasks against 60 ± 3 % (Б) and 30 ± 1,5 % (П, В), and the wider group."""
    tests = [t for t in scope.tests if measured(scope, t)]
    topic = "5. Выполнение заданий"
    if not tests:
        return Section("tasks", topic, "Выполнение заданий не проверено", (UNMEASURED,))
    judged = [r for t in tests for r in results(scope, t, scope.group) if r["verdict"]]
    low = [r for r in judged if r["verdict"] == "insufficient"]
    checked = plural(len(judged), "задание", "задания", "заданий")
    claim = (
        f"Ниже порога {out_of(len(low), len(judged))} заданий с известным уровнем сложности"
        if low
        else f"Заданий ниже порога нет: проверено {checked}"
        if judged
        else "Выполнение заданий показано без вывода: уровни сложности не известны"
    )
    blocks: list[Block] = [_counts(scope, tests)]
    blocks += [_hardest(scope, tests)] if low else []
    if scope.school:
        blocks += [task_chart(scope, t) for t in tests[:TASK_CHARTS]]
        if len(tests) > TASK_CHARTS:
            text = f"Здесь первые {TASK_CHARTS} из {len(tests)} работ; остальные — по ссылкам выше."
            blocks.append(Notice("Показаны не все работы", text))
    return Section("tasks", topic, claim, tuple(blocks), "tasks")


def _counts(scope: Scope, tests: Sequence[Test]) -> Table:
    rows = []
    for test in tests:
        found = results(scope, test, scope.group)
        verdicts = [r["verdict"] for r in found]
        cells = [number(verdicts.count(v)) for v in VERDICTS]
        name = Cell(test.label, href=test.page)
        rows.append(row(name, number(len(found)), *cells, number(verdicts.count(None))))
    return Table(
        f"Сколько заданий выполнено достаточно: {scope.group.name}, {scope.year} год",
        ("Работа", "Заданий", "Достаточно", "У порога", "Ниже порога", "Не проверено"),
        tuple(rows),
        "lrrrrr",
        sources(scope.edition, tests, "файлы участников и описания работ"),
        "Порог: Б — 60 % ± 3 п.п., П и В — 30 % ± 1,5 п.п. (ФИОКО, 2026). «Не проверено» — для "
        "задания не известен уровень или максимальный балл.",
    )


def _reference(scope: Scope, test: Test) -> tuple[Group, dict[int, Record]] | None:
    """The nearest wider group that has results of the tasks."""
    for group in scope.references(test):
        found = {r["position"]: r for r in results(scope, test, group)}
        if found:
            return group, found
    return None


def _hardest(scope: Scope, tests: Sequence[Test]) -> Table:
    """Up to three tasks a test that are farthest below the threshold of their level."""
    rows = []
    for test in tests:
        tasks, wider = described(scope, test), _reference(scope, test)
        low = [r for r in results(scope, test, scope.group) if r["verdict"] == "insufficient"]
        low.sort(key=lambda r: (_below(r, tasks), r["position"]))
        for record in low[:HARDEST]:
            task = tasks.get(record["position"], {})
            other = wider[1].get(record["position"]) if wider else None
            name = f"{test.label}: задание {task_name(tasks, record['position'])}"
            rows.append(
                row(
                    Cell(name, href=test.page),
                    task.get("level"),
                    task.get("skill") or "нет описания",
                    share_cell(record["earned"], record["possible"], "low"),
                    *([percent(other["completion"] if other else None)] * bool(scope.school)),
                )
            )
    beside = ("Муниципалитет",) * bool(scope.school)
    return Table(
        f"Задания дальше всего ниже порога (до {HARDEST} в каждой работе)",
        ("Задание", "Уровень", "Проверяемое умение", "Выполнение", *beside),
        tuple(rows),
        "lllr" + "r" * len(beside),
        sources(scope.edition, tests, "файлы участников и описания работ"),
        "Выполнение — набрано баллов из возможных; под долей — баллы.",
    )


def _below(record: Record, tasks: dict[int, Record]) -> float:
    level = tasks.get(record["position"], {}).get("level")
    return record["completion"] - THRESHOLDS.get(level, 0.0)


def task_chart(scope: Scope, test: Test) -> Chart:
    """Completion of every task beside the wider group and the threshold of its level."""
    tasks, wider = described(scope, test), _reference(scope, test)
    found = results(scope, test, scope.group)
    names = [task_name(tasks, r["position"]) for r in found]
    limits = [THRESHOLDS.get(tasks.get(r["position"], {}).get("level")) for r in found]
    beside = None
    if wider:
        group, others = wider
        beside = (group.name, [others.get(r["position"], {}).get("completion") for r in found])
    diamond = f"ромб — {beside[0]}; " if beside else ""
    return Chart(
        f"tasks-{test.test_id}",
        f"{test.label}, {test.year}: выполнение заданий",
        f"Столбец — доля набранных баллов от возможных; {diamond}оранжевая черта — порог уровня "
        "задания (Б — 60 %, П и В — 30 %), если уровень известен.",
        f"Столбики выполнения {len(found)} заданий: {scope.group.name}",
        task_figures.tasks(
            names, (scope.group.name, [r["completion"] for r in found]), beside, limits
        ),
        _task_table(scope, test, names, beside),
    )


def _task_table(
    scope: Scope, test: Test, names: Sequence[str], beside: tuple[str, list] | None
) -> Table:
    tasks = described(scope, test)
    rows = []
    for place, record in enumerate(results(scope, test, scope.group)):
        task = tasks.get(record["position"], {})
        own, other = record["completion"], beside[1][place] if beside else None
        gap = None if own is None or other is None else own - other
        rows.append(
            row(
                Cell(names[place], task.get("skill") or ""),
                task.get("level"),
                number(task.get("max_points")),
                number(record["n"]),
                percent(own),
                *([percent(other), change(gap)] if beside else []),
                verdict_cell(record),
            )
        )
    compared = (beside[0], "Разница") if beside else ()
    return Table(
        f"{test.label}: выполнение заданий",
        ("Задание", "Уровень", "Макс.", "n", "Выполнение", *compared, "Вывод"),
        tuple(rows),
        "llrrr" + "r" * len(compared) + "l",
        sources(scope.edition, [test], "файлы участников и описание работы"),
        folded=bool(scope.school),
    )
