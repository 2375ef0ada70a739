"""The register of exam points (ППЭ) with what happened there. No real register has been seen: the
layout is what such registers are likely to have, found by headings with their synonyms.

Columns: «Код ППЭ», «Удалено», «Аннулировано»; may have «Код ОО» (blank: the row is of the whole
point), «Предмет», «Нарушений», «Апелляций подано», «Апелляций удовлетворено», «Год» (else the title
or the path says it). A blank count is none. Columns of staff are not read.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.readers import cells
from pipelines.readers.exam_cells import login_of
from pipelines.readers.exam_title import exam_subject
from pipelines.readers.person_lists import YEAR, note, years
from pipelines.readers.reading import ProblemLog, Reading, Sheet, Workbook
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import Heading, SheetTable, find_table, require

KIND = "exam_point_register"
LABEL = "Реестр ППЭ"

_HEADINGS = (
    Heading("exam_point", "Код ППЭ", r"(?:код |номер |№ ?)?ппэ\b"),
    YEAR,
    Heading("login", "Код ОО", r"код (?:оо|оу|школы)\b", required=False),
    Heading("subject", "Предмет", r"предмет|экзамен\b", required=False),
    Heading("removals", "Удалено", r"(?:кол-во |количество |число )?удален"),
    Heading("cancelled", "Аннулировано", r"(?:кол-во |количество |число )?аннулирован"),
    Heading("violations", "Нарушений", r"(?:кол-во |количество |число )?нарушени", required=False),
    Heading("appeals_filed", "Апелляций подано", r"апелляци\w* подан|подан\w* апелляци",
            required=False),
    Heading("appeals_granted", "Апелляций удовлетворено",
            r"апелляци\w* удовлетв|удовлетв\w* апелляци", required=False),
)  # fmt: skip
COUNTS = ("removals", "cancelled", "violations", "appeals_filed", "appeals_granted")


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has exam points beside removals and cancelled results."""
    return any(map(_is_register, workbook.sheets))


def read(workbook: Workbook) -> Reading:
    """Table `exam_points`: one row per row of the register."""
    log = ProblemLog()
    sheets = filter(_is_register, workbook.sheets)
    tables = [find_table(sheet, _HEADINGS) for sheet in sheets]
    tables = [table for table in tables if require(table, log)]
    frames = [_points(table, workbook.path, log) for table in tables]
    register = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return Reading(
        kind=KIND,
        problems=log.frame(),
        tables={"exam_points": without_stopped(register, log)} if len(register) else {},
        rows_read=len(register),
        addresses={k: v for table in tables for k, v in table.addresses().items()},
    )


def _is_register(sheet: Sheet) -> bool:
    table = find_table(sheet, _HEADINGS)
    return table.header_row is not None and not table.missing


def _points(table: SheetTable, path: str, log: ProblemLog) -> pd.DataFrame:
    point = table.texts("exam_point", cells.digits)
    note(table, log, "exam_point_missing", pd.isna(point), "exam_point")
    login = table.texts("login", login_of)
    if "login" in table.columns:
        odd = pd.isna(login) & ~pd.isna(table.texts("login"))
        note(table, log, "exam_school_missing", odd, "login")
    subject = table.texts("subject", lambda cell: exam_subject(cells.text(cell)))
    if "subject" in table.columns:
        odd = pd.isna(subject) & ~pd.isna(table.texts("subject"))
        note(table, log, "list_subject_unknown", odd, "subject")
    values = {
        "year": pd.array(years(table, path, log), dtype="Int64"),
        "exam_point": pd.array(point, dtype="str"),
        "login": pd.array(login, dtype="str"),
        "subject": pd.array(subject, dtype="str"),
        **{name: _counts(table, name, log) for name in COUNTS},
    }
    return pd.DataFrame(values).assign(sheet=table.sheet, row=table.rows)


def _counts(table: SheetTable, name: str, log: ProblemLog) -> pd.api.extensions.ExtensionArray:
    """Counts of a column; blank or no column is none, what is no whole number is noted as such."""
    if name not in table.columns:
        return pd.array(np.zeros(len(table.rows)), dtype="Int64")
    found, faulty = table.numbers([table.columns[name]], _count)
    note(table, log, "list_count_unreadable", faulty, name)
    return pd.array(np.nan_to_num(found[:, 0]), dtype="Int64")


def _count(value: object) -> float | None:
    if cells.text(value) in ("-", "–", "—", "нет"):
        return 0.0
    number = cells.whole(value)
    return float(number) if number is not None and number >= 0 else None
