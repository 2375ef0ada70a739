"""The pupils' rows of one sheet: cells by role, Excel's row numbers, and how to report a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers import cells, header
from pipelines.readers.cells import Sign
from pipelines.readers.header import Header, Layout
from pipelines.readers.reading import ProblemLog, Sheet
from pipelines.readers.tokens import Tokens

Texts = pd.api.extensions.ExtensionArray


@dataclass(frozen=True)
class Page:
    """The data rows of one sheet under its header.

    rows: Excel's numbers of the data rows. cells: tokens by role, shape (rows,). tasks: tokens of
    the tasks, shape (rows, tasks). texts: canonical text columns by role. sections: Excel's numbers
    of the section rows between the data rows.
    """

    sheet: Sheet
    header: Header
    log: ProblemLog
    rows: NDArray[np.int64]
    cells: dict[str, Tokens]
    tasks: Tokens
    texts: dict[str, Texts]
    sections: tuple[int, ...] = ()

    def task_columns(self) -> NDArray[np.int64]:
        """Zero-based columns of the tasks in the sheet."""
        return np.array([place for place, _ in self.header.tasks], dtype=np.int64)

    def blank(self, role: str) -> NDArray[np.bool_]:
        """For each row, whether the column of `role` is empty or absent from the sheet."""
        if role not in self.cells:
            return np.ones(len(self.rows), dtype=bool)
        return self.cells[role].flags(cells.is_blank)

    def signs(
        self, role: str, parse: Callable[[Any], tuple[Sign, int]]
    ) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
        """Kinds and numbers of the cells of `role`; blanks where the sheet has no such column."""
        if role not in self.cells:
            count = len(self.rows)
            return np.full(count, Sign.BLANK, dtype=np.int8), np.zeros(count, dtype=np.int16)
        return self.cells[role].signs(parse)

    def fault(
        self,
        code: str,
        where: NDArray[np.bool_] | NDArray[np.intp],
        column: int | NDArray[np.integer],
        *,
        expected: Any = "",
        quoted: bool = True,
    ) -> None:
        """Notes `code` for the rows `where` (a mask or places), each at `column` of the sheet."""
        places = np.flatnonzero(where) if where.dtype == bool else where
        if not len(places):
            return
        numbers = self.rows[places]
        columns = np.broadcast_to(column, len(places))
        titles = self.sheet.rows[self.header.row]
        found = zip(numbers, columns, strict=True)
        self.log.add(
            code,
            sheet=self.sheet.name,
            row=numbers,
            column_index=columns,
            column=[cells.text(titles[c]) for c in columns],
            login=[None if pd.isna(x) else x for x in self.texts["login"].take(places)],
            value=[cells.quotable(self.sheet.rows[r - 1][c]) for r, c in found] if quoted else None,
            expected=expected,
        )


def page(
    sheet: Sheet, found: Header, layout: Layout, constants: Mapping[str, str], log: ProblemLog
) -> Page:
    """The data rows of `sheet` below the header `found`.

    A data row has something in a column of the layout other than the total: forms come with zeros
    filled in beforehand. `constants` are text columns that the sheet lacks.
    """
    body = sheet.rows[found.row + 1 :]
    columns = list(zip(*body, strict=True)) if body else [()] * len(sheet.rows[found.row])
    tokens = {role: Tokens.of([columns[p]]).column(0) for role, p in found.columns.items()}
    tasks = Tokens.of([columns[place] for place, _ in found.tasks])
    numbers = np.arange(found.row + 2, found.row + 2 + len(body), dtype=np.int64)

    sections = _flags(tokens, "login", _is_section(layout), len(body))
    title = header.fold(sheet.rows[found.row][found.columns["pupil"]])
    repeated = tokens["pupil"].flags(lambda value: header.fold(str(value)) == title)
    if repeated.any():
        log.add("header_repeated", sheet=sheet.name, row=numbers[repeated])
    data = _filled(tokens, tasks) & ~sections & ~repeated

    kept = {role: column.take(data) for role, column in tokens.items()}
    count = int(data.sum())
    texts = {
        role: kept[role].texts(layout.roles[role].read)
        if role in kept
        else pd.array([constants.get(role)], dtype="str").take(np.zeros(count, dtype=np.intp))
        for role in ("login", "municipality", "school_name", "class_label", "pupil")
    }
    return Page(
        sheet=sheet,
        header=found,
        log=log,
        rows=numbers[data],
        cells=kept,
        tasks=tasks.take(data),
        texts=texts,
        sections=tuple(numbers[sections].tolist()),
    )


def _is_section(layout: Layout) -> Callable[[Any], bool] | None:
    pattern = layout.section
    return (lambda value: bool(pattern.search(cells.text(value)))) if pattern else None


def _flags(
    tokens: dict[str, Tokens], role: str, test: Callable[[Any], bool] | None, count: int
) -> NDArray[np.bool_]:
    if test is None or role not in tokens:
        return np.zeros(count, dtype=bool)
    return tokens[role].flags(test)


def _filled(tokens: dict[str, Tokens], tasks: Tokens) -> NDArray[np.bool_]:
    filled = ~tasks.flags(cells.is_blank).all(axis=1)
    for role, column in tokens.items():
        if role != "score":
            filled |= ~column.flags(cells.is_blank)
    return filled
