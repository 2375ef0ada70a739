"""Forms of a re-check (перепроверка): the score of the jury beside the score of the commission.

No form of this kind was at hand: the layout is this program's own, found by the words of its
header in any order, with synonyms. Stage, year and subject are taken from columns, else from the
titles, the sheet's name and the path.
"""

from __future__ import annotations

import pandas as pd

from pipelines.readers import olympiad_rows
from pipelines.readers.olympiad_rows import COLUMNS, note_pair
from pipelines.readers.olympiad_sheet import CODE, NAMES, PUPIL, SCHOOL
from pipelines.readers.persons import Context
from pipelines.readers.reading import ProblemLog, Reading, Sheet, Workbook
from pipelines.readers.sheet_table import Heading, SheetTable, find_table

KIND = "olympiad_recheck"
LABEL = "ВсОШ: перепроверка работ"

_HEADINGS = (
    Heading("school", "ОО", SCHOOL),
    Heading("subject", "Предмет", r"(?:наименование |учебный )?предмет", required=False),
    Heading("grade_competed", "Класс", r"класс|параллель", required=False),
    Heading("code", "Код участника", CODE, required=False),
    *NAMES,
    Heading("score", "Балл",
            r"(?:исходный |первоначальный |первичный |итоговый )?балл(?:ы|ов)?"
            r"(?:$| (?:до|жюри|школ|оо|участник|первонач|исходн|при перв))"),
    Heading("recheck", "Балл перепроверки",
            r"балл\w*,? (?:по |после |при |за )?(?:итогам |результатам )?(?:перепровер|повторн)"
            r"|(?:результат |итог )?перепровер|повторн"),
    Heading("max_score", "Максимальный балл", r"макс"),
    Heading("stage", "Этап", r"этап", required=False),
    Heading("year", "Год", r"(?:учебный )?год(?: участия)?$", required=False),
)  # fmt: skip
RECHECK_COLUMNS = {
    name: COLUMNS[name]
    for name in ("year", "stage", "subject", "grade_competed", "school", "pupil", "score")
} | {"recheck": "float64", "max_score": "float64", "sheet": "str", "row": "Int64"}


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has a score, a score of the re-check and a maximum."""
    return any(_table(sheet) is not None for sheet in workbook.sheets)


def read(workbook: Workbook, context: Context) -> Reading:
    """Table `rechecks`: one row per work that was checked again."""
    log = ProblemLog()
    tables = [table for sheet in workbook.sheets if (table := _table(sheet)) is not None]
    parts = [(table, _rows(table, workbook.path, context, log)) for table in tables]
    return olympiad_rows.reading(KIND, "rechecks", parts, RECHECK_COLUMNS, log)


def _table(sheet: Sheet) -> SheetTable | None:
    table = find_table(sheet, _HEADINGS, at_least=4)
    known = not table.missing and any(role in table.columns for role in PUPIL)
    return table if known else None


def _rows(table: SheetTable, path: str, context: Context, log: ProblemLog) -> pd.DataFrame:
    frame = olympiad_rows.results(table, path, context, log, judged=False)
    recheck = note_pair(table, frame["max_score"].to_numpy(), log)
    return frame.assign(recheck=recheck)[list(RECHECK_COLUMNS)].astype(RECHECK_COLUMNS)
