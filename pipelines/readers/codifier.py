"""Lists of codes of a work: elements of content (КЭС) and requirements (КТ)."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from pipelines.readers import cells
from pipelines.readers.reading import ProblemLog, Sheet, TestHeader
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import Heading, SheetTable, heading, top_headings
from pipelines.readers.work_tasks import plain

_CODE = r"код(?: требования| элемента)?$"
_TEXT = r".*(?:элемент|требовани|умени|результат)"
HEADINGS = (Heading("code", "Код", _CODE), Heading("text", "Проверяемые элементы", _TEXT))
COLUMNS = {
    **{"grade": "Int64", "subject": "str", "list": "str", "code": "str", "text": "str"},
    **{"sheet": "str", "row": "Int64"},
}

_REQUIREMENT = re.compile(r"требовани|умени|результат")


def is_code_list(sheet: Sheet) -> bool:
    """True if a header is «Код» and one column of elements or requirements, and nothing else."""
    return any(
        len(row) == 2
        and any(re.match(_CODE, cell) for cell in row)
        and any(re.match(_TEXT, cell) and not re.match(_CODE, cell) for cell in row)
        for row in top_headings(sheet)
    )


def codes_of(
    table: SheetTable, test: TestHeader, list_name: str | None, log: ProblemLog
) -> pd.DataFrame:
    """Columns COLUMNS, one row per code; rows without a code or a text and repeated codes stay out.

    list_name: kes or kt, as the file's name says; without it the header decides.
    A text may stand in any column right of the code, also cut into several.
    """
    column = table.columns["code"]
    code = table.texts("code", cells.label)
    right = table.cells[:, column + 1 :]
    words = np.array([[plain(cell) or "" for cell in row] for row in right], dtype=object)
    text = [" ".join(filter(None, row)) or None for row in words]
    text = np.array(text, dtype=object)
    frame = pd.DataFrame(
        {
            "grade": test.grade,
            "subject": test.subject,
            "list": list_name or _list_of(table),
            "code": pd.array(code, dtype="str"),
            "text": pd.array(text, dtype="str"),
            "sheet": table.sheet,
            "row": table.rows,
        },
        index=range(len(table.rows)),
    )
    repeated = frame["code"].duplicated() & frame["code"].notna()
    table.fault(log, "codifier_code_missing", frame["code"].isna(), column, value=text)
    table.fault(log, "codifier_text_missing", frame["text"].isna(), column)
    table.fault(log, "codifier_code_repeated", repeated, column)
    return without_stopped(frame.astype(COLUMNS), log)


def _list_of(table: SheetTable) -> str:
    named = heading(table.headers[table.columns["text"]])
    return "kt" if _REQUIREMENT.search(named) else "kes"
