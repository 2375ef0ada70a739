"""The workbook that goes back to a school: what was found in its rows, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analytics import schema
from reports.spreadsheet import put, to_bytes

SEVERITY_LABELS = {"stop": "строка отложена", "warn": "проверьте", "note": "к сведению"}
FILLS = {"stop": "F4B6A6", "warn": "FCE4B0", "note": "DCE9F5"}
ROW_KEY = ["source_id", "sheet", "row"]
MAX_ROWS = 2000  # of one school on one sheet: nobody reads more, and Excel stays quick

_HEAD = PatternFill("solid", fgColor="12436D")
_PLAIN_COLUMNS = ("class_label", "pupil", "variant", "score", "mark", "journal_mark")


def returned_workbooks(
    placed: pd.DataFrame,
    rejected: pd.Index,
    addresses: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
) -> Iterator[tuple[str, bytes]]:
    """(school_id, .xlsx) of every school that has works or faults.

    placed: one row per work with its ids and points; rejected: the index of those set aside;
    addresses: Excel letters of canonical columns (source_id, sheet, column, letters).
    """
    problems = tables["problems"]
    paths = dict(zip(tables["intake"]["source_id"], tables["intake"]["path"], strict=True))
    marked = _with_columns(problems[problems["school_id"].notna()], addresses)
    rows = placed.assign(path=placed["source_id"].map(paths), set_aside=placed.index.isin(rejected))
    by_school = dict(list(marked.groupby("school_id", observed=True, sort=True)))
    nothing = marked.iloc[:0]
    counted = rows.groupby(["school_id", "path"], observed=True, as_index=False, sort=True).agg(
        read=("row", "size"), rejected=("set_aside", "sum")
    )
    files = dict(list(counted.groupby("school_id", observed=True)))
    faulty = rows.merge(marked[ROW_KEY].drop_duplicates(), how="inner", on=ROW_KEY, validate="m:1")
    faulty_rows = dict(list(faulty.groupby("school_id", observed=True)))
    names = dict(zip(tables["schools"]["school_id"], tables["schools"]["short_name"], strict=True))
    for school_id in sorted({*files, *by_school}):
        yield (
            school_id,
            _workbook(
                names.get(school_id, school_id),
                files.get(school_id, counted.iloc[:0]),
                by_school.get(school_id, nothing),
                faulty_rows.get(school_id, faulty.iloc[:0]),
            ),
        )


def _with_columns(problems: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """Problems with the canonical name of the faulty column, where the cell is one of a column."""
    letters = problems["cell"].astype("str").str.extract(r"^([A-Z]+)", expand=False)
    known = addresses.rename(columns={"column": "canonical"}).astype("str")
    return problems.assign(letters=letters).merge(
        known.drop_duplicates(["source_id", "sheet", "letters"]),
        how="left",
        on=["source_id", "sheet", "letters"],
        validate="m:1",
    )


def _workbook(name: str, files: pd.DataFrame, problems: pd.DataFrame, rows: pd.DataFrame) -> bytes:
    book = Workbook()
    _summary(book.active, name, files, problems)
    if len(problems):
        _list(book.create_sheet("Замечания"), problems)
    if len(rows):
        _rows(book.create_sheet("Строки"), rows.head(MAX_ROWS), problems)
    return to_bytes(book)


def _summary(sheet: Worksheet, name: str, files: pd.DataFrame, problems: pd.DataFrame) -> None:
    sheet.title = "Сводка"
    put(sheet["A1"], f"Возврат таблиц: {name}")
    sheet["A1"].font = Font(bold=True, size=14)
    total = len(problems)
    put(sheet["A2"], f"Замечаний: {total}" if total else "Замечаний нет, все строки приняты.")
    at = _table(
        sheet,
        4,
        ("Файл", "Прочитано строк", "Принято", "Отложено"),
        [(f.path, f.read, f.read - f.rejected, int(f.rejected)) for f in files.itertuples()],
    )
    kinds = problems.groupby(["severity", "code"], observed=True, as_index=False, sort=False).agg(
        count=("code", "size"), message=("message", "first"), hint=("hint", "first")
    )
    kinds["order"] = kinds["severity"].map({s: i for i, s in enumerate(schema.SEVERITIES)})
    kinds = kinds.sort_values(["order", "count", "code"], ascending=[True, False, True])
    _table(
        sheet,
        at + 2,
        ("Важность", "Сколько раз", "Что не так (первый случай)", "Что сделать"),
        [
            (SEVERITY_LABELS[k.severity], k.count, k.message, k.hint)
            for k in kinds.itertuples(index=False)
        ],
    )
    _widths(sheet, (48, 18, 70, 70))


def _list(sheet: Worksheet, problems: pd.DataFrame) -> None:
    columns = ("path", "sheet", "cell", "column", "value", "message", "hint")
    labels = [schema.TABLES["problems"].columns[c].label for c in columns]
    rows = [
        (SEVERITY_LABELS[p["severity"]], *(_shown(p[c]) for c in columns))
        for p in problems.to_dict("records")
    ]
    _table(sheet, 1, ("Важность", *labels), rows)
    sheet.freeze_panes = "A2"
    _widths(sheet, (16, 44, 16, 9, 20, 16, 60, 60))


def _rows(sheet: Worksheet, rows: pd.DataFrame, problems: pd.DataFrame) -> None:
    """The school's own rows; a faulty cell shows what stands in the file, and says why."""
    at_fault = set(problems["canonical"].dropna())
    points = [c for c in rows if c[:1] == "p" and c[1:].isdigit()]
    points = [c for c in points if c in at_fault or rows[c].notna().any()]
    shown = [*_PLAIN_COLUMNS, *points]
    labels = {c: spec.label for c, spec in schema.TABLES["works"].columns.items()}
    head = ("Файл", "Лист", "Строка", *(labels.get(c, f"Задание {c[1:]}") for c in shown))
    ordered = rows.sort_values(["path", "sheet", "row"], kind="stable")
    values = [
        (r["path"], r["sheet"], int(r["row"]), *(_shown(r[c]) for c in shown))
        for r in ordered.to_dict("records")
    ]
    _table(sheet, 1, head, values)
    places = {key: i for i, key in enumerate(ordered[ROW_KEY].itertuples(index=False, name=None))}
    for problem in problems.to_dict("records"):
        at = places.get((problem["source_id"], problem["sheet"], problem["row"]))
        if at is not None:
            column = problem["canonical"]
            place = shown.index(column) + 4 if column in shown else 3
            _mark(sheet.cell(at + 2, place), problem)
    sheet.freeze_panes = "D2"
    _widths(sheet, (44, 14, 8, *(12 for _ in shown)))


def _mark(cell, problem: dict) -> None:
    value = _shown(problem["value"])
    if value is not None and cell.column > 3:
        put(cell, str(value))
    cell.fill = PatternFill("solid", fgColor=FILLS[problem["severity"]])
    said = f"{_shown(problem['cell']) or ''} {problem['message']}. {problem['hint']}".strip()
    earlier = f"{cell.comment.text}\n" if cell.comment else ""
    cell.comment = Comment(earlier + said, "mmuko", width=420, height=140)


def _table(sheet: Worksheet, top: int, head: tuple, rows: list[tuple]) -> int:
    """Writes a table with its head in row `top`; returns the row after its last."""
    for column, label in enumerate(head, start=1):
        cell = sheet.cell(top, column)
        put(cell, label)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for line, row in enumerate(rows, start=top + 1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(line, column)
            put(cell, value)
            cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
    return top + len(rows) + 1


def _widths(sheet: Worksheet, widths: tuple[int, ...]) -> None:
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _shown(value: object) -> object:
    """A frame's value for a cell: nothing for a missing one, plain numbers for the rest."""
    if value is None or value is pd.NA or value != value:
        return None
    return value.item() if hasattr(value, "item") else value
