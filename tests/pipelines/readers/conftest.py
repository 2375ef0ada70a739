"""Workbooks for readers: small ones written inline, and real ones by their path."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.readers.opening import open_workbook
from pipelines.readers.reading import Sheet, Workbook


@pytest.fixture
def book() -> Callable[..., Workbook]:
    """Makes a workbook of one sheet from rows of cells; short rows are filled up with blanks."""

    def make(
        *rows: list[Any], path: str = "1.xlsx", sheet: str = "Лист1", **marks: Any
    ) -> Workbook:
        width = max((len(row) for row in rows), default=0)
        filled = [[*row, *[""] * (width - len(row))] for row in rows]
        return Workbook(path, (Sheet(sheet, filled, **marks),))

    return make


@pytest.fixture
def open_sample(samples: Path) -> Callable[[str], Workbook]:
    """Opens a file of the samples by its path inside them."""
    return lambda relative: open_workbook(samples / relative, relative)
