"""A table inside a sheet: its header found by search, its columns by their headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics import norms
from pipelines.readers.cells import is_blank, text
from pipelines.readers.reading import ProblemLog, Sheet, excel_column

HEADER_ROWS = 30  # a header lower than this is none

_QUESTION_NUMBER = re.compile(r"^\d+(?:\.\d+)*[.)]\s*")


@dataclass(frozen=True)
class Heading:
    """A column to look for: canonical name, heading as the form prints it, pattern of variants.

    `pattern` must match the beginning of the heading as `heading()` gives it.
    """

    column: str
    label: str
    pattern: str
    required: bool = True


@dataclass(frozen=True, eq=False)
class SheetTable:
    """cells: the body as it stands, shape (rows, columns of the sheet), without blank rows.

    source: the sheet it stands in; header_row: zero-based, None if no header was found; rows:
    Excel's row numbers of the body; columns: zero-based columns by canonical name; missing: labels
    of the required columns that are not there.
    """

    source: Sheet
    header_row: int | None
    headers: list[str]
    cells: NDArray[np.object_]
    rows: NDArray[np.int64]
    columns: dict[str, int]
    missing: tuple[str, ...]

    @property
    def sheet(self) -> str:
        """The sheet's name."""
        return self.source.name

    def texts(
        self, column: str, parse: Callable[[Any], str | None] = lambda cell: text(cell) or None
    ) -> NDArray[np.object_]:
        """A column as texts, None where blank; all None if the sheet has no such column."""
        if column not in self.columns:
            return np.full(len(self.rows), None, dtype=object)
        return each(self.cells[:, self.columns[column]], parse)

    def numbers(
        self, columns: Sequence[int], parse: Callable[[Any], float | None]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Cells (rows, columns) as numbers, NaN where blank or faulty, and which are faulty."""
        block = self.cells[:, list(columns)]
        codes, uniques = pd.factorize(block.ravel())
        found = [parse(cell) for cell in uniques]
        values = np.array([np.nan if f is None else f for f in found], dtype=np.float64)
        faulty = np.array(
            [f is None and not is_blank(c) for f, c in zip(found, uniques, strict=True)], dtype=bool
        )
        return values[codes].reshape(block.shape), faulty[codes].reshape(block.shape)

    def keep(self, rows: NDArray[np.bool_]) -> SheetTable:
        """The table with these rows only."""
        return SheetTable(
            self.source,
            self.header_row,
            self.headers,
            self.cells[rows],
            self.rows[rows],
            self.columns,
            self.missing,
        )

    def fault(
        self,
        log: ProblemLog,
        code: str,
        faulty: ArrayLike,
        columns: int | Sequence[int] | None = None,
        *,
        expected: str | Sequence[str] = "",
        login: NDArray[np.object_] | None = None,
        value: Sequence[str] | None = None,
    ) -> None:
        """Notes `code` for each faulty cell (rows, columns), or row if `columns` is None.

        expected, login, value: per row of the table; value is quoted instead of the cell.
        """
        places = [columns] if isinstance(columns, int) else columns
        mask = np.asarray(faulty, dtype=bool).reshape(len(self.rows), len(places or [None]))
        row, place = np.nonzero(mask)
        if len(row) == 0:
            return
        at = None if places is None else np.asarray(places)[place]
        quoted = None if at is None else self.cells[row, at]
        log.add(
            code,
            sheet=self.sheet,
            row=self.rows[row],
            column_index=at,
            column=None if at is None else [self.headers[c] for c in at],
            login=None if login is None else login[row],
            value=quoted if value is None else np.asarray(value, dtype=object)[row],
            expected=expected if isinstance(expected, str) else [expected[r] for r in row],
        )

    def uncached(self) -> NDArray[np.bool_]:
        """For each cell of the body, whether it is a formula without a stored value."""
        marked = self.source.uncached_formulas
        mask = np.zeros(self.cells.shape, dtype=bool)
        for column in range(mask.shape[1]) if marked else ():
            letters = excel_column(column)
            mask[:, column] = [f"{letters}{row}" in marked for row in self.rows]
        return mask

    def addresses(self) -> dict[tuple[str, str], str]:
        """Excel's letters of the columns found, as `Reading.addresses` wants them."""
        return {(self.sheet, name): excel_column(c) for name, c in self.columns.items()}


def find_table(sheet: Sheet, headings: Sequence[Heading], *, at_least: int = 2) -> SheetTable:
    """The table under the row that has most of `headings`, the upper one of equals.

    Header rows repeated inside the body are no data and are left out, and so are blank rows.
    """
    best: dict[str, int] = {}
    header_row = None
    for i, row in enumerate(sheet.rows[:HEADER_ROWS]):
        found = _columns(row, headings)
        if len(found) > max(len(best), at_least - 1):
            best, header_row = found, i
    missing = tuple(h.label for h in headings if h.required and h.column not in best)
    if header_row is None:
        nothing = np.empty((0, 0), dtype=object)
        return SheetTable(sheet, None, [], nothing, np.empty(0, np.int64), {}, missing)
    header = sheet.rows[header_row]
    body = sheet.rows[header_row + 1 : _last_filled(sheet.rows) + 1]
    cells = np.array(body, dtype=object).reshape(len(body), len(header))
    rows = np.arange(header_row + 2, header_row + 2 + len(body))
    places = sorted(best.values())
    repeated = (cells[:, places] == np.array([header[c] for c in places], dtype=object)).all(axis=1)
    data = filled(cells).any(axis=1) & ~repeated
    headers = [text(cell) for cell in header]
    return SheetTable(sheet, header_row, headers, cells[data], rows[data], best, missing)


def require(table: SheetTable, log: ProblemLog) -> bool:
    """Whether all required columns are there; if not, sets the file aside, naming every one.

    Also notes what Excel shows otherwise than it is read: hidden rows, formulas without a value.
    """
    if table.missing:
        names = ", ".join(f"«{label}»" for label in table.missing)
        log.add("table_columns_missing", value=table.sheet, expected=names)
        return False
    if not len(table.rows):
        log.add("table_without_rows", value=table.sheet)
    if not table.source.visible:
        log.add("hidden_sheet", sheet=table.sheet, value=table.sheet)
    hidden = sorted(table.source.hidden_rows & set(table.rows.tolist()))
    if hidden:
        log.add("table_rows_hidden", sheet=table.sheet, row=hidden[0], value=len(hidden))
    table.fault(log, "formula_not_calculated", table.uncached(), range(len(table.headers)))
    return True


@lru_cache(maxsize=8192)
def heading(cell: str) -> str:
    """A heading for comparison: no number of a question, no quotes around, no ё, no capitals."""
    return _QUESTION_NUMBER.sub("", norms.fold(text(cell).strip("\"'«»"))).strip()


def top_headings(sheet: Sheet) -> Iterator[frozenset[str]]:
    """The texts of each of the upper rows, as `heading()` gives them."""
    for row in sheet.rows[:HEADER_ROWS]:
        yield frozenset(heading(cell) for cell in row if isinstance(cell, str) and cell)


def filled(cells: NDArray[np.object_]) -> NDArray[np.bool_]:
    """For each cell, whether it holds anything but blanks."""
    codes, uniques = pd.factorize(cells.ravel())
    full = np.array([not is_blank(cell) for cell in uniques], dtype=bool)
    return full[codes].reshape(cells.shape)


def each(values: NDArray[np.object_], parse: Callable[[Any], object | None]) -> NDArray[np.object_]:
    """`parse` of every value, None for None; each distinct value is parsed once."""
    codes, uniques = pd.factorize(values)
    parsed = np.empty(len(uniques) + 1, dtype=object)
    parsed[:-1] = [parse(value) for value in uniques]
    return parsed[codes]


def _last_filled(rows: list[list[Any]]) -> int:
    """Zero-based place of the last row with a cell: below it a sheet may have a million blanks."""
    last = len(rows) - 1
    while last > 0 and rows[last].count("") == len(rows[last]):
        last -= 1
    return last


def _columns(row: Sequence[Any], headings: Sequence[Heading]) -> dict[str, int]:
    """Zero-based columns of `headings` in a row; of equal headings the left one."""
    names = [(i, heading(text(cell))) for i, cell in enumerate(row) if cell != ""]
    found = {}
    for wanted in headings:
        pattern = re.compile(wanted.pattern)
        at = next((i for i, name in names if pattern.match(name)), None)
        if at is not None:
            found[wanted.column] = at
    return found
