"""What lists of pupils have in common: the school by «Код ОО», the person by a keyed code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pipelines.readers import cells, identity
from pipelines.readers.exam_cells import login_of, quotable
from pipelines.readers.persons import Context, person_codes
from pipelines.readers.reading import ProblemLog, Reading, Sheet
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import Heading, SheetTable, require
from pipelines.readers.tokens import Tokens
from pipelines.readers.years import year_of

# The keyed code of a pupil holds «Код ОО» as the exam protocols print it: no other code will do.
PUPIL = (
    Heading("login", "Код ОО", r"код (?:оо|оу|школы|образовательной организации)\b"),
    Heading("surname", "Фамилия", r"фамилия|фио\b|ф\. ?и\. ?о"),
    Heading("name", "Имя", r"имя\b", required=False),
    Heading("patronymic", "Отчество", r"отчество\b", required=False),
)
YEAR = Heading("year", "Год", r"(?:учебный )?год\b", required=False)
_PARTS = ("surname", "name", "patronymic")


def read_lists(
    name: str,
    kind: str,
    tables: Sequence[SheetTable],
    rows_of: Callable[[SheetTable, ProblemLog], pd.DataFrame],
) -> Reading:
    """The canonical table `name` from the lists of a workbook, one row per pupil."""
    log = ProblemLog()
    complete = [table for table in tables if require(table, log)]
    frames = [rows_of(table, log) for table in complete]
    listed = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return Reading(
        kind=kind,
        problems=log.frame(),
        tables={name: without_stopped(listed, log)} if len(listed) else {},
        rows_read=len(listed),
        addresses={k: v for table in complete for k, v in table.addresses().items()},
    )


def pupils(table: SheetTable, path: str, context: Context, log: ProblemLog) -> pd.DataFrame:
    """year, login, person, sheet, row of each row; faults of these cells are noted."""
    login = table.texts("login", login_of)
    person = np.asarray(_persons(table, login, context), dtype=object)
    personal = [table.headers[table.columns[p]] for p in _PARTS if p in table.columns]
    header_row = int(table.header_row or 0) + 1
    log.add("list_personal_columns", sheet=table.sheet, row=header_row,
            column_index=table.columns["surname"], value=", ".join(personal))  # fmt: skip
    note(table, log, "exam_school_missing", pd.isna(login), "login")
    note(table, log, "exam_pupil_missing", pd.isna(person) & ~pd.isna(login), "surname")
    values = {
        "year": pd.array(years(table, path, log), dtype="Int64"),
        "login": pd.array(login, dtype="str"),
        "person": pd.array(person, dtype="str"),
    }
    return pd.DataFrame(values).assign(sheet=table.sheet, row=table.rows)


def note(
    table: SheetTable, log: ProblemLog, code: str, faulty: ArrayLike, column: str, **told: str
) -> None:
    """Notes `code` for the faulty rows of a column; words, which may be names, are not quoted."""
    values = [str(quotable(cell)) for cell in table.cells[:, table.columns[column]]]
    table.fault(log, code, faulty, table.columns[column], value=values, **told)


def years(table: SheetTable, path: str, log: ProblemLog) -> NDArray[np.float64]:
    """The year of each row: of its column, else of the title, the sheet's name or the path."""
    if "year" in table.columns:
        found, _ = table.numbers([table.columns["year"]], year_of)
        note(table, log, "table_year_unknown", np.isnan(found), "year")
        return found[:, 0]
    above = title(table.source, table.header_row).replace("/", "-")  # «2025/2026» is a school year
    told = identity.identify(above, table.sheet, path).year
    if told is None:
        table.fault(
            log,
            "table_year_unknown",
            np.ones(len(table.rows), dtype=bool),
            value=[""] * len(table.rows),
        )
    return np.full(len(table.rows), np.nan if told is None else told, dtype=np.float64)


def title(sheet: Sheet, header_row: int | None) -> str:
    """The texts above the header."""
    above = sheet.rows[: header_row or 0]
    return " ".join(cells.text(cell) for row in above for cell in row if cell != "")


def iso_day(value: object) -> str | None:
    """A date, «15.10.2025» or «2025-10-15», as an ISO day; None for anything else."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    shown = cells.text(value).lower().removesuffix("г.").strip()
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y"):
        try:
            return datetime.strptime(shown, form).date().isoformat()
        except ValueError:
            continue
    return None


def _persons(
    table: SheetTable, login: NDArray[np.object_], context: Context
) -> pd.api.extensions.ExtensionArray:
    """Codes of the names; one cell «Фамилия Имя Отчество» is taken apart by its blanks."""
    columns = [table.cells[:, table.columns[p]].tolist() for p in _PARTS if p in table.columns]
    if len(columns) == 1:
        words = [cells.text(value).split(maxsplit=2) for value in columns[0]]
        columns = [[w[k] if k < len(w) else "" for w in words] for k in range(len(_PARTS))]
    if not len(table.rows):
        return pd.array([], dtype="str")
    block = Tokens.of(columns)
    parts = [block.column(place) for place in range(len(columns))]
    return person_codes(parts, pd.array(login, dtype="str"), context.key)
