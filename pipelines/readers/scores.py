"""Points of tasks and the total of each work: read, added up, compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers import cells
from pipelines.readers.cells import Sign
from pipelines.readers.page import Page
from pipelines.readers.reading import excel_column

NO_MAXIMUM = np.iinfo(np.int16).max  # of a task whose header names none


@dataclass(frozen=True)
class Points:
    """Points of the tasks, shape (works, tasks): what each cell holds, and its number."""

    signs: NDArray[np.int8]
    numbers: NDArray[np.int16]

    def complete(self) -> NDArray[np.bool_]:
        """For each work, whether every task has points, X or «не пройд.»."""
        return (self.signs <= Sign.NOT_TAUGHT).all(axis=1)

    def untouched(self) -> NDArray[np.bool_]:
        """For each work, whether all its tasks are blank."""
        return (self.signs == Sign.BLANK).all(axis=1)

    def sums(self) -> NDArray[np.int64]:
        """For each work, the sum of the points that can be read."""
        return self.numbers.sum(axis=1, dtype=np.int64)

    def columns(self, absent: NDArray[np.bool_]) -> dict[str, pd.arrays.IntegerArray]:
        """p1…pk, `skipped` and `not_taught` as the table of works has them."""
        taken = ~absent[:, None]
        known = (self.signs <= Sign.SKIPPED) & taken
        numbers = np.ascontiguousarray(self.numbers.T, dtype=np.int8)
        unknown = np.ascontiguousarray(~known.T)
        bits = np.left_shift(1, np.arange(self.signs.shape[1], dtype=np.int64))
        masks = {
            name: ((self.signs == sign) & taken) @ bits
            for name, sign in (("skipped", Sign.SKIPPED), ("not_taught", Sign.NOT_TAUGHT))
        }
        return {
            f"p{place + 1}": pd.arrays.IntegerArray(numbers[place], unknown[place])
            for place in range(len(numbers))
        } | {name: pd.array(mask, dtype="Int64") for name, mask in masks.items()}


def read_points(
    page: Page,
    signs: NDArray[np.int8],
    numbers: NDArray[np.int16],
    sound: NDArray[np.bool_],
) -> Points:
    """The points of the tasks out of their cells; faults are noted for works that are `sound`."""
    maxima = np.array([task.max_points or NO_MAXIMUM for _, task in page.header.tasks])
    columns = page.task_columns()

    unreadable = (signs == Sign.UNREADABLE) & sound[:, None]
    works, tasks = np.nonzero(unreadable)
    allowed = [_allowed(task.max_points) for _, task in page.header.tasks]
    page.fault(
        "points_unreadable", works, columns[tasks], expected=[allowed[task] for task in tasks]
    )

    above = (numbers > maxima) & sound[:, None]
    works, tasks = np.nonzero(above)
    page.fault("points_above_maximum", works, columns[tasks], expected=maxima[tasks])
    return Points(np.where(above, np.int8(Sign.UNREADABLE), signs), np.where(above, 0, numbers))


def read_scores(
    page: Page, points: Points, absent: NDArray[np.bool_], sound: NDArray[np.bool_]
) -> pd.arrays.IntegerArray:
    """The primary score of each work: the total as given, or the sum where it is known better.

    The sum stands where every task has points, X or «не пройд.» and the total differs from it or
    is missing; where a task is missing, the total stands as given.
    """
    signs, totals = page.signs("score", cells.total)
    column = page.header.columns["score"]
    given, sums, complete = signs == Sign.VALUE, points.sums(), points.complete() & sound

    differs = complete & (signs != Sign.BLANK) & ~(given & (totals == sums))
    page.fault("total_differs_from_sum", differs, column, expected=sums[differs])
    _note_missing(page, complete & (signs == Sign.BLANK), sums)

    # A form adds up an empty row to zero: such a total says nothing.
    idle = sound & points.untouched() & (totals == 0) & (given | (signs == Sign.BLANK))
    unfilled = idle & page.blank("variant") & page.blank("variant_2")
    page.fault("work_unfilled", unfilled, page.header.columns["pupil"])
    unknown = sound & ~complete & (~given | idle) & ~unfilled
    page.fault("score_unknown", unknown & (signs != Sign.UNREADABLE), column)
    page.fault("total_not_a_number", unknown & (signs == Sign.UNREADABLE), column)

    _note_absent(page, absent, totals, points)
    values = np.where(complete, sums, totals.astype(np.int64))
    return pd.arrays.IntegerArray(values, absent | idle | ~(complete | given))


def _note_missing(page: Page, missing: NDArray[np.bool_], sums: NDArray[np.int64]) -> None:
    """Notes totals that were added up, apart for formulas whose value was never stored."""
    column = page.header.columns["score"]
    letters = excel_column(column)
    uncached = page.sheet.uncached_formulas
    formula = missing.copy()
    formula[missing] = [f"{letters}{row}" in uncached for row in page.rows[missing]]
    empty = missing & ~formula
    page.fault("total_not_calculated", formula, column, expected=sums[formula])
    page.fault("total_missing", empty, column, expected=sums[empty])


def _note_absent(
    page: Page, absent: NDArray[np.bool_], totals: NDArray[np.int16], points: Points
) -> None:
    """Notes absent pupils with points, at the total or else at the first task with points."""
    scored = points.numbers > 0
    faulty = absent & ((totals > 0) | scored.any(axis=1))
    first = page.task_columns()[scored[faulty].argmax(axis=1)]
    columns = np.where(totals[faulty] > 0, page.header.columns["score"], first)
    page.fault("absent_with_points", faulty, columns)


def _allowed(maximum: int | None) -> str:
    return "число баллов или X" if maximum is None else f"число от 0 до {maximum} или X"
