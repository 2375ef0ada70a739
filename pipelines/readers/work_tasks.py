"""The tasks of a work: one per №, out of a sheet that repeats them for each КЭС and КТ."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers import cells
from pipelines.readers.reading import ProblemLog, Task, TestHeader
from pipelines.readers.sheet_table import Heading, SheetTable

HEADINGS = (
    Heading("task", "№ КИМ", r"№ (?:по )?киму?$"),
    Heading("number", "№", r"№$"),
    Heading("skill", "Умения, виды деятельности", r"умения"),
    Heading("block", "Блоки ПООП", r"блоки пооп", required=False),
    Heading("level", "Уровень сложности", r"уровень сложности"),
    Heading("kes", "Код КЭС", r"коды? кэс", required=False),
    Heading("kt", "Код КТ", r"коды? кт", required=False),
    Heading("max_points", "Максимальный балл за выполнение задания", r"максимальный балл"),
)
COLUMNS = {
    **{"grade": "Int64", "subject": "str", "position": "Int64", "task": "str"},
    **{"max_points": "Int64", "level": "str", "skill": "str", "block": "str"},
    **{"kes": "str", "kt": "str", "sheet": "str", "row": "Int64"},
}

_SIGNS = tuple(re.compile(wanted.pattern) for wanted in HEADINGS if wanted.column != "number")
# A broken word or an invisible hyphen of the publisher leaves such characters in a cell.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad]")
_LEVELS = {"Б": "Б", "П": "П", "В": "В", "B": "В"}  # the last key is the Latin letter
_ONE_OF_A_TASK = {
    "task": "task_names_differ",
    "max_points": "task_maxima_differ",
    "level": "task_levels_differ",
}


def is_header(row: frozenset[str]) -> bool:
    """True for the header of a table of tasks: three of its columns at least."""
    return sum(any(sign.match(cell) for cell in row) for sign in _SIGNS) >= 3


def tasks_of(table: SheetTable, test: TestHeader, log: ProblemLog) -> pd.DataFrame:
    """Columns COLUMNS, one row per task; codes of a task are joined with "; ".

    The first name, maximum and level of a task are kept, others are noted.
    """
    rows = _rows(table, log)
    for column, code in _ONE_OF_A_TASK.items():
        _note_differences(table, rows, column, code, log)
    known = rows[rows["number"].notna()]
    grouped = known.groupby("number", observed=True)
    first = grouped[["task", "max_points", "level", "skill", "block", "row"]].first()
    tasks = first.assign(kes=_joined(known, "kes"), kt=_joined(known, "kt"))
    again = rows["row"].isin(tasks.loc[tasks["task"].duplicated(), "row"]).to_numpy()
    table.fault(log, "task_name_repeated", again, table.columns["task"])
    return (
        tasks.assign(
            grade=test.grade,
            subject=test.subject,
            position=np.arange(1, len(tasks) + 1),
            sheet=table.sheet,
        )
        .reset_index(drop=True)[list(COLUMNS)]
        .astype(COLUMNS)
    )


def header_of(test: TestHeader, tasks: pd.DataFrame) -> TestHeader:
    """The test with its tasks and, where every maximum is known, its highest score."""
    maxima = tasks["max_points"]
    named = tuple(
        Task(
            str(task.task),
            None if pd.isna(task.max_points) else int(task.max_points),
            None if pd.isna(task.level) else str(task.level),
        )
        for task in tasks.itertuples()
    )
    total = int(maxima.sum()) if len(maxima) and maxima.notna().all() else None
    return replace(test, max_score=total, tasks=named)


def canonical_task(value: Any) -> str | None:
    """The name of a task: "1.0" is 1, the К of a criterion is the Cyrillic capital."""
    name = (cells.label(value) or "").replace(" ", "").replace(",", ".").upper()
    return name.replace("K", "К") or None


def plain(value: Any) -> str | None:
    """A cell's text without control characters; None for a blank."""
    return cells.text(_CONTROL.sub("", str(value))) or None


def _rows(table: SheetTable, log: ProblemLog) -> pd.DataFrame:
    """The sheet's rows with clean cells; faulty ones are noted and empty."""
    numbers = _whole(table, "number", "task_number_not_whole", log, blank_is_faulty=True)
    maxima = _whole(table, "max_points", "task_maximum_not_whole", log, blank_is_faulty=False)
    shown = table.texts("level")
    level = table.texts("level", lambda cell: _LEVELS.get(cells.text(cell).upper()))
    unknown = ~pd.isna(shown) & pd.isna(level)
    table.fault(log, "task_level_unknown", unknown, table.columns["level"])
    return pd.DataFrame(
        {
            "number": numbers,
            "task": pd.array(table.texts("task", canonical_task), dtype="str"),
            "max_points": pd.array(maxima, dtype="Int64"),
            "level": pd.array(level, dtype="str"),
            **{c: pd.array(table.texts(c, plain), dtype="str") for c in ("skill", "block")},
            **{c: pd.array(table.texts(c, cells.label), dtype="str") for c in ("kes", "kt")},
            "row": table.rows,
        }
    )


def _whole(
    table: SheetTable, column: str, code: str, log: ProblemLog, *, blank_is_faulty: bool
) -> NDArray[np.float64]:
    place = table.columns[column]
    values, faulty = table.numbers([place], cells.whole)
    faulty |= values < 1
    if blank_is_faulty:
        faulty |= np.isnan(values)
    table.fault(log, code, faulty, place)
    return np.where(faulty, np.nan, values)[:, 0]


def _note_differences(
    table: SheetTable, rows: pd.DataFrame, column: str, code: str, log: ProblemLog
) -> None:
    """Notes values of a task unlike its first one, each once, at the cell where it begins."""
    first = rows.groupby("number", observed=True)[column].transform("first")
    differs = rows[column].notna() & first.notna() & (rows[column] != first)
    begins = differs.fillna(False).astype(bool) & ~rows.duplicated(["number", column])
    table.fault(
        log,
        code,
        begins,
        table.columns[column],
        expected=[str(value) for value in first.astype("str").fillna("")],
    )


def _joined(rows: pd.DataFrame, column: str) -> pd.Series:
    distinct = rows[rows[column].notna()].drop_duplicates(["number", column])
    return distinct.groupby("number", observed=True)[column].agg("; ".join)
