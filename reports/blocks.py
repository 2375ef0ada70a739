"""What a page is made of: tables, charts, notices and sections, ready for the templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reports.wording import DASH


@dataclass(frozen=True)
class Cell:
    """One cell: the figure, the small line under it (n), a link, a tone that the words repeat."""

    text: str
    note: str = ""
    href: str = ""
    tone: str = ""  # "", "low", "doubt", "muted"


@dataclass(frozen=True)
class Row:
    """One row; `kind` is "" or "whole" (municipality, region) or "own" (the reader's school)."""

    cells: tuple[Cell, ...]
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """One table of figures; `align` has l or r per column, the first column heads its row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    align: str
    sources: str = ""
    note: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Chart:
    """One plotly chart with how to read it, what it shows in words, and its numbers."""

    chart_id: str
    title: str
    caption: str
    description: str
    spec: dict[str, Any]
    table: Table


@dataclass(frozen=True)
class Notice:
    """A designed state: what is missing or must be kept in mind, why, and what to do."""

    title: str
    text: str


@dataclass(frozen=True)
class Bullets:
    """A list of statements; each may link to where its numbers are."""

    title: str
    items: tuple[Cell, ...]


@dataclass(frozen=True)
class Statement:
    """A finding told by terms: what is seen, how sure it is, what else explains it."""

    title: Cell
    terms: tuple[tuple[str, str], ...]
    tone: str = ""  # as of a cell


Block = Table | Chart | Notice | Bullets | Statement


@dataclass(frozen=True)
class Section:
    """One numbered section: `topic` names it, `claim` is the finding that heads it.

    `prose` names the macro of templates/prose.html.j2 that explains the section, or is empty.
    """

    section_id: str
    topic: str
    claim: str
    blocks: tuple[Block, ...] = ()
    prose: str = ""
    chapter: bool = field(default=False)


@dataclass(frozen=True)
class Page:
    """One document: the first screen (facts, findings, gaps), then its sections.

    internal: only in the edition for official use.
    """

    path: str
    title: str
    place: str
    facts: tuple[tuple[str, str], ...]
    findings: Bullets
    unknown: Bullets
    sections: tuple[Section, ...]
    years: tuple[Cell, ...]
    sign_off: bool = False
    internal: bool = False


def row(*cells: str | Cell | None, kind: str = "") -> Row:
    """A row of cells; plain text becomes a cell, a missing one a dash."""
    return Row(
        tuple(c if isinstance(c, Cell) else Cell(DASH if c is None else c) for c in cells), kind
    )
