"""«Статистика по отметкам»: percents of pupils by mark."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.schema import MARKS
from pipelines.readers.percents import check_percents, percents_of
from pipelines.readers.reading import ProblemLog, Reading, Workbook
from pipelines.readers.report_head import (
    KEY_COLUMNS,
    Report,
    open_report,
    reading_of,
    report_kind,
    report_sheets,
)
from pipelines.readers.sheet_table import Heading

KIND = "vpr_marks"
LABEL = "Статистика по отметкам"

COLUMNS = {
    **KEY_COLUMNS,
    "n": "Int64",
    **{f"pct{mark}": "float64" for mark in MARKS},
    **{"sheet": "str", "row": "Int64"},
}
# Headers are numbers in the export, texts in merged tables: 2, «2», "2, %".
_MARKS = tuple(Heading(f"pct{m}", str(m), rf"[«\"]?{m}[»\"]?(?:,? ?%)?$") for m in MARKS)


def recognises(workbook: Workbook) -> bool:
    """True if a sheet is the report, exported from FIS OKO or merged by a region."""
    return any(report_kind(sheet) == KIND for sheet in workbook.sheets)


def read(workbook: Workbook) -> Reading:
    """Table `report_marks`: one row per test × group; percents 0..100 as printed."""
    log = ProblemLog()
    sheets = [
        (report, _marks(report, log))
        for sheet in report_sheets(workbook, KIND)
        if (report := open_report(sheet, workbook.path, _MARKS, log)) is not None
    ]
    return reading_of(KIND, "report_marks", COLUMNS, sheets, log)


def _marks(report: Report, log: ProblemLog) -> pd.DataFrame:
    """Percents of one sheet; a blank cell means that nobody has the mark."""
    table, keys = report.table, report.keys
    columns = [table.columns[f"pct{mark}"] for mark in MARKS]
    percents, sound = percents_of(table, columns, keys, log)
    check_percents(table, columns[0], percents, keys, sound, log)
    percents = np.where(sound[:, None], np.nan_to_num(percents), percents)
    named = {f"pct{mark}": percents[:, k] for k, mark in enumerate(MARKS)}
    return keys.assign(**named, sheet=table.sheet, row=keys.index)
