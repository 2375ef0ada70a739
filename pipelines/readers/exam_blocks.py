"""Exam protocols: blocks of one exam each, several of them in one sheet.

A block is a line with the exam, a header, the participants' rows and, at times, a row «Средние».
The report builder leaves empty columns between the others: columns are found by their titles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.readers import cells
from pipelines.readers.exam_roles import PERSON, TITLES_OF_A_HEADER, role_of
from pipelines.readers.exam_title import Exam, exam_line
from pipelines.readers.header import Role
from pipelines.readers.reading import ProblemLog, Sheet
from pipelines.readers.tokens import Tokens

_CELLS_OF_AN_EXAM_LINE = 2  # more filled cells are a row of participants
_AVERAGES = {"средние", "среднее", "среднее значение", "средний балл"}

# A row with one of these is a participant's; with a number or a signature alone it is none.
_DATA = ("login", "class_label", "pupil", *PERSON, "short", "long", "score", "test_score", "mark")


@dataclass(frozen=True, eq=False)
class Block:
    """The participants' rows of one exam under one header.

    exam: None where no line names it. header_row, exam_row: Excel's numbers (exam_row 0 without a
    line). rows: Excel's numbers of the data rows; averages: of the rows «Средние» below them.
    """

    sheet: Sheet
    tokens: Tokens
    exam: Exam | None
    exam_row: int
    header_row: int
    columns: Mapping[str, int]
    titles: Mapping[str, str]
    rows: NDArray[np.int64]
    averages: NDArray[np.int64]

    def column(self, role: str) -> Tokens | None:
        """The cells of `role` in the data rows; None if the header has no such column."""
        if role not in self.columns:
            return None
        # Its own values alone: else each column would parse the values of the whole sheet.
        used, codes = np.unique(
            self.tokens.codes[self.rows - 1, self.columns[role]], return_inverse=True
        )
        return Tokens(codes, self.tokens.values[used])

    def take(self, chosen: NDArray[np.bool_]) -> Block:
        """The block with some of its rows only; the averages go with no part."""
        nothing = self.averages[:0]
        return Block(
            self.sheet, self.tokens, self.exam, self.exam_row, self.header_row, self.columns,
            self.titles, self.rows[chosen], nothing,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Grid:
    """What each cell of a sheet is, shape (rows, columns): place of a role or −1; exam lines."""

    tokens: Tokens
    names: tuple[str, ...]
    meaning: NDArray[np.int64]
    filled: NDArray[np.bool_]
    exam: NDArray[np.bool_]
    average: NDArray[np.bool_]

    def headers(self) -> NDArray[np.bool_]:
        return (self.meaning >= 0).sum(axis=1) >= TITLES_OF_A_HEADER

    def exam_lines(self) -> NDArray[np.bool_]:
        few = self.filled.sum(axis=1) <= _CELLS_OF_AN_EXAM_LINE
        return self.exam.any(axis=1) & few

    def columns(self, row: int) -> dict[str, int]:
        """Columns by role in a header; of a title in two rows the lower part counts too."""
        found: dict[str, int] = {}
        below = row + 1
        rows = [row, below] if self._continues(below) else [row]
        for at in rows:
            for place in np.flatnonzero(self.meaning[at] >= 0):
                found.setdefault(self.names[self.meaning[at, place]], int(place))
        return found

    def _continues(self, row: int) -> bool:
        """Whether a row holds titles alone, fewer than a header: the lower row of one."""
        if row >= len(self.filled) or not self.filled[row].any() or self.headers()[row]:
            return False
        return bool((self.meaning[row][self.filled[row]] >= 0).all())


def blocks(sheet: Sheet, known: Mapping[str, Role], log: ProblemLog) -> list[Block]:
    """The blocks of a sheet in their order; notes exams that are not set apart as they should."""
    grid = _grid(sheet, known)
    headers, lines = grid.headers(), grid.exam_lines()
    events = np.flatnonzero(headers | lines)
    found: list[Block] = []
    exam, exam_row, columns, header_row, announced = None, 0, {}, 0, False
    ends = [*events[1:], len(sheet.rows)]
    for event, end in zip(events.tolist(), ends, strict=True):
        if lines[event]:
            exam, exam_row, announced = _exam_of(sheet, event), event + 1, True
            if event and found and event in found[-1].rows:  # Excel's number of the row above
                _note(log, "exams_glued", sheet, event, _name(exam))
        else:
            columns, header_row = grid.columns(event), event + 1
            if found and not announced and not _goes_on(grid, columns, event, end, found[-1]):
                exam, exam_row = None, 0
                _note(log, "exam_line_missing", sheet, event)
            elif found and not announced:
                log.add("header_repeated", sheet=sheet.name, row=header_row)
            announced = False
        rows = _data_rows(grid, columns, event + 1, int(end)) if columns else np.empty(0, np.int64)
        if lines[event] and len(rows):
            _note(log, "exam_header_missing", sheet, event, _name(exam))
        if headers[event] or len(rows):
            average = np.flatnonzero(grid.average[event + 1 : int(end)].any(axis=1)) + event + 2
            titles = {r: cells.text(sheet.rows[header_row - 1][c]) or known[r].title
                      for r, c in columns.items()}  # fmt: skip
            found.append(Block(sheet, grid.tokens, exam, exam_row, header_row, columns, titles,
                               rows, average))  # fmt: skip
    return found


def _exam_of(sheet: Sheet, row: int) -> Exam:
    return next(e for e in map(exam_line, sheet.rows[row]) if e)


def _name(exam: Exam | None) -> str:
    return (exam and exam.subject) or "предмет не распознан"


def _note(log: ProblemLog, code: str, sheet: Sheet, row: int, value: str = "") -> None:
    """Notes a fault at the first filled cell of a row (zero-based)."""
    place = next((i for i, cell in enumerate(sheet.rows[row]) if cell != ""), 0)
    log.add(code, sheet=sheet.name, row=row + 1, column_index=place, value=value or None)


def _goes_on(grid: _Grid, columns: dict[str, int], row: int, end: int, before: Block) -> bool:
    """Whether the numbering under a header without an exam line goes on: a new page, no exam."""
    rows = _data_rows(grid, columns, row + 1, end)
    if "number" not in columns or "number" not in before.columns or not len(before.rows):
        return False
    if not len(rows):
        return True
    first = cells.whole(before.sheet.rows[rows[0] - 1][columns["number"]])
    last = cells.whole(before.sheet.rows[before.rows[-1] - 1][before.columns["number"]])
    return first is not None and last is not None and first > last


def _data_rows(grid: _Grid, columns: dict[str, int], start: int, end: int) -> NDArray[np.int64]:
    """Excel's numbers of the participants' rows in the zero-based rows start…end−1."""
    own = [columns[role] for role in _DATA if role in columns]
    here = slice(start, end)
    data = grid.filled[here][:, own].any(axis=1) & ~grid.average[here].any(axis=1)
    titled = (grid.meaning[here] >= 0).sum(axis=1) >= np.maximum(grid.filled[here].sum(axis=1), 1)
    return np.flatnonzero(data & ~titled) + start + 1


def _grid(sheet: Sheet, known: Mapping[str, Role]) -> _Grid:
    tokens = Tokens.of(list(zip(*sheet.rows, strict=True)))
    names = tuple(known)
    places = {name: place for place, name in enumerate(names)}
    meaning = np.array([places.get(role_of(v, known) or "", -1) for v in tokens.values])
    folded = [cells.text(v).lower() if isinstance(v, str) else "" for v in tokens.values]
    return _Grid(
        tokens=tokens,
        names=names,
        meaning=meaning[tokens.codes],
        filled=~tokens.flags(cells.is_blank),
        exam=tokens.flags(lambda value: exam_line(value) is not None),
        average=np.array([text.rstrip(":") in _AVERAGES for text in folded])[tokens.codes],
    )
