"""A list of medallists and of candidates for a medal. No real list has been seen: the layout is
what such lists are likely to have, found by headings with their synonyms.

Columns: «Код ОО» (as in the exam protocols), «Фамилия», «Имя», «Отчество» or one «ФИО»; «Степень»
(I or II, may be blank); «Статус» («претендент», «выдана») unless the title says it; «Год» unless
the title or the path says it. Names become keyed codes and go no further.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analytics.norms import fold
from pipelines.readers import cells
from pipelines.readers.person_lists import PUPIL, YEAR, note, pupils, read_lists, title
from pipelines.readers.persons import Context
from pipelines.readers.reading import ProblemLog, Reading, Sheet, Workbook
from pipelines.readers.sheet_table import Heading, SheetTable, find_table

KIND = "medal_list"
LABEL = "Список медалистов и претендентов на медаль"

_HEADINGS = (
    *PUPIL,
    YEAR,
    Heading("degree", "Степень", r"степень|вид медали|медаль\b", required=False),
    Heading("status", "Статус", r"статус|состояние|отметка о выдаче", required=False),
)
_MEDAL = re.compile(r"медал")
_CANDIDATE = re.compile(r"претенд|кандидат")
_ISSUED = re.compile(r"выдан|вручен|награжд|медалист")
_DEGREES = {
    "I": re.compile(r"(?:i|1|перв\w*|золот\w*)\b"),
    "II": re.compile(r"(?:ii|2|втор\w*|серебр\w*)\b"),
}


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has «Код ОО» and names, and speaks of medals in its heading or title."""
    return any(map(_is_list, workbook.sheets))


def read(workbook: Workbook, context: Context) -> Reading:
    """Table `medals`: one row per pupil of the list."""
    tables = [find_table(sheet, _HEADINGS) for sheet in filter(_is_list, workbook.sheets)]
    return read_lists(
        "medals", KIND, tables, lambda table, log: _medals(table, workbook.path, context, log)
    )


def _is_list(sheet: Sheet) -> bool:
    table = find_table(sheet, _HEADINGS)
    if table.header_row is None or table.missing:
        return False
    words = f"{title(sheet, table.header_row)} {' '.join(table.headers)}"
    return bool(_MEDAL.search(fold(words)))


def _medals(table: SheetTable, path: str, context: Context, log: ProblemLog) -> pd.DataFrame:
    rows = pupils(table, path, context, log)
    degree = table.texts("degree", _degree)
    if "degree" in table.columns:
        odd = pd.isna(degree) & ~pd.isna(table.texts("degree"))
        note(table, log, "medal_degree_unknown", odd, "degree", expected="I или II")
    if "status" in table.columns:
        status = table.texts("status", _status)
        note(table, log, "medal_status_unknown", pd.isna(status), "status")
    else:
        told = _status(title(table.source, table.header_row))
        status = np.full(len(table.rows), told, dtype=object)
        note(table, log, "medal_status_unknown", pd.isna(status), "login")
    return rows.assign(degree=pd.array(degree, dtype="str"), status=pd.array(status, dtype="str"))


def _status(value: object) -> str | None:
    folded = fold(cells.text(value))
    if _CANDIDATE.search(folded):
        return "candidate"
    return "issued" if _ISSUED.search(folded) else None


def _degree(value: object) -> str | None:
    folded = fold(cells.text(value)).translate(str.maketrans("іl", "ii"))
    return next((d for d in ("II", "I") if _DEGREES[d].match(folded)), None)
