"""The Italian index of unusual classes on the page of a test: for comparison, never a sign."""

from __future__ import annotations

from reports.blocks import Block, Cell, Table, row
from reports.members import Test
from reports.scope import Scope, sources
from reports.wording import DASH, number


def invalsi_table(scope: Scope, test: Test) -> list[Block]:
    """The index of each school; nothing where no school has one."""
    schools = {s.school_id: s for s in scope.town.schools}
    found = {
        r["school_id"]: r
        for r in scope.edition.rows("invalsi_index", test.test_id)
        if r["school_id"] in schools and not scope.edition.is_hidden(test.test_id, r["school_id"])
    }
    if all(r["invalsi_index"] is None for r in found.values()):
        return []
    lines = tuple(
        row(
            Cell(school.name, href=scope.link(school)),
            number(found[key]["classes"]),
            number(found[key]["n"]),
            Cell(number(found[key]["invalsi_index"], 2), found[key]["reason"] or "")
            if found[key]["invalsi_index"] is not None
            else Cell(DASH, found[key]["reason"] or ""),
        )
        for key, school in schools.items()
        if key in found
    )
    return [
        Table(
            f"{test.label}, {test.year}: индекс INVALSI",
            ("Школа", "Классов", "n", "Индекс"),
            lines,
            "lrrr",
            sources(scope.edition, [test], "файлы участников"),
            "Итальянский показатель необычных классов, от 0 до 1: высокий средний, малый разброс, "
            "однородные ответы. Для сравнения с публикациями. Он выделяет группу классов в любых "
            "данных, в том числе честных, доля ложных у него не известна; на вывод о школе не "
            "влияет. Школы — по номеру, это не рейтинг.",
            folded=True,
        )
    ]
