"""The federal list of schools with low results, entered by hand from the ministry's letter."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.readers import cells
from pipelines.readers.logins import note_logins
from pipelines.readers.reading import ProblemLog, Reading, Workbook
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import Heading, SheetTable, find_table, require, top_headings
from pipelines.readers.years import year_of

KIND = "federal_list"
LABEL = "Федеральный перечень ОО с низкими результатами"

_NAME = "федеральный перечень"
_HEADINGS = (
    Heading("year", "Год", r"(?:учебный )?год$"),
    Heading("login", "Логин", r"логин"),
    Heading("basis", "Федеральный перечень", _NAME),
)
_NOT_LISTED = ("нет", "не входит", "-", "–", "—", "0")
COLUMNS = {"year": "Int64", "login": "str", "basis": "str", "sheet": "str", "row": "Int64"}


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has the column «Федеральный перечень» in its header."""
    return any(_is_header(row) for sheet in workbook.sheets for row in top_headings(sheet))


def read(workbook: Workbook) -> Reading:
    """Table `federal_list`: one row per year × school on the list, with the letter as its basis."""
    log = ProblemLog()
    sheets = [sheet for sheet in workbook.sheets if any(map(_is_header, top_headings(sheet)))]
    tables = [_without_denied(find_table(sheet, _HEADINGS), log) for sheet in sheets]
    tables = [table for table in tables if require(table, log)]
    frames = [_listed(table, log) for table in tables] or [pd.DataFrame(columns=list(COLUMNS))]
    listed = pd.concat(frames, ignore_index=True).astype(COLUMNS)
    return Reading(
        kind=KIND,
        problems=log.frame(),
        tables={"federal_list": without_stopped(listed, log)},
        rows_read=len(listed),
        addresses={k: v for table in tables for k, v in table.addresses().items()},
    )


def _without_denied(table: SheetTable, log: ProblemLog) -> SheetTable:
    """Rows that say «нет» are no rows of the list: the sheet may name all schools of a town."""
    if table.missing:
        return table
    denied = pd.Series(table.texts("basis"), dtype="str").str.lower().isin(_NOT_LISTED).to_numpy()
    table.fault(log, "federal_list_denied", denied, table.columns["basis"])
    return table.keep(~denied)


def _is_header(row: frozenset[str]) -> bool:
    named = any(cell.startswith(_NAME) for cell in row)
    return named and any(cell == "год" or cell.startswith("логин") for cell in row)


def _listed(table: SheetTable, log: ProblemLog) -> pd.DataFrame:
    """Schools of one sheet that are on the list; a blank basis does not put a school on it."""
    login = table.texts("login", cells.login)
    basis = table.texts("basis")
    years, _ = table.numbers([table.columns["year"]], year_of)
    table.fault(log, "table_year_unknown", np.isnan(years), table.columns["year"], login=login)
    note_logins(table, login, log, once_in=years[:, 0])
    table.fault(log, "federal_basis_missing", pd.isna(basis), table.columns["basis"], login=login)
    values = {
        "year": pd.array(years[:, 0], dtype="Int64"),
        "login": pd.array(login, dtype="str"),
        "basis": pd.array(basis, dtype="str"),
    }
    return pd.DataFrame(values).assign(sheet=table.sheet, row=table.rows)
