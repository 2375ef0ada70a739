"""Workbooks as bytes: the same content gives the same bytes, and no text becomes a formula."""

from __future__ import annotations

import io
import re
import zipfile

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell

_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_FIXED_MOMENT = rb"\g<1>2020-01-01T00:00:00Z\g<2>"
_FIXED_DATE = (2020, 1, 1, 0, 0, 0)


def put(cell: Cell, value: object) -> None:
    """Writes a value so that Excel shows it and never calculates it."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    elif value is not None and value == value:  # neither None nor NaN
        cell.value = value


def to_bytes(workbook: Workbook) -> bytes:
    """The .xlsx of `workbook`, with the moments of writing that are stamped on it made constant."""
    written = io.BytesIO()
    workbook.save(written)
    fixed = io.BytesIO()
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(_FIXED_MOMENT, content)
            entry = zipfile.ZipInfo(name, _FIXED_DATE)
            target.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
