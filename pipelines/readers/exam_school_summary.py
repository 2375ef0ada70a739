"""ЕГЭ by school: a table of a region with a group of columns per subject.

Header in two or three rows: «Муниципалитет», «Образовательная организация», subjects («Русский
язык, чел.») over measures («приняли участие», «не преодолели min», «80–99», «100», «средний
балл»). Municipality and school stand in the first row of a group only: «(286) МБОУ СОШ № 14».
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import norms
from pipelines.readers import cells, identity
from pipelines.readers.exam_cells import GIA_LOGIN
from pipelines.readers.exam_title import exam_subject
from pipelines.readers.header import SEARCHED_ROWS
from pipelines.readers.reading import ProblemLog, Reading, Sheet, Workbook, excel_column
from pipelines.readers.set_aside import without_stopped
from pipelines.readers.sheet_table import each

KIND = "exam_school_summary"
LABEL = "ЕГЭ: итоги по образовательным организациям"
GRADE = 11

_PLACE = re.compile(r"муницип")
_SCHOOL = re.compile(r"(?:обще)?образоват.*(?:школ|организац)|(?:школ|организац).*образоват")
_TOTAL = re.compile(r"(?:всего|итого)\b")
_CODE = re.compile(r"\((\d{1,6})\)")
_HEADER_ROWS = 3
# The first that matches; shares beside the counts are not read.
_MEASURES = (
    (None, re.compile(r"%|процент|доля")),
    ("n_below", re.compile(r"не преодол")),
    ("mean_score", re.compile(r"средн")),
    ("n_full", re.compile(r"(?:^|[^\d–—-])100(?!\d)")),
    ("n_high", re.compile(r"высок|\b8[01] ?[-–—] ?99")),
    ("n", re.compile(r"принял|участ")),
)
MEASURES = ("n", "n_below", "n_high", "n_full", "mean_score")


@dataclass(frozen=True, eq=False)
class _Head:
    """Where a table begins: zero-based rows and columns; groups: columns by subject and measure."""

    first: int
    body: int
    place: int
    school: int
    groups: dict[str, dict[str, int]]


def recognises(workbook: Workbook) -> bool:
    """True if a sheet has municipality and school beside measures of an exam by subject."""
    return any(_head(sheet) for sheet in workbook.sheets)


def read(workbook: Workbook) -> Reading:
    """Table `exam_summary`: one row per school × subject, a sheet's row giving several."""
    log = ProblemLog()
    heads = [(sheet, head) for sheet in workbook.sheets if (head := _head(sheet))]
    frames, count, addresses = [], 0, {}
    for sheet, head in heads:
        above = " ".join(cells.text(c) for row in sheet.rows[: head.first] for c in row if c)
        year = identity.identify(above, sheet.name, workbook.path).year
        if year is None:
            log.add("report_test_unknown", sheet=sheet.name, value=sheet.name, expected="год")
        rows = _rows(sheet, head, log)
        count += len(rows)
        frames += [_subject(sheet, head, s, year, rows, log) for s in head.groups]
        addresses[(sheet.name, "school_id")] = excel_column(head.school)
    summary = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if heads and not count:
        log.add("no_data_rows", sheet=heads[0][0].name)
    return Reading(
        kind=KIND,
        problems=log.frame(),
        tables={"exam_summary": without_stopped(summary, log)} if len(summary) else {},
        rows_read=count,
        addresses=addresses,
    )


def _head(sheet: Sheet) -> _Head | None:
    for first, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
        folded = [norms.fold(cells.text(c)) if isinstance(c, str) else "" for c in row]
        place = next((i for i, c in enumerate(folded) if _PLACE.match(c)), None)
        school = next((i for i, c in enumerate(folded) if _SCHOOL.search(c)), None)
        if place is None or school is None or place == school:
            continue
        body = _body(sheet, first, max(place, school))
        groups = _groups(sheet.rows[first:body], max(place, school))
        if groups:
            return _Head(first, body, place, school, groups)
    return None


def _body(sheet: Sheet, first: int, last_title: int) -> int:
    """The row below the header: the first with a number right of the titles."""
    for place in range(first + 1, min(first + _HEADER_ROWS, len(sheet.rows))):
        if any(cells.number(c) is not None for c in sheet.rows[place][last_title + 1 :]):
            # «100» is a number too, but over a column of people it stands among other words.
            words = [c for c in sheet.rows[place] if isinstance(c, str) and _measure(c)]
            if not words:
                return place
    return min(first + _HEADER_ROWS, len(sheet.rows))


def _groups(head: list[list[object]], last_title: int) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    subject = None
    for column in range(last_title + 1, len(head[0])):
        texts = [cells.text(row[column]) for row in head]
        subject = next((s for s in map(exam_subject, texts) if s), subject)
        measure = next((m for t in texts if not exam_subject(t) and (m := _measure(t))), None)
        if subject and measure:
            found.setdefault(subject, {}).setdefault(measure, column)
    return {s: measures for s, measures in found.items() if "n" in measures}


def _measure(text: str) -> str | None:
    folded = norms.fold(text)
    return next((name for name, pattern in _MEASURES if pattern.search(folded)), None)


def _rows(sheet: Sheet, head: _Head, log: ProblemLog) -> pd.DataFrame:
    """Rows of schools: Excel's number, login, name, municipality, the cells."""
    body = sheet.rows[head.body :]
    frame = pd.DataFrame(
        {
            "row": np.arange(head.body + 1, head.body + 1 + len(body)),
            "municipality": pd.array([cells.label(r[head.place]) for r in body], dtype="str"),
            "name": pd.array([cells.label(r[head.school]) for r in body], dtype="str"),
        }
    )
    measured = sorted({c for group in head.groups.values() for c in group.values()})
    filled = np.array([any(not cells.is_blank(r[c]) for c in measured) for r in body], dtype=bool)
    words = frame["municipality"].fillna("") + " " + frame["name"].fillna("")
    total = words.str.lower().str.strip().str.match(_TOTAL) | (
        frame["name"].fillna("").str.lower().str.match(_TOTAL)
    )
    frame = frame[~total & filled].assign(
        municipality=lambda f: f["municipality"].ffill(), name=lambda f: f["name"].ffill()
    )
    code = frame["name"].str.extract(_CODE, expand=False).str.lstrip("0")
    frame = frame.assign(
        login=(GIA_LOGIN + code).astype("str"),
        school_name=frame["name"].str.replace(_CODE, "", n=1, regex=True).str.strip(),
    )
    unknown = frame[frame["login"].isna()]
    log.add("exam_school_missing", sheet=sheet.name, row=unknown["row"].to_numpy(),
            column_index=[head.school] * len(unknown),
            column=["Образовательная организация"] * len(unknown),
            value=unknown["name"].tolist())  # fmt: skip
    return frame.reset_index(drop=True)


def _subject(
    sheet: Sheet, head: _Head, subject: str, year: int | None, rows: pd.DataFrame, log: ProblemLog
) -> pd.DataFrame:
    """Results of one subject; schools without a participant are left out."""
    columns = head.groups[subject]
    found = {
        measure: _numbers(sheet, rows["row"].to_numpy(), columns.get(measure), measure, log)
        for measure in MEASURES
    }
    results = pd.DataFrame(found).astype(dict.fromkeys(MEASURES[:-1], "Int64"))
    frame = rows[["login", "school_name", "municipality", "row"]].join(results)
    frame = frame.assign(
        procedure="ege", year=year, grade=GRADE, subject=subject, sheet=sheet.name
    ).astype({"year": "Int64", "row": "Int64", "sheet": "str"})
    return frame[frame["n"].notna() & (frame["n"] > 0)]


def _numbers(
    sheet: Sheet, rows: NDArray[np.int64], column: int | None, measure: str, log: ProblemLog
) -> NDArray[np.float64]:
    """Numbers of one column; counts must be whole; what is no number is noted and null."""
    if column is None:
        return np.full(len(rows), np.nan)
    values = np.array([sheet.rows[row - 1][column] for row in rows], dtype=object)
    parse = cells.number if measure == "mean_score" else cells.whole
    numbers = each(values, parse)
    wrong = pd.isna(numbers) & np.array([not cells.is_blank(v) for v in values], dtype=bool)
    wrong &= ~np.isin(values.astype(str), ["-", "–", "—"])
    log.add("not_a_number", sheet=sheet.name, row=rows[wrong], column_index=[column] * wrong.sum(),
            column=[measure] * wrong.sum(), value=values[wrong], expected="число")  # fmt: skip
    return numbers.astype(np.float64)
