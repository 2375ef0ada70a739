"""Opens a spreadsheet into plain rows, with what calamine does not tell: hidden rows and formulas
without a stored value."""

from __future__ import annotations

import csv
import io
import posixpath
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pipelines.readers.reading import Sheet, Workbook

SEPARATORS = (";", "\t", ",")  # the first of equals
MAX_TEXT_COLUMNS = 1000
SHEET_NAME_LENGTH = 31  # Excel cuts longer ones

_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\bhidden=\"(?:1|true)\"[^>]*>")
_ROW_NUMBER = re.compile(rb"\br=\"(\d+)\"")
# A formula cell whose value is absent or empty: written by a library, never calculated by Excel.
_UNCACHED = re.compile(
    rb"<c\b[^>]*?\br=\"([A-Z]+\d+)\"[^>]*>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def open_workbook(path: Path, relative: str) -> Workbook:
    """The sheets of `path`, told to everybody as `relative`.

    Raises whatever calamine raises on a broken file (also a BaseException for a Rust panic).
    """
    if path.suffix.lower() == ".csv":
        return Workbook(path=relative, sheets=(_text_sheet(path),))
    book = CalamineWorkbook.from_path(path)
    marks = _sheet_marks(path) if path.suffix.lower() in (".xlsx", ".xlsm") else {}
    sheets = []
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        hidden_rows, uncached = marks.get(meta.name, (frozenset(), frozenset()))
        sheets.append(
            Sheet(
                name=meta.name,
                rows=book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False),
                visible=meta.visible == SheetVisibleEnum.Visible,
                hidden_rows=hidden_rows,
                uncached_formulas=uncached,
            )
        )
    return Workbook(path=relative, sheets=tuple(sheets))


def _text_sheet(path: Path) -> Sheet:
    """A table of text as one sheet, named as Excel names it. Raises ValueError if it is too wide.

    utf-8 with or without a mark, else cp1251; separated by what its first line has most.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251")
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    width = max(map(len, rows), default=0)
    if width > MAX_TEXT_COLUMNS:
        raise ValueError(f"в строке {width} столбцов")
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return Sheet(name=path.stem[:SHEET_NAME_LENGTH], rows=padded)


def _sheet_marks(path: Path) -> dict[str, tuple[frozenset[int], frozenset[str]]]:
    """Hidden rows and uncached formulas by sheet name, by a scan of the sheets' bytes."""
    with zipfile.ZipFile(path) as archive:
        marks = {}
        for name, part in _sheet_parts(archive).items():
            content = archive.read(part)
            # Plain searches are many times faster than the patterns; most sheets have neither.
            hidden = _hidden_rows(content) if b" hidden=" in content else frozenset()
            uncached = _uncached(content) if b"<f" in content else frozenset()
            marks[name] = (hidden, uncached)
        return marks


def _hidden_rows(content: bytes) -> frozenset[int]:
    tags = (_ROW_NUMBER.search(tag[0]) for tag in _HIDDEN_ROW.finditer(content))
    return frozenset(int(number[1]) for number in tags if number)


def _uncached(content: bytes) -> frozenset[str]:
    return frozenset(match[1].decode("ascii") for match in _UNCACHED.finditer(content))


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Names of the sheets → parts of the archive that hold them."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    relations = {
        element.get("Id"): element.get("Target", "")
        for element in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    }
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
    targets = {s.get("name", ""): relations.get(s.get(_RELATION), "") for s in sheets}
    parts = {
        name: posixpath.normpath(posixpath.join("xl", target)).removeprefix("/")
        if not target.startswith("/")
        else target[1:]
        for name, target in targets.items()
    }
    return {name: part for name, part in parts.items() if part in names}
