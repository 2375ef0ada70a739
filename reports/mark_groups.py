"""Direction 7: how groups of participants with marks 2, 3, 4, 5 do the tasks.

A group is shown from 10 participants (FIOKO 2026, p. 23–26); crossings of groups are reported
from a difference of 5 percentage points (a threshold of this project).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from reports import task_figures
from reports.blocks import Cell, Chart, Notice, Section, Table, row
from reports.disclosure import FULL_SHARES_FROM, hidden_groups
from reports.members import Record, Test
from reports.scope import Scope, sources
from reports.tasks import described, results, task_name
from reports.wording import DASH, number, out_of, part, percent, plural

MARKS = (2, 3, 4, 5)
CROSSING = 0.05

Groups = dict[int, list[Record]]


def shown(scope: Scope, test: Test) -> Groups:
    """Results of the tasks by mark group; groups that are too small are left out.

    The whole is shown beside them, so a group of 1–4 takes its smallest neighbour with it.
    """
    record = scope.marks(test) or {}
    sizes = {str(mark): record.get(f"n{mark}") or 0 for mark in MARKS}
    closed = hidden_groups(sizes) | {m for m, n in sizes.items() if n < FULL_SHARES_FROM}
    found = {mark: results(scope, test, scope.group, str(mark)) for mark in MARKS}
    return {
        mark: rows
        for mark, rows in found.items()
        if str(mark) not in closed and any(r["completion"] is not None for r in rows)
    }


def _completion(groups: Groups) -> dict[int, dict[int, float]]:
    """Known completion by mark and position."""
    return {
        mark: {r["position"]: r["completion"] for r in rows if r["completion"] is not None}
        for mark, rows in groups.items()
    }


def compared(groups: Groups) -> set[int]:
    """Positions of the tasks that two groups at least can be compared in."""
    done = Counter(p for known in _completion(groups).values() for p in known)
    return {position for position, times in done.items() if times > 1}


def crossings(groups: Groups) -> list[tuple[int, int, int]]:
    """(position, lower mark, higher mark) where the lower group did the task clearly better."""
    by_mark = _completion(groups)
    return [
        (position, low, high)
        for low, high in pairwise(sorted(by_mark))
        for position, done in sorted(by_mark[low].items())
        if position in by_mark[high] and done - by_mark[high][position] > CROSSING
    ]


def groups_section(scope: Scope) -> Section:
    """Direction 7; the heading counts the tasks where groups cross."""
    found = [(t, g) for t in scope.tests if (g := shown(scope, t))]
    topic = "7. Группы участников по отметкам"
    checked = sum(len(compared(g)) for _, g in found)
    if not checked:
        notice = Notice(
            "Не проверено",
            f"Группа показывается от {FULL_SHARES_FROM} участников с отметкой и с баллами за "
            "задания, у которых известен максимум; двух таких групп нет ни в одной работе.",
        )
        return Section("groups", topic, "Группы участников не сравнивались", (notice,))
    crossed = {(t.test_id, c[0]) for t, g in found for c in crossings(g)}
    tasks = plural(checked, "задание", "задания", "заданий")
    claim = (
        f"Группы пересекаются в {out_of(len(crossed), checked)} заданий: причины стоит изучить"
        if crossed
        else f"Пересечений групп нет: проверено {tasks}"
    )
    return Section("groups", topic, claim, (_summary(scope, found),), "groups")


def _summary(scope: Scope, found: Sequence[tuple[Test, Groups]]) -> Table:
    rows = []
    for test, groups in found:
        tasks = described(scope, test)
        crossed = [
            f"{task_name(tasks, p)} («{low}» выше «{high}»)" for p, low, high in crossings(groups)
        ]
        name = Cell(test.label, href=test.page)
        cells = [_group_cell(groups.get(mark)) for mark in MARKS]
        nothing = "нет" if compared(groups) else "не проверено"
        rows.append(row(name, *cells, "; ".join(crossed) or nothing))
    return Table(
        f"Выполнение всей работы группами по отметке: {scope.group.name}, {scope.year} год",
        ("Работа", "«2»", "«3»", "«4»", "«5»", "Задания, где группы пересекаются"),
        tuple(rows),
        "lrrrrl",
        sources(scope.edition, [t for t, _ in found], "файлы участников"),
        f"Набрано баллов от возможных; прочерк — группа меньше {FULL_SHARES_FROM} человек или "
        "закрыта рядом с такой. Пересечение — группа с более низкой отметкой выполнила задание "
        "лучше соседней больше чем на 5 п.п.",
    )


def _group_cell(rows: list[Record] | None) -> Cell:
    if not rows:
        return Cell(DASH, tone="muted")
    counted = [r for r in rows if r["possible"]]
    share = part(sum(r["earned"] for r in counted), sum(r["possible"] for r in counted))
    return Cell(percent(share), f"n = {number(max(r['n'] for r in rows))}")


def groups_chart(scope: Scope, test: Test) -> Chart | None:
    """Completion by task, a line a mark group; None where no two groups can be shown."""
    groups = shown(scope, test)
    if len(groups) < 2:
        return None
    tasks = described(scope, test)
    positions = [r["position"] for r in next(iter(groups.values()))]
    names = [task_name(tasks, p) for p in positions]
    by_mark = {m: {r["position"]: r["completion"] for r in rows} for m, rows in groups.items()}
    rows = [
        row(name, *(percent(by_mark[m].get(p)) for m in groups))
        for name, p in zip(names, positions, strict=True)
    ]
    sizes = {m: max(r["n"] for r in rows) for m, rows in groups.items()}
    return Chart(
        f"groups-{test.test_id}",
        f"Выполнение заданий группами по отметке: {scope.group.name}",
        "Линия — группа участников с одной отметкой, подписана справа. Обычно линии идут одна "
        "над другой; там, где они пересекаются, задание работает не так, как остальные.",
        f"Линии выполнения {len(names)} заданий группами с отметками "
        + ", ".join(str(m) for m in groups),
        task_figures.mark_groups(
            names, {m: [by_mark[m].get(p) for p in positions] for m in groups}
        ),
        Table(
            f"Выполнение заданий группами по отметке: {scope.group.name}",
            ("Задание", *(f"«{m}», n = {number(sizes[m])}" for m in groups)),
            tuple(rows),
            "l" + "r" * len(groups),
            sources(scope.edition, [test], "файлы участников"),
            f"Группы меньше {FULL_SHARES_FROM} человек не показаны.",
            folded=True,
        ),
    )
