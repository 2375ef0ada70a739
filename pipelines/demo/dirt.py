"""Plants dirty cells, rows and sheets in an export and writes down where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.demo.exports import Export
from pipelines.demo.planting import MARKED_UP_NAME
from pipelines.demo.sitting import Sitting
from pipelines.demo.spreadsheets import SheetDraft
from pipelines.demo.stains import DIRTY_FILES, NONE, NOTE, SCRIPT, STOP, WARN, Stain
from pipelines.readers.reading import excel_column


@dataclass(frozen=True)
class PlantedCell:
    """One row of truth/dirt.csv; `expected` is none (read as it is), note, warn or stop."""

    file: str
    sheet: str
    cell: str
    kind: str
    value: str
    expected: str


class Dirt:
    """Plants cells in one export and writes down where they are."""

    def __init__(self, sitting: Sitting, made: Export, schools: pd.DataFrame, school: int) -> None:
        self.sitting, self.made, self.schools = sitting, made, schools
        self.planted: list[PlantedCell] = []
        self.rejected = 0
        pupils = sitting.pupils
        ours = (pupils["school"] == school - 1).to_numpy()
        self.free = list(np.flatnonzero(ours & sitting.present))
        self.away = list(np.flatnonzero(ours & ~sitting.present))

    def stain(self, stain: Stain) -> None:
        """Plants one cell in the row of a pupil whom no other dirt has touched."""
        index, task = self._place(stain)
        in_tasks = stain.column == "task"
        column = self.made.tasks[task] if in_tasks else self.made.columns[stain.column]
        row = self.made.first_row + index
        cells = self.made.sheet.rows[row - 1]
        if stain.kind != "code_bar_name":
            total = self.sitting.scores[index]
            cells[column] = stain.value.format(total=total, less=total - 1)
        self._note(stain.kind, row, column, cells[column], stain.expected)

    def shifted_row(self, steps: int, *, begin: int, seen: int) -> None:
        """Cells from column `begin` on move to the left, as when some were deleted by hand.

        seen: the first column that then holds what cannot stand there, the gender.
        """
        row = self.made.first_row + self.free.pop()
        cells = self.made.sheet.rows[row - 1]
        cells[begin:] = [*cells[begin + steps :], *[""] * steps]
        self._note("row_shifted", row, seen, cells[seen], STOP)

    def absent_in_capitals(self) -> None:
        """«ОТСУТствовал» is an absence all the same."""
        row = self.made.first_row + self.away.pop()
        column = self.made.columns["variant"]
        self.made.sheet.rows[row - 1][column] = "ОТСУТствовал"
        self._note("absent_capitals", row, column, "ОТСУТствовал", NONE)

    def absent_with_zero(self) -> None:
        """Notes one of the zeros that this layout gives to absent pupils anyway."""
        row = self.made.first_row + self.away.pop()
        self._note("absent_total_zero", row, self.made.columns["total"], "0", NONE)

    def not_taught(self) -> None:
        """Notes the first of the tasks that a school did not teach."""
        rows, tasks = np.nonzero(self.sitting.not_taught & self.sitting.present[:, None])
        column = self.made.tasks[tasks[0]]
        row = self.made.first_row + int(rows[0])
        self._note("not_taught", row, column, self.made.sheet.rows[row - 1][column], NONE)

    def duplicate(self) -> None:
        """The row of a pupil once more, at the end."""
        rows = self.made.sheet.rows
        rows.append(list(rows[self.made.first_row - 1 + self.free.pop()]))
        code = self.made.columns["code"]
        self._note("duplicate_pupil", len(rows), code, str(rows[-1][code]), STOP)

    def total_above_maximum_alone(self) -> None:
        """A total that is impossible where a task is unreadable, so that no sum can replace it."""
        index = self.free.pop()
        row = self.made.first_row + index
        cells = self.made.sheet.rows[row - 1]
        cells[self.made.tasks[0]] = "?"
        self._note("unreadable_points", row, self.made.tasks[0], "?", WARN)
        cells[self.made.columns["total"]] = "92"
        self._note("total_above_maximum_alone", row, self.made.columns["total"], "92", STOP)

    def repeated_header(self) -> None:
        """The header once more at the end, as left by pasting parts of a table together."""
        rows = self.made.sheet.rows
        rows.append(list(rows[self.made.first_row - 2]))
        self._note("header_repeated", len(rows), 0, str(rows[-1][0]), NOTE)

    def hidden_rows(self, count: int) -> None:
        """Hides rows of pupils that stand together."""
        first = self.made.first_row + self.free.pop()
        self.made.sheet.hidden_rows = frozenset(range(first, first + count))
        self._note("hidden_rows", first, 0, str(self.made.sheet.rows[first - 1][0]), NOTE)

    def hidden_sheet(self) -> None:
        """A hidden sheet with a pupil of its own, absent, under the same header."""
        rows = self.made.sheet.rows
        late = list(rows[self.made.first_row - 1 + self.away.pop()])
        code = self.made.columns["code"]
        late[code] = type(late[code])(int(late[code]) + 900)
        name = "Дополнительный день"
        self.made.sheets.append(SheetDraft(name, [list(rows[0]), late], hidden=True))
        self.planted.append(PlantedCell(self.made.path, name, "", "hidden_sheet", name, NOTE))

    def header(self, kind: str, task: int, title: str) -> None:
        """Another spelling of a task's header."""
        row = self.made.first_row - 1
        self.made.sheet.rows[row - 1][self.made.tasks[task]] = title
        self._note(kind, row, self.made.tasks[task], title, NONE)

    def markup_in_name(self, school: int) -> None:
        """Markup in every cell «Школа» of one school."""
        column = self.made.columns["school"]
        rows = np.flatnonzero(self.sitting.pupils["school"] == school - 1) + self.made.first_row
        for row in rows:
            self.made.sheet.rows[row - 1][column] += SCRIPT
        self._note("markup_in_name", int(rows[0]), column,
                   self.made.sheet.rows[rows[0] - 1][column], NONE)  # fmt: skip

    def _place(self, stain: Stain) -> tuple[int, int]:
        """A free pupil, and a task of the points that the stain wants."""
        if stain.column != "task":
            return self.free.pop(), 0
        earned = self.sitting.earned
        untouched = ~self.sitting.skipped & ~self.sitting.not_taught
        for at, index in enumerate(self.free):
            fits = untouched[index] & (
                (earned[index] == stain.points) if stain.points is not None else True
            )
            if fits.any():
                return self.free.pop(at), int(np.flatnonzero(fits)[-1])
        raise AssertionError(f"no pupil is left for {stain.kind}")

    def _note(self, kind: str, row: int, column: int, value: object, expected: str) -> None:
        cell = f"{excel_column(column)}{row}"
        name = self.made.sheet.name
        self.planted.append(PlantedCell(self.made.path, name, cell, kind, str(value), expected))
        self.rejected += expected == STOP


def soil(sitting: Sitting, made: Export, schools: pd.DataFrame) -> Dirt | None:
    """Plants the dirt of this file; None if the file is to stay clean."""
    work = sitting.work
    key = (work.year, work.grade, work.slug)
    if key not in DIRTY_FILES:
        return None
    school, stains = DIRTY_FILES[key]
    dirt = Dirt(sitting, made, schools, school)
    for stain in stains:
        dirt.stain(stain)
    _special(dirt, key)
    return dirt


def _special(dirt: Dirt, key: tuple[int, int, str]) -> None:
    """What is more than one cell, in the file where it belongs."""
    journal = dirt.made.columns["journal"]
    if key == (2020, 6, "his"):
        dirt.shifted_row(1, begin=journal, seen=journal)
        dirt.absent_in_capitals()
        dirt.total_above_maximum_alone()
        dirt.duplicate()
    elif key == (2021, 5, "bio"):
        dirt.shifted_row(1, begin=journal, seen=journal)
        dirt.duplicate()
        dirt.repeated_header()
        dirt.hidden_sheet()
    elif key == (2022, 6, "ru"):
        dirt.header("latin_k_in_header", 0, "1K1 (4б)")
        dirt.header("header_without_space", 9, "4(2б)")
        dirt.markup_in_name(MARKED_UP_NAME)
        dirt.hidden_rows(3)
        dirt.shifted_row(2, begin=dirt.made.tasks[3], seen=dirt.made.tasks[-1])
    else:
        dirt.not_taught()
        dirt.absent_with_zero()
        dirt.duplicate()
