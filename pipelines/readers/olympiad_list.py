"""Lists of participations in the olympiad, a row per pupil × subject × stage, under a header:
CSV (`;` or `,`, UTF-8 or cp1251) and workbooks. Sex, birth date and municipality are not read."""

from __future__ import annotations

import re

from analytics import norms
from pipelines.readers import cells, olympiad_rows
from pipelines.readers.olympiad_sheet import by_header, titles
from pipelines.readers.persons import Context
from pipelines.readers.reading import ProblemLog, Reading, Sheet, Workbook

KIND = "olympiad_list"
LABEL = "ВсОШ: список участий или результатов"
_ABOUT = re.compile(r"олимпиад|всош|\bшэ\b|\bмэ\b|\bрэ\b")


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has statuses of pupils by stage, or is called results of an olympiad."""
    return any(_is_list(sheet, workbook.path) for sheet in workbook.sheets)


def read(workbook: Workbook, context: Context) -> Reading:
    """Table `olympiad` of the sheets with such a header; scores only where a column has them."""
    log = ProblemLog()
    tables = [by_header(sheet) for sheet in workbook.sheets if _is_list(sheet, workbook.path)]
    parts = [
        (table, olympiad_rows.results(table, workbook.path, context, log))
        for table in tables
        if table is not None
    ]
    return olympiad_rows.reading(KIND, "olympiad", parts, olympiad_rows.COLUMNS, log)


def _is_list(sheet: Sheet, path: str) -> bool:
    table = by_header(sheet)
    if table is None:
        return False
    named = norms.fold(cells.text(f"{titles(table)} {sheet.name} {path}"))
    return "stage" in table.columns or _ABOUT.search(named) is not None
