"""The common head of the «Аналитика» reports, and what their rows are about.

Two layouts carry the same figures: the export of FIS OKO (a head over «Группы участников», one test
a sheet) and the table that a region merges of many exports («Год | Класс | Предмет | … | Логин»).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import norms
from pipelines.readers import cells
from pipelines.readers.cells import text, whole
from pipelines.readers.groups import code_in, group_of, groups_of, repeated_groups
from pipelines.readers.identity import identify
from pipelines.readers.reading import ProblemLog, Reading, Sheet, TestHeader, Workbook
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import (
    Heading,
    SheetTable,
    each,
    filled,
    find_table,
    heading,
    require,
    top_headings,
)
from pipelines.readers.years import year_of

NAMES = {
    "vpr_distribution": "распределение первичных баллов",
    "vpr_marks": "статистика по отметкам",
    "vpr_journal": "сравнение отметок с отметками по журналу",
}
COUNT = "целое число, не меньше 0"
_CUT = 20  # letters of a report's name that surely remain in a sheet's name cut at 31

# Dtypes of the keys of every report's table.
KEY_COLUMNS = {
    **{"year": "Int64", "grade": "Int64", "subject": "str"},
    **{"group": "str", "group_name": "str", "group_code": "str"},
}

_PARTICIPANTS = Heading("n", "Кол-во участников", r"(кол-во|количество) участников")
_EXPORT = (Heading("group", "Группы участников", r"группы участников"), _PARTICIPANTS)
_MERGED = (
    Heading("year", "Год", r"(учебный )?год$"),
    Heading("grade", "Класс", r"класс$"),
    Heading("subject", "Предмет", r"предмет$"),
    Heading("login", "Логин", r"логин"),
    Heading("school_name", "ОО", r"(оо|название оо|наименование оо|школа)$"),
    _PARTICIPANTS,
)
_PART_LABELS = {"year": "год", "grade": "класс", "subject": "предмет"}
_EXPECTED = {"year": "год", "grade": "класс от 1 до 12", "subject": "название предмета"}
_THOUSANDS = re.compile(r"\d{1,3}(?:[ ,]\d{3})+")
_GRADE = re.compile(r"(\d{1,2})(?:\s*(?:класс|кл\.?))?", re.IGNORECASE)


@dataclass(frozen=True)
class Report:
    """One sheet with a report.

    keys: one row per data row, indexed by Excel's row: year, grade, subject, group, group_name,
    group_code, n; a faulty one is null. test: the sheet's only test, None for a merged table.
    """

    table: SheetTable
    keys: pd.DataFrame
    test: TestHeader | None


def report_kind(sheet: Sheet) -> str | None:
    """Which report a sheet is: by the name in its head, else by the columns; None for others."""
    rows = list(top_headings(sheet))
    for row in rows:
        for kind, name in NAMES.items():
            if any(cell.startswith(name) for cell in row):
                return kind
    for i, row in enumerate(rows):
        if _is_header(row):
            return _kind_by_columns(sheet, i, row)
    return None


def report_sheets(workbook: Workbook, kind: str) -> list[Sheet]:
    """The sheets of `workbook` that hold the report `kind`."""
    return [sheet for sheet in workbook.sheets if report_kind(sheet) == kind]


def open_report(
    sheet: Sheet, path: str, measures: Sequence[Heading], log: ProblemLog
) -> Report | None:
    """The report of a sheet with its keys; None, with the reason noted, if it cannot be read."""
    merged = any("предмет" in row and "логин" in row for row in top_headings(sheet))
    table = find_table(sheet, (*(_MERGED if merged else _EXPORT), *measures))
    if not table.missing:
        table = _without_sections(table)
    if not require(table, log):
        return None
    if merged:
        return Report(table, _with_participants(table, _merged_keys(table, log), log), None)
    test = named_test(sheet, table.header_row, path, log)
    if test is None:
        return None
    keys = groups_of(table.texts("group"))
    table.fault(log, "report_group_unknown", pd.isna(keys["group"]), table.columns["group"])
    keys |= {part: np.full(len(table.rows), getattr(test, part)) for part in _PART_LABELS}
    return Report(table, _with_participants(table, keys, log), test)


def head_cells(sheet: Sheet, header_row: int) -> list[str]:
    """Texts above the header, from left to right and downwards."""
    return [text(cell) for row in sheet.rows[:header_row] for cell in row if text(cell)]


def named_test(sheet: Sheet, header_row: int, path: str, log: ProblemLog) -> TestHeader | None:
    """The test that the head names; the sheet's name and the path fill what it leaves open."""
    above = head_cells(sheet, header_row)
    title = identify(*above)
    for place, other in (("имя листа", sheet.name), ("имя файла", path)):
        for part, named in _contradictions(title, other):
            log.add(
                "identity_conflict",
                sheet=sheet.name,
                column=f"{_PART_LABELS[part]} ({place})",
                value=named,
                expected=str(getattr(title, part)),
            )
    test = identify(*above, sheet.name, path)
    lacking = [label for part, label in _PART_LABELS.items() if getattr(test, part) is None]
    if lacking:
        log.add("report_test_unknown", value=sheet.name, expected=", ".join(lacking))
        return None
    return replace(test, max_score=_maximum(sheet, header_row))


def count(value: Any) -> int | None:
    """A number of participants: whole, not negative; «30,216» and «30 216» are thousands."""
    shown = text(value)
    if _THOUSANDS.fullmatch(shown):
        return int(re.sub(r"\D", "", shown))
    found = whole(value)
    return found if found is not None and found >= 0 else None


def typed(values: Mapping[str, Any], columns: Mapping[str, str]) -> pd.DataFrame:
    """A frame of `columns` with these dtypes."""
    return pd.DataFrame({name: pd.array(values[name], dtype=t) for name, t in columns.items()})


def reading_of(
    kind: str,
    table: str,
    columns: dict[str, str],
    sheets: Sequence[tuple[Report, pd.DataFrame]],
    log: ProblemLog,
) -> Reading:
    """The reading of a file from its sheets; `columns` are the dtypes of `table` in order.

    It is about a test if all its sheets are about the same one.
    """
    tests = {report.test for report, _ in sheets}
    empty = typed(dict.fromkeys(columns, ()), columns)
    frames = [typed(frame, columns) for _, frame in sheets] or [empty]
    return Reading(
        kind=kind,
        problems=log.frame(),
        test=tests.pop() if len(tests) == 1 else None,
        tables={table: without_stopped(pd.concat(frames, ignore_index=True), log)},
        rows_read=sum(len(report.keys) for report, _ in sheets),
        addresses={k: v for report, _ in sheets for k, v in report.table.addresses().items()},
    )


def _is_header(row: frozenset[str]) -> bool:
    return "группы участников" in row or {"предмет", "логин"} <= row


def _kind_by_columns(sheet: Sheet, index: int, row: frozenset[str]) -> str | None:
    numbers = {whole(cell) for cell in sheet.rows[index]} - {None}
    below = {heading(text(r[0])) for r in sheet.rows[index + 1 : index + 6] if r}
    if any(cell.startswith("понизили") for cell in (*row, *below)):
        return "vpr_journal"
    if {0, 1} <= numbers:
        return "vpr_distribution"
    if numbers == {2, 3, 4, 5}:
        return "vpr_marks"
    named = heading(sheet.name)
    return next((kind for kind, name in NAMES.items() if name[:_CUT] in named), None)


def _contradictions(title: TestHeader, other: str) -> list[tuple[str, str]]:
    """Parts of the test that `other` names differently and nowhere as `title` does."""
    named = identify(other)
    folded = norms.fold(other)
    found = []
    for part in _PART_LABELS:
        mine, theirs = getattr(title, part), getattr(named, part)
        if mine is None or theirs is None or mine == theirs:
            continue
        if not re.search(rf"(?<!\w){re.escape(norms.fold(str(mine)))}(?!\w)", folded):
            found.append((part, str(theirs)))
    return found


def _maximum(sheet: Sheet, header_row: int) -> int | None:
    for row in sheet.rows[:header_row]:
        shown = [cell for cell in row if text(cell)]
        if len(shown) > 1 and heading(text(shown[0])).startswith("максимальный первичный балл"):
            return whole(shown[1])
    return None


def _without_sections(table: SheetTable) -> SheetTable:
    """Rows with a single filled cell are titles of sections, unless they name a school."""
    lone = (filled(table.cells) | table.uncached()).sum(axis=1) == 1
    groups = groups_of(table.texts("group" if "group" in table.columns else "login"))["group"]
    return table.keep(~lone | (groups == "school"))


def _merged_keys(table: SheetTable, log: ProblemLog) -> dict[str, NDArray[Any]]:
    """Keys of a merged table: each row names its test and its school."""
    login = table.texts("login", cells.login)
    code = each(login, code_in)
    unknown = pd.isna(code)
    blank = pd.isna(login)
    table.fault(log, "school_login_missing", blank, table.columns["login"])
    table.fault(log, "school_login_form", unknown & ~blank, table.columns["login"], login=login)
    name = table.texts("school_name")
    keys = {
        "group": np.where(unknown, "school", each(login, group_of)),
        "group_name": np.where(pd.isna(name), login, name),
        "group_code": np.where(unknown, login, code),
        "subject": table.texts("subject", _subject),
    }
    for part, parse in (("year", year_of), ("grade", _grade)):
        keys[part] = table.numbers([table.columns[part]], parse)[0][:, 0]
    for part in _PART_LABELS:
        unknown = pd.isna(keys[part])
        table.fault(
            log,
            f"report_{part}_unknown",
            unknown,
            table.columns[part],
            expected=_EXPECTED[part],
        )
    return keys


def _with_participants(table: SheetTable, keys: dict[str, Any], log: ProblemLog) -> pd.DataFrame:
    """The frame of the keys with `n`; notes groups that the report has twice."""
    column = table.columns["n"]
    keys["n"] = table.numbers([column], count)[0][:, 0]
    place = table.columns.get("group", table.columns.get("login"))
    login = keys["group_code"]
    table.fault(
        log, "participants_not_whole", np.isnan(keys["n"]), column, expected=COUNT, login=login
    )
    table.fault(log, "report_group_repeated", repeated_groups(keys), place, login=login)
    return typed(keys, {**KEY_COLUMNS, "n": "Int64"}).set_axis(table.rows)


def _grade(value: Any) -> int | None:
    match = _GRADE.fullmatch(text(value))
    return int(match[1]) if match and 1 <= int(match[1]) <= 12 else None


def _subject(value: Any) -> str | None:
    name = text(value)
    return norms.canonical_subject(name) or norms.subject_by_code(name) if name else None
