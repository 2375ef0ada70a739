"""Results of appeals: «Текущие» first result and mark of pupils whose appeal was settled.

A row replaces the result of the same pupil in the same exam; it is no work of its own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.readers import cells
from pipelines.readers.exam_blocks import Block, blocks
from pipelines.readers.exam_cells import (
    addresses,
    fault,
    login_of,
    note_sheets,
    numbers,
    persons,
    texts,
)
from pipelines.readers.exam_roles import found_roles, roles, titles_above
from pipelines.readers.exam_title import exam_line, titled_gve
from pipelines.readers.exam_works import GRADES, grade_of_classes
from pipelines.readers.header import Role
from pipelines.readers.persons import Context
from pipelines.readers.reading import ProblemLog, Reading, Workbook
from pipelines.readers.set_aside import without_stopped

KIND = "exam_appeals"
LABEL = "ГИА: результаты рассмотрения апелляций"

_ROLES = {
    **roles(without=("short", "long")),
    "exam": Role("Экзамен", r"экзамен", required=True),
    "state": Role("Состояние апелляции", r"состояние апелляции"),
}


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has the exam and the state of an appeal in columns."""
    return any({"exam", "state"} <= found_roles(s, _ROLES) for s in workbook.sheets)


def read(workbook: Workbook, context: Context) -> Reading:
    """Table `appeals`: one row per pupil × exam with the result that is valid now."""
    log = ProblemLog()
    found = [block for sheet in workbook.sheets for block in blocks(sheet, _ROLES, log)]
    note_sheets(found, _ROLES, log)
    frames = [
        _appeals(block, f"{titles_above(block.sheet, _ROLES)} {workbook.path}", context, log)
        for block in found
    ]
    if found and not any(map(len, frames)):
        log.add("no_data_rows", sheet=found[0].sheet.name)
    appeals = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return Reading(
        kind=KIND,
        problems=log.frame(),
        tables={"appeals": without_stopped(appeals, log)} if len(appeals) else {},
        rows_read=len(appeals),
        addresses=addresses(found, [(0, 0)] * len(found)),
    )


def _appeals(block: Block, titles: str, context: Context, log: ProblemLog) -> pd.DataFrame:
    exams = _exams(block)
    default = "ege" if "test_score" in block.columns else "oge"
    gve = exams["gve"] | titled_gve(titles)[0]
    procedure = pd.Series(np.where(gve, "gve", default), dtype="str")
    grades = procedure.map(GRADES).fillna(grade_of_classes(block)).astype("Int64")
    lacking = exams["subject"].isna() | exams["exam_date"].isna()
    fault(block, log, "appeal_exam_unknown", lacking.to_numpy(), "exam")
    login = texts(block, "login", login_of)
    person = persons(block, login, context)
    fault(block, log, "exam_school_missing", pd.isna(login), "login")
    unnamed = pd.isna(person) & ~pd.isna(login)
    fault(block, log, "exam_pupil_missing", unnamed, "surname", value=None)
    score = numbers(block, log, "score")
    fault(block, log, "appeal_without_result", pd.isna(score), "score")
    return pd.DataFrame(
        {
            **exams.drop(columns="gve"),
            "procedure": procedure,
            "grade": grades,
            "login": login,
            "person": person,
            "score": score,
            "mark": numbers(block, log, "mark", cells.mark),
            "test_score": numbers(block, log, "test_score"),
            "sheet": pd.array([block.sheet.name] * len(block.rows), dtype="str"),
            "row": pd.array(block.rows, dtype="Int64"),
        }
    )


def _exams(block: Block) -> pd.DataFrame:
    """Subject, date and year of the exam of each row, null where the cell names none."""
    column = block.column("exam")
    codes = np.full(len(block.rows), -1) if column is None else column.codes
    values = [] if column is None else list(map(exam_line, column.values))
    distinct = pd.DataFrame(
        {
            "subject": pd.array([e.subject if e else None for e in values], dtype="str"),
            "exam_date": pd.array([e.day if e else None for e in values], dtype="str"),
            "year": pd.array([e.year if e else None for e in values], dtype="Int64"),
            "gve": np.array([bool(e and e.gve) for e in values], dtype=bool),
        }
    )
    rows = distinct.reindex(codes).reset_index(drop=True)
    return rows.assign(gve=rows["gve"].fillna(False).astype(bool))
