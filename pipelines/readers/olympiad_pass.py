"""Pass scores of the municipal stage, as its organiser sets them: subject × grade × score.

The layout is this program's own: no official form exists. A pass score is never inferred.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.readers import olympiad_words as words
from pipelines.readers.olympiad_sheet import titles
from pipelines.readers.reading import ProblemLog, Reading, Workbook
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import Heading, SheetTable, find_table, top_headings

KIND = "olympiad_pass"
LABEL = "ВсОШ: проходные баллы на муниципальный этап"

_HEADINGS = (
    Heading("subject", "Предмет", r"предмет"),
    Heading("grade", "Класс", r"класс|параллель"),
    Heading("score", "Проходной балл", r"проходной балл"),
    Heading("year", "Год", r"(?:учебный )?год$", required=False),
)
COLUMNS = {"year": "Int64", "subject": "str", "grade": "Int64", "score": "float64",
           "sheet": "str", "row": "Int64"}  # fmt: skip


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has the column «Проходной балл»."""
    rows = (row for sheet in workbook.sheets for row in top_headings(sheet))
    return any(cell.startswith("проходной балл") for row in rows for cell in row)


def read(workbook: Workbook) -> Reading:
    """Table `pass_scores`: one row per year × subject × grade."""
    log = ProblemLog()
    tables = [find_table(sheet, _HEADINGS) for sheet in workbook.sheets]
    tables = [table for table in tables if not table.missing]
    if not tables:
        log.add("table_columns_missing", value=workbook.sheets[0].name,
                expected="«Предмет», «Класс», «Проходной балл»")  # fmt: skip
    frames = [_rows(table, workbook.path, log) for table in tables]
    empty = pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    rows = pd.concat([empty, *frames], ignore_index=True).astype(COLUMNS)
    return Reading(
        kind=KIND,
        problems=log.frame(),
        tables={"pass_scores": without_stopped(rows, log)},
        rows_read=len(rows),
        addresses={k: v for table in tables for k, v in table.addresses().items()},
    )


def _rows(table: SheetTable, path: str, log: ProblemLog) -> pd.DataFrame:
    subject = table.texts("subject", words.subject)
    grade = table.numbers([table.columns["grade"]], words.grade)[0][:, 0]
    score = table.numbers([table.columns["score"]], words.points)[0][:, 0]
    told = words.year_in(titles(table), table.sheet, path)
    year = np.full(len(table.rows), np.nan if told is None else told)
    if "year" in table.columns:
        year = table.numbers([table.columns["year"]], words.year_cell)[0][:, 0]
    first = table.columns["subject"]
    table.fault(log, "olympiad_subject_unknown", pd.isna(subject), first)
    table.fault(log, "olympiad_grade_missing", np.isnan(grade), table.columns["grade"])
    table.fault(log, "pass_score_missing", np.isnan(score), table.columns["score"])
    table.fault(log, "olympiad_year_unknown", np.isnan(year), table.columns.get("year", first))
    values = {"year": year, "subject": subject, "grade": grade, "score": score}
    return pd.DataFrame(values).assign(sheet=table.sheet, row=table.rows).astype(COLUMNS)
