"""What a reader gets and what it gives: sheets in, canonical rows and problems out.

A reader never raises for a fault of the user's file. It writes every fault down in a `ProblemLog`,
leaves the faulty cell empty and goes on; whether the row is then accepted follows from the
severity of its problems (`reports/messages/*.toml`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

MAX_VALUE_LENGTH = 200  # of a cell's value as quoted in a problem

PROBLEM_COLUMNS = ("sheet", "cell", "row", "column", "login", "code", "value", "expected")
_PROBLEM_DTYPES = dict.fromkeys(PROBLEM_COLUMNS, "str") | {"row": "Int64"}


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows from A1 on, so that `rows[i][j]` is Excel's row i+1, column j+1.

    Cells are str, float, bool, date or datetime; an empty cell is "". All rows are equally long.
    """

    name: str
    rows: list[list[Any]]
    visible: bool = True
    hidden_rows: frozenset[int] = frozenset()  # Excel row numbers
    uncached_formulas: frozenset[str] = frozenset()  # addresses of formulas without a value


@dataclass(frozen=True)
class Workbook:
    """One opened file; `path` is relative to raw/, with forward slashes."""

    path: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Task:
    """One task as the header of a file names it."""

    task: str
    max_points: int | None = None
    level: str | None = None


@dataclass(frozen=True)
class TestHeader:
    """Which test a file is about; None where neither the content nor the path says it."""

    year: int | None = None
    grade: int | None = None
    subject: str | None = None
    max_score: int | None = None
    tasks: tuple[Task, ...] = ()
    procedure: str = "vpr"

    __test__ = False  # not a test case for pytest


def excel_column(index: int) -> str:
    """Letters of the zero-based column `index`, as Excel shows them: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class ProblemLog:
    """Collects faults of one file, many at a time; nothing is raised."""

    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []

    def add(
        self,
        code: str,
        *,
        sheet: str | None = None,
        row: int | Sequence[int] | np.ndarray | None = None,
        column_index: int | Sequence[int] | np.ndarray | None = None,
        column: str | Sequence[str] | None = None,
        login: str | Sequence[str] | None = None,
        value: object = None,
        expected: str | Sequence[str] = "",
    ) -> None:
        """Notes fault `code` for one cell or, with equally long sequences, for many.

        `row` is Excel's row number, `column_index` counts from 0, `column` is the header's text.
        """
        length = max(
            (len(x) for x in (row, column_index, column, login, value, expected) if _is_many(x)),
            default=1,
        )
        if length == 0:
            return
        rows = _spread(row, length)
        indexes = _spread(column_index, length)
        part = pd.DataFrame(
            {
                "sheet": [sheet] * length,
                "cell": [
                    f"{excel_column(int(c))}{int(r)}" if c is not None and r is not None else None
                    for r, c in zip(rows, indexes, strict=True)
                ],
                "row": [None if r is None else int(r) for r in rows],
                "column": _spread(column, length),
                "login": _spread(login, length),
                "code": [code] * length,
                "value": [quote(v) for v in _spread(value, length)],
                "expected": [str(e) for e in _spread(expected, length)],
            }
        )
        self._parts.append(part)

    def frame(self) -> pd.DataFrame:
        """One row per fault: the columns of PROBLEM_COLUMNS, in the order they were noted."""
        if not self._parts:
            return _no_problems().copy()
        return pd.concat(self._parts, ignore_index=True).astype(_PROBLEM_DTYPES)


@dataclass(frozen=True)
class Reading:
    """What one file gave.

    kind: the name of the reader, e.g. "vpr_export_2021".
    test: the test that the file is about, if it is about one.
    tests: the tests of a file that holds several; its rows name theirs by `procedure`, `year`,
        `grade`, `subject`.
    tables: frames by canonical table name, before schools and tests get their ids: `login`
        instead of `school_id`, no `test_id`; every frame carries `sheet` and `row`.
    rows_read: data rows seen, faulty ones included.
    addresses: Excel's column letters of canonical columns, for problems found later:
        {(sheet, canonical column): "F"}.
    """

    kind: str
    problems: pd.DataFrame
    test: TestHeader | None = None
    tests: tuple[TestHeader, ...] = ()
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    rows_read: int = 0
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def headers(self) -> tuple[TestHeader, ...]:
        """All tests that the file is about."""
        return self.tests or (() if self.test is None else (self.test,))


def quote(value: object) -> str | None:
    """A cell's value as text for a problem, shortened; None stays None."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    return text if len(text) <= MAX_VALUE_LENGTH else text[: MAX_VALUE_LENGTH - 1] + "…"


@cache
def _no_problems() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype=t) for c, t in _PROBLEM_DTYPES.items()})


def _is_many(value: object) -> bool:
    return isinstance(value, list | tuple | np.ndarray | pd.Series)


def _spread(value: object, length: int) -> list[Any]:
    return list(value) if _is_many(value) else [value] * length  # type: ignore[call-overload]
