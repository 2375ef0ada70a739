"""Tables as HTML. A site has a hundred thousand cells, so they are written here, not by templates.

Every text is escaped at the one place where a cell is written.
"""

from __future__ import annotations

from functools import cache
from html import escape

from markupsafe import Markup

from reports.blocks import Cell, Row, Table


def table_html(table: Table) -> Markup:
    """The `<table>` with caption, column heads and a head for every row."""
    head = "".join(
        f'<th scope="col"{_class(align, "")}>{escape(name)}</th>'
        for name, align in zip(table.head, table.align, strict=True)
    )
    body = "\n".join(_row(row, table.align) for row in table.rows)
    return Markup(
        f"<table>\n<caption>{escape(table.caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    )


def _row(row: Row, align: str) -> str:
    first, *rest = zip(row.cells, align, strict=True)
    kind = f' class="{escape(row.kind)}"' if row.kind else ""
    cells = "".join(f"<td{_class(a, c.tone)}>{_inside(c)}</td>" for c, a in rest)
    cell, side = first
    head = f'<th scope="row"{_class(side, cell.tone)}>{_inside(cell)}</th>'
    return f"<tr{kind}>{head}{cells}</tr>"


@cache
def _class(align: str, tone: str) -> str:
    names = " ".join(filter(None, ("num" if align == "r" else "", tone)))
    return f' class="{names}"' if names else ""


def _inside(cell: Cell) -> str:
    text = escape(cell.text)
    if cell.href:
        text = f'<a href="{escape(cell.href)}">{text}</a>'
    return f"{text}<small>{escape(cell.note)}</small>" if cell.note else text
