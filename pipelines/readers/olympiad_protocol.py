"""Protocols of the olympiad: one sheet per subject, columns by position as the county form has
them; a sheet whose columns were moved is read by its header instead."""

from __future__ import annotations

from pipelines.readers import olympiad_rows
from pipelines.readers import olympiad_words as words
from pipelines.readers.olympiad_sheet import by_header, by_position
from pipelines.readers.persons import Context
from pipelines.readers.reading import ProblemLog, Reading, Workbook

KIND = "olympiad_protocol"
LABEL = "ВсОШ: протокол этапа по предметам"
_BESIDE = ("инструкция", "правила")


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has the subject and the status where the protocol has them."""
    return any(by_position(sheet) is not None for sheet in workbook.sheets)


def read(workbook: Workbook, context: Context) -> Reading:
    """Table `olympiad` of all sheets; a sheet that names a subject and has no table is told of."""
    log = ProblemLog()
    parts = []
    for sheet in workbook.sheets:
        table = by_position(sheet) or by_header(sheet)
        if table is not None and len(table.rows):
            rows = olympiad_rows.results(table, workbook.path, context, log)
            parts.append((table, rows))
        elif sheet.name.lower() not in _BESIDE and words.subject_in(sheet.name):
            log.add("olympiad_sheet_unclear", sheet=sheet.name, value=sheet.name)
        if not sheet.visible:
            log.add("hidden_sheet", sheet=sheet.name, value=sheet.name)
    return olympiad_rows.reading(KIND, "olympiad", parts, olympiad_rows.COLUMNS, log)
