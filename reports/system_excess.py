"""How much of the excess at mark boundaries the whole town and the region have."""

from __future__ import annotations

from reports.blocks import Block, Cell, Row, Table, row
from reports.lifting_details import MARKS
from reports.members import Record, Test
from reports.scope import Scope, sources
from reports.wording import DASH, number, p_value, percent, signed


def excess_table(scope: Scope, test: Test) -> list[Block]:
    """The municipality and the region beside a smooth curve; nothing where neither has counts."""
    region = scope.edition.region(test.test_id)
    names = {group.group_id: group.name for group in (scope.whole, region) if group}
    rows = [r for r in scope.edition.rows("system_excess", test.test_id) if r["group_id"] in names]
    if not rows:
        return []
    order = list(names)
    rows.sort(key=lambda r: (order.index(r["group_id"]), r["score"] or 0))
    return [
        Table(
            f"{test.label}, {test.year}: избыток на границах отметок в целом",
            ("Кто", "Граница", "n", "Доля сверх кривой", "p", "Работ сверх"),
            tuple(_line(names[r["group_id"]], r) for r in rows),
            "llrrrr",
            sources(scope.edition, [test], "файлы участников и отчёты о распределении"),
            "Какая доля не добравших 1–2 балла стоит на границе сверх гладкой кривой. Это свойство "
            "системы — привычки округлять в пользу ученика, — а не признак школы: такая кривая "
            "отметила бы треть честных школ. Школы поэтому сравниваются с распределением области, "
            "а не с кривой. p по трём баллам у границы — точный критерий Франдсена.",
            folded=True,
        )
    ]


def _line(name: str, r: Record) -> Row:
    place = Cell(MARKS[r["boundary"]], f"с {r['score']} баллов") if r["boundary"] else "все вместе"
    if r["estimate"] is None:
        return row(name, Cell(DASH, r["reason"] or ""), number(r["n"]), DASH, DASH, DASH)
    exact = f"по трём баллам {p_value(r['p_exact'])}" if r["p_exact"] is not None else ""
    return row(
        name,
        place,
        number(r["n"]),
        Cell(percent(r["estimate"]), f"от {percent(r['ci_low'])} до {percent(r['ci_high'])}"),
        Cell(p_value(r["p_value"]), exact),
        signed(r["pupils"], 0) if r["pupils"] is not None else DASH,
        kind="" if r["boundary"] else "whole",
    )
