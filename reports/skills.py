"""Direction 6: planned results — skills whose tasks are mostly below the threshold."""

from __future__ import annotations

from reports.blocks import Cell, Notice, Section, Table, row
from reports.scope import Scope, sources
from reports.wording import DASH, number, out_of, percent


def skills(scope: Scope) -> Section:
    """Direction 6: skills whose tasks are mostly below the threshold."""
    found = [
        (t, r)
        for t in scope.tests
        for r in scope.edition.group_rows("skill_results", t.test_id, scope.group)
    ]
    topic = "6. Достижение планируемых результатов"
    if not found:
        notice = Notice(
            "Не проверено: нет описаний работ",
            "Умения берутся из описания работы (таблица заданий). Загрузите описания работ этого "
            "года, и раздел заполнится.",
        )
        return Section("skills", topic, "Умения не проверены", (notice,))
    weak = [(t, r) for t, r in found if r["deficit"]]
    claim = f"Признаки системного дефицита — по {out_of(len(weak), len(found))} проверенных умений"
    rows = [
        row(
            Cell(r["skill"], href=t.page),
            t.label,
            r["tasks"],
            number(r["n"]),
            Cell(percent(r["completion"]), tone="low"),
            out_of(r["insufficient_tasks"], len(r["tasks"].split(","))),
        )
        for t, r in weak
    ]
    table = Table(
        f"Умения с признаками системного дефицита: {scope.group.name}, {scope.year} год",
        ("Умение", "Работа", "Задания", "n", "Выполнение", "Заданий ниже порога"),
        tuple(rows) or (row("Таких умений нет", DASH, DASH, DASH, DASH, DASH),),
        "lllrrr",
        sources(scope.edition, scope.tests, "файлы участников и описания работ"),
        "Признак — больше половины заданий умения ниже порога (ФИОКО, 2026, с. 19). Умение, "
        "которое проверяет одно задание, — слабое основание для вывода.",
    )
    return Section("skills", topic, claim, (table,), "skills")
