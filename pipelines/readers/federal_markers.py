"""The official table of markers by school: one column per grade and subject of ВПР."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analytics import norms
from pipelines.readers import cells
from pipelines.readers.logins import note_logins
from pipelines.readers.reading import ProblemLog, Reading, Workbook
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import (
    Heading,
    SheetTable,
    find_table,
    heading,
    require,
    top_headings,
)
from pipelines.readers.years import year_of

KIND = "federal_markers"
LABEL = "Признаки необъективности по федеральному перечню"

_HEADINGS = (
    Heading("year", "Год", r"(?:учебный )?год$"),
    Heading("login", "Логин", r"логин"),
    Heading("municipality", "Муниципалитет", r"муниципалитет$", required=False),
    Heading("school_name", "ОО", r"(?:оо|название оо|школа)$", required=False),
    Heading("total", "Количество маркеров", r"(?:количество|кол-во) маркеров$", required=False),
)
_MARKER_HEADER = re.compile(r"(\d{1,2}) ?(?:класс )?([а-я]{2})")
COLUMNS = {
    **{"year": "Int64", "login": "str", "municipality": "str", "school_name": "str"},
    **{"grade": "Int64", "subject": "str", "marker": "boolean"},
    **{"sheet": "str", "row": "Int64"},
}


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has logins beside columns of a grade and a subject («4 РУ»)."""
    return any(
        any(cell.startswith("логин") for cell in row) and any(map(_test, row))
        for sheet in workbook.sheets
        for row in top_headings(sheet)
    )


def read(workbook: Workbook) -> Reading:
    """Table `federal_markers`: one row per year × school × filled cell of a grade and subject."""
    log = ProblemLog()
    tables = [find_table(sheet, _HEADINGS) for sheet in workbook.sheets]
    tables = [t for t in tables if any(map(_test, map(heading, t.headers)))]
    usable = [table for table in tables if require(table, log)]
    frames = [_markers(table, log) for table in usable]
    frames = frames or [pd.DataFrame(columns=list(COLUMNS))]
    markers = pd.concat(frames, ignore_index=True).astype(COLUMNS)
    return Reading(
        kind=KIND,
        problems=log.frame(),
        tables={"federal_markers": without_stopped(markers, log)},
        rows_read=sum(len(table.rows) for table in usable),
        addresses={k: v for table in usable for k, v in table.addresses().items()},
    )


def _test(header: str) -> tuple[int, str] | None:
    """Grade and subject of a folded header «4 ру»; None for any other."""
    match = _MARKER_HEADER.fullmatch(header)
    subject = norms.subject_by_code(match[2]) if match else None
    return (int(match[1]), subject) if match and subject and 1 <= int(match[1]) <= 12 else None


def _markers(table: SheetTable, log: ProblemLog) -> pd.DataFrame:
    """The long form of one sheet, in the order of rows and columns."""
    tests = {c: t for c, h in enumerate(table.headers) if (t := _test(heading(h)))}
    _note_other_columns(table, log)
    login = table.texts("login", cells.login)
    years, _ = table.numbers([table.columns["year"]], year_of)
    table.fault(log, "table_year_unknown", np.isnan(years), table.columns["year"], login=login)
    note_logins(table, login, log, once_in=years[:, 0])
    columns = list(tests)
    markers, unclear = table.numbers(columns, _marker)
    table.fault(log, "marker_unclear", unclear, columns, login=login)
    _check_total(table, markers, unclear, log)
    row, column = np.nonzero(~np.isnan(markers))
    named = list(tests.values())
    values = {
        "year": pd.array(years[row, 0], dtype="Int64"),
        "login": login[row],
        "municipality": table.texts("municipality")[row],
        "school_name": table.texts("school_name")[row],
        "grade": [named[c][0] for c in column],
        "subject": [named[c][1] for c in column],
        "marker": pd.array(markers[row, column].astype(bool), dtype="boolean"),
        "sheet": table.sheet,
        "row": table.rows[row],
    }
    return pd.DataFrame(values, index=range(len(row))).astype(COLUMNS)


def _note_other_columns(table: SheetTable, log: ProblemLog) -> None:
    """Notes headers that look like a grade and subject whose code nobody knows."""
    for place, header in enumerate(table.headers):
        if _MARKER_HEADER.fullmatch(heading(header)) and not _test(heading(header)):
            log.add(
                "marker_column_unknown",
                sheet=table.sheet,
                row=table.header_row + 1,
                column_index=place,
                column=header,
                value=header,
            )


def _check_total(
    table: SheetTable, markers: np.ndarray, unclear: np.ndarray, log: ProblemLog
) -> None:
    """Notes rows whose declared number of markers is not the one counted."""
    if "total" not in table.columns:
        return
    declared, faulty = table.numbers([table.columns["total"]], cells.whole)
    counted = np.nansum(markers, axis=1)
    differs = faulty[:, 0] | (~np.isnan(declared[:, 0]) & (declared[:, 0] != counted))
    table.fault(
        log,
        "marker_total",
        differs & ~unclear.any(axis=1),
        table.columns["total"],
        expected=[f"{n:.0f}" for n in counted],
        login=table.texts("login", cells.login),
    )


def _marker(value: object) -> float | None:
    """1 or 0; Excel's TRUE and FALSE count as well."""
    found = float(value) if isinstance(value, bool) else cells.number(value)
    return found if found in (0.0, 1.0) else None
