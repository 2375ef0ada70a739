"""Task tables of a work (ALL) and its lists of codes (KS of content, KT of requirements).

The sheets do not say which work they are about: grade, subject and list stand in the path,
`4_Математика_ALL.xlsx` or `4/Математика/ALL.xlsx`. They serve the work of any year.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import pandas as pd

from pipelines.readers import codifier, work_tasks
from pipelines.readers.cells import is_blank
from pipelines.readers.identity import identify
from pipelines.readers.reading import ProblemLog, Reading, Sheet, TestHeader, Workbook
from pipelines.readers.sheet_table import SheetTable, find_table, require, top_headings

KIND = "task_table"
LABEL = "Таблица заданий или кодификатор работы"

_PART = re.compile(r"(?:^|[_ ])(ALL|KS|KT)$", re.IGNORECASE)
_LISTS = {"KS": "kes", "KT": "kt"}
_LEADING_GRADE = re.compile(r"(\d{1,2})[_ ]")


def recognises(workbook: Workbook) -> bool:
    """True for a table of tasks, for a list of codes, and for an empty sheet named like one."""
    if any(_is_tasks(sheet) or codifier.is_code_list(sheet) for sheet in workbook.sheets):
        return True
    return _part(workbook.path) is not None and all(map(_is_empty, workbook.sheets))


def read(workbook: Workbook) -> Reading:
    """Tables `tasks`, one row per task, and `codifier`, one row per code, whichever are there."""
    log = ProblemLog()
    test = _test_of(workbook.path)
    lacking = [n for n, v in (("класс", test.grade), ("предмет", test.subject)) if v is None]
    if lacking:
        log.add("task_table_test_unknown", value=workbook.path, expected=", ".join(lacking))
        return Reading(kind=KIND, problems=log.frame())
    tables: dict[str, pd.DataFrame] = {}
    usable: list[SheetTable] = []
    for sheet in workbook.sheets:
        named = _part(sheet.name) or _part(workbook.path)
        if _is_tasks(sheet) and "tasks" not in tables:
            table = find_table(sheet, work_tasks.HEADINGS)
            if require(table, log):
                tables["tasks"] = work_tasks.tasks_of(table, test, log)
                usable.append(table)
        elif codifier.is_code_list(sheet):
            table = find_table(sheet, codifier.HEADINGS)
            codes = codifier.codes_of(table, test, _LISTS.get(named or ""), log)
            tables["codifier"] = pd.concat([tables.get("codifier"), codes], ignore_index=True)
            usable.append(table)
    if not any(len(table.rows) for table in usable) and not len(log.frame()):
        log.add("task_table_empty", value=workbook.sheets[0].name)
    return Reading(
        kind=KIND,
        problems=log.frame(),
        test=work_tasks.header_of(test, tables["tasks"]) if "tasks" in tables else test,
        tables=tables,
        rows_read=sum(len(table.rows) for table in usable),
        addresses={k: v for table in usable for k, v in table.addresses().items()},
    )


def _test_of(path: str) -> TestHeader:
    """Grade and subject that the path names; a leading number of the file's name is the grade."""
    match = _LEADING_GRADE.match(PurePosixPath(path).name)
    named = identify(path)
    return TestHeader(grade=int(match[1]) if match else named.grade, subject=named.subject)


def _part(name: str) -> str | None:
    """ALL, KS or KT at the end of a file's or sheet's name."""
    match = _PART.search(PurePosixPath(name).stem)
    return match[1].upper() if match else None


def _is_tasks(sheet: Sheet) -> bool:
    return any(map(work_tasks.is_header, top_headings(sheet)))


def _is_empty(sheet: Sheet) -> bool:
    return all(is_blank(cell) for row in sheet.rows for cell in row)
