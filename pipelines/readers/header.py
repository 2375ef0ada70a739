"""Headers of pupil-level protocols: which column is what, found by the header's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from analytics import norms
from pipelines.readers import cells
from pipelines.readers.reading import Sheet, Task, Workbook

SEARCHED_ROWS = 30  # titles and merged heads stand above the header, never this many

_PERSONAL = re.compile(
    r"\b(?:фио|ф\. ?и\. ?о\.?|фамилия|имя|отчество)\b|телефон|e-?mail|почт|паспорт|снилс|документ"
    r"|дата рождения|адрес"
)
# «1 (2б)», «5(1б)», «16 (1) (1б)», «6К1 (3б)», «11.3 k1 (2б)», «9,1 (1б)»
_TASK = re.compile(
    r"(\d+)(?:[.,](\d+))? ?(?:\((\d+)\))? ?(?:[кk] ?(\d+))? ?\((\d+) ?б(?:алл[а-я]*|\.)?\)"
)
_LEVELS = {"Б": "Б", "П": "П", "В": "В", "B": "В"}  # the last key is the Latin letter


@dataclass(frozen=True)
class Role:
    """One column of a layout: its title as the form prints it, and how the header is known.

    pattern: of the whole header after `norms.fold`, with no blanks around a slash.
    read: makes the column's text of a cell.
    """

    title: str
    pattern: str
    required: bool = False
    read: Callable[[Any], str | None] = cells.label


def numbered_task(header: str) -> Task | None:
    """The task of a header with its maximum: «6К1 (3б)»; None if it is no such header."""
    match = _TASK.fullmatch(header)
    if not match:
        return None
    number, decimal, bracket, criterion, maximum = match.groups()
    parts = ".".join(part for part in (number, decimal, bracket) if part)
    return Task(parts + (f"К{criterion}" if criterion else ""), int(maximum))


@dataclass(frozen=True, eq=False)
class Layout:
    """How the header of one layout looks.

    roles: columns by canonical name. anchors: a row with one of these roles and a task is a header,
    unless it has a header of `alien`, which marks another layout. tasks_end: the role of the
    column at which the tasks end. section: of rows that stand between the pupils' rows, in the
    column of the login.
    """

    roles: dict[str, Role]
    anchors: tuple[str, ...]
    task: Callable[[str], Task | None] = numbered_task
    alien: str | None = None
    tasks_end: str | None = None
    section: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Header:
    """The header found in a sheet: zero-based row and columns.

    columns: by role. tasks: column and task, in the sheet's order. repeated: headers that name a
    role or a task once more, with their columns. personal: headers of personal data.
    """

    row: int
    columns: dict[str, int]
    tasks: tuple[tuple[int, Task], ...]
    repeated: tuple[tuple[int, str], ...]
    personal: tuple[tuple[int, str], ...]


def found_in(workbook: Workbook, layout: Layout) -> bool:
    """True if a sheet of `workbook` has the header of `layout`."""
    return any(find(sheet, layout) is not None for sheet in workbook.sheets)


def find(sheet: Sheet, layout: Layout) -> Header | None:
    """The header of `layout` in the sheet's first rows; None if it has none."""
    for index, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
        meanings = [_meaning(layout, c) if isinstance(c, str) and c else None for c in row]
        anchored = any(anchor in meanings for anchor in layout.anchors)
        if anchored and "alien" not in meanings and any(isinstance(m, Task) for m in meanings):
            above = sheet.rows[index - 1] if index else []
            return _header(index, meanings, row, above, layout)
    return None


def titles(sheet: Sheet, found: Header) -> list[str]:
    """The texts above a header."""
    return [cells.text(value) for row in sheet.rows[: found.row] for value in row if value != ""]


def missing(header: Header, layout: Layout) -> list[str]:
    """Titles of the required columns that `header` lacks."""
    titles = [
        role.title
        for name, role in layout.roles.items()
        if role.required and name not in header.columns
    ]
    return titles if header.tasks else [*titles, "баллы за задания"]


def fold(header: str) -> str:
    """A header for comparison: blanks, case, ё and blanks around a slash do not count."""
    return re.sub(r" ?/ ?", "/", norms.fold(cells.text(header)))


@lru_cache(maxsize=16384)
def _meaning(layout: Layout, header: str) -> str | Task | None:
    """The role or task that `header` names; "alien", "personal" or None for the others."""
    folded = fold(header)
    for name, role in layout.roles.items():
        if re.fullmatch(role.pattern, folded):
            return name
    if layout.alien and re.fullmatch(layout.alien, folded):
        return "alien"
    return layout.task(folded) or ("personal" if _PERSONAL.search(folded) else None)


def _header(
    index: int, meanings: list[str | Task | None], row: list[Any], above: list[Any], layout: Layout
) -> Header:
    columns: dict[str, int] = {}
    tasks: dict[str, tuple[int, Task]] = {}
    repeated, personal = [], []
    for place, meaning in enumerate(meanings):
        if meaning is None:
            continue
        shown = cells.text(row[place])
        if meaning == "personal":
            personal.append((place, shown))
        elif isinstance(meaning, Task):
            if layout.tasks_end in columns:
                continue
            if meaning.task in tasks:
                repeated.append((place, shown))
            tasks.setdefault(meaning.task, (place, meaning))
        elif meaning in columns:
            repeated.append((place, shown))
        else:
            columns[meaning] = place
    levels = _levels(above, [place for place, _ in tasks.values()])
    graded = tuple((p, replace(t, level=levels.get(p))) for p, t in tasks.values())
    return Header(index, columns, graded, tuple(repeated), tuple(personal))


def _levels(above: list[Any], places: list[int]) -> dict[int, str]:
    """Levels Б, П, В in the row above the header, if it holds nothing else over the tasks."""
    shown = {place: cells.text(above[place]).upper() for place in places} if above else {}
    filled = {place: _LEVELS.get(level) for place, level in shown.items() if level}
    return {} if None in filled.values() else {p: str(level) for p, level in filled.items()}
