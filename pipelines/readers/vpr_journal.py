"""«Сравнение отметок с отметками по журналу»: how many pupils got less, the same, more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.readers.groups import code_in, group_of
from pipelines.readers.identity import login_in
from pipelines.readers.percents import logins
from pipelines.readers.reading import ProblemLog, Reading, Sheet, Workbook
from pipelines.readers.report_head import (
    COUNT,
    KEY_COLUMNS,
    Report,
    count,
    head_cells,
    named_test,
    open_report,
    reading_of,
    report_kind,
    report_sheets,
)
from pipelines.readers.sheet_table import Heading, SheetTable, find_table, require, top_headings

KIND = "vpr_journal"
LABEL = "Сравнение отметок с отметками по журналу"

OUTCOMES = {"lowered": "Понизили", "confirmed": "Подтвердили", "raised": "Повысили"}
# The brackets are spelled «Отметка по журналу» or «Отметке по журналу», or left out.
_COUNTS = tuple(
    Heading(
        column,
        f"{word} … Кол-во участников",
        rf"{word.lower()}\b.*\b(?:кол-во|количество) участников",
    )
    for column, word in OUTCOMES.items()
)
_TALL = (
    Heading("group", "Группы участников", r"группы участников"),
    Heading("n", "Кол-во участников", r"(?:кол-во|количество) участников"),
    Heading("pct", "%", r"%", required=False),
)
COLUMNS = {
    **KEY_COLUMNS,
    "n": "Int64",
    **dict.fromkeys(OUTCOMES, "Int64"),
    **{"sheet": "str", "row": "Int64"},
}


def recognises(workbook: Workbook) -> bool:
    """True if a sheet is the report, wide (a row per group) or tall (one group per sheet)."""
    return any(report_kind(sheet) == KIND for sheet in workbook.sheets)


def read(workbook: Workbook) -> Reading:
    """Table `report_journal`: one row per test × group; counts of pupils with both marks."""
    log = ProblemLog()
    sheets = [
        page
        for sheet in report_sheets(workbook, KIND)
        if (page := _read_sheet(sheet, workbook.path, log)) is not None
    ]
    return reading_of(KIND, "report_journal", COLUMNS, sheets, log)


def _read_sheet(sheet: Sheet, path: str, log: ProblemLog) -> tuple[Report, pd.DataFrame] | None:
    if not any(_is_wide(row) for row in top_headings(sheet)):
        return _read_tall(sheet, path, log)
    report = open_report(sheet, path, _COUNTS, log)
    return None if report is None else (report, _outcomes(report, log))


def _is_wide(row: frozenset[str]) -> bool:
    """A header that has an outcome beside the groups; in the tall layout it stands below them."""
    return len(row) > 2 and any(cell.startswith("понизили") for cell in row)


def _outcomes(report: Report, log: ProblemLog) -> pd.DataFrame:
    """One row per group of a wide sheet; blanks are zeros only for a group without pupils."""
    table, keys = report.table, report.keys
    columns = [table.columns[outcome] for outcome in OUTCOMES]
    counts, _ = table.numbers(columns, count)
    counts[keys["n"].eq(0).fillna(False).to_numpy(dtype=bool)[:, None] & np.isnan(counts)] = 0
    login = logins(keys)
    table.fault(
        log, "journal_count_not_whole", np.isnan(counts), columns, expected=COUNT, login=login
    )
    named = {outcome: counts[:, k] for k, outcome in enumerate(OUTCOMES)}
    frame = keys.assign(**named, sheet=table.sheet, row=keys.index)
    _check_sum(table, frame, log)
    return frame


def _check_sum(table: SheetTable, frame: pd.DataFrame, log: ProblemLog) -> None:
    """Notes groups whose outcomes do not add up to the participants."""
    total = frame[list(OUTCOMES)].sum(axis=1, skipna=False).to_numpy(dtype=np.float64)
    n = frame["n"].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = ~np.isnan(total) & ~np.isnan(n) & (total != n)
    log.add(
        "journal_sum",
        sheet=table.sheet,
        row=frame["row"].to_numpy()[wrong],
        column_index=table.columns["n"],
        column=table.headers[table.columns["n"]],
        login=logins(frame)[wrong],
        value=[f"{value:.0f}" for value in total[wrong]],
        expected=[f"{value:.0f}" for value in n[wrong]],
    )


def _read_tall(sheet: Sheet, path: str, log: ProblemLog) -> tuple[Report, pd.DataFrame] | None:
    """The group of a tall sheet, one record of four rows; the head or the path names it."""
    table = find_table(sheet, _TALL)
    if not require(table, log):
        return None
    test = named_test(sheet, table.header_row, path, log)
    group = _group_of(sheet, table.header_row, path, log)
    found = _tall_counts(table, log)
    if test is None or group is None or found is None:
        return None
    record = {"year": test.year, "grade": test.grade, "subject": test.subject, **group, **found}
    frame = pd.DataFrame([record]).assign(sheet=sheet.name, row=int(table.rows[0]))
    _check_sum(table, frame, log)
    return Report(table, frame, test), frame


def _tall_counts(table: SheetTable, log: ProblemLog) -> dict[str, float] | None:
    """Counts by outcome and in all; None, with the reason noted, if a row or a number lacks."""
    labels = pd.Series(table.texts("group"), dtype="str").fillna("").str.lower()
    counts, _ = table.numbers([table.columns["n"]], count)
    words = {**OUTCOMES, "n": "Всего"}
    rows = {
        name: labels.str.startswith(word.lower()).to_numpy(dtype=bool)
        for name, word in words.items()
    }
    unclear = [f"«{words[name]}»" for name, mask in rows.items() if mask.sum() != 1]
    if unclear:
        log.add("journal_rows_unclear", value=table.sheet, expected=", ".join(unclear))
        return None
    wanted = np.logical_or.reduce(list(rows.values()))
    faulty = wanted & np.isnan(counts[:, 0])
    table.fault(log, "journal_count_not_whole", faulty, table.columns["n"], expected=COUNT)
    if faulty.any():
        shown = ", ".join(f"«{label}»" for label in table.texts("group")[faulty])
        log.add("journal_rows_unclear", value=table.sheet, expected=shown)
        return None
    return {name: counts[mask, 0][0] for name, mask in rows.items()}


def _group_of(sheet: Sheet, header_row: int, path: str, log: ProblemLog) -> dict | None:
    """Whose sheet it is: by a code in the head, the sheet's name or the path, else by words."""
    head = head_cells(sheet, header_row)
    coded = next((cell for cell in head if code_in(cell)), None)
    elsewhere = code_in(sheet.name) or login_in(path)
    name = coded or elsewhere or next((cell for cell in head if group_of(cell)), None)
    if name is None:
        log.add("report_school_unknown", value=sheet.name)
        return None
    return {"group": group_of(name), "group_name": name, "group_code": code_in(name)}
