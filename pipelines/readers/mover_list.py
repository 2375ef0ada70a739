"""Pupils who came to a school in grades 10–11 before the exams. No real list has been seen: the
layout is what such lists are likely to have, found by headings with their synonyms.

Columns: «Код ОО» (as in the exam protocols), «Фамилия», «Имя», «Отчество» or one «ФИО», «Дата
зачисления»; «Год» (of the exams) unless the title or the path says it. Names become keyed codes
and go no further.
"""

from __future__ import annotations

import pandas as pd

from pipelines.readers.person_lists import PUPIL, YEAR, iso_day, note, pupils, read_lists
from pipelines.readers.persons import Context
from pipelines.readers.reading import ProblemLog, Reading, Sheet, Workbook
from pipelines.readers.sheet_table import Heading, SheetTable, find_table

KIND = "mover_list"
LABEL = "Список сменивших ОО в 10–11 классах"

_DATE = Heading(
    "enrolled", "Дата зачисления", r"дата (?:зачисления|прибытия|перевода|приема)|зачислен\b"
)
_HEADINGS = (*PUPIL, YEAR, _DATE)


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has «Код ОО», names and the date of enrolment."""
    return any(map(_is_list, workbook.sheets))


def read(workbook: Workbook, context: Context) -> Reading:
    """Table `movers`: one row per pupil of the list."""
    tables = [find_table(sheet, _HEADINGS) for sheet in filter(_is_list, workbook.sheets)]
    return read_lists(
        "movers", KIND, tables, lambda table, log: _movers(table, workbook.path, context, log)
    )


def _is_list(sheet: Sheet) -> bool:
    table = find_table(sheet, _HEADINGS)
    return table.header_row is not None and not table.missing


def _movers(table: SheetTable, path: str, context: Context, log: ProblemLog) -> pd.DataFrame:
    rows = pupils(table, path, context, log)
    enrolled = table.texts("enrolled", iso_day)
    note(table, log, "mover_date_unreadable", pd.isna(enrolled), "enrolled")
    return rows.assign(enrolled=pd.array(enrolled, dtype="str"))
