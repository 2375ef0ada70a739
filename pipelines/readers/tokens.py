"""Blocks of cells as codes into their distinct values, so that each value is parsed only once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers.cells import Sign


@dataclass(frozen=True)
class Tokens:
    """Cells of any shape: `values[codes]` gives them back."""

    codes: NDArray[np.intp]
    values: NDArray[np.object_]

    @classmethod
    def of(cls, columns: Sequence[Sequence[Any]]) -> Tokens:
        """The tokens of equally long columns, shape (cells of a column, columns)."""
        cells = np.empty((len(columns), len(columns[0])), dtype=object)
        for place, column in enumerate(columns):
            cells[place] = column
        codes, values = pd.factorize(cells.ravel(), use_na_sentinel=False)
        return cls(codes.reshape(cells.shape).T, values)

    def take(self, rows: NDArray[np.bool_]) -> Tokens:
        """The tokens of the chosen rows."""
        return Tokens(self.codes[rows], self.values)

    def column(self, place: int) -> Tokens:
        """One column of a block, shape (rows,)."""
        return Tokens(self.codes[:, place], self.values)

    def flags(self, test: Callable[[Any], bool]) -> NDArray[np.bool_]:
        """For each cell, whether `test` holds."""
        return np.array([test(value) for value in self.values], dtype=bool)[self.codes]

    def texts(self, parse: Callable[[Any], str | None]) -> pd.api.extensions.ExtensionArray:
        """For each cell of one column, the text that `parse` makes of it."""
        return pd.array([parse(value) for value in self.values], dtype="str").take(self.codes)

    def signs(
        self, parse: Callable[[Any], tuple[Sign, int]]
    ) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
        """For each cell, what kind of thing it holds and its number (0 where it holds none)."""
        parsed = [parse(value) for value in self.values]
        kinds = np.array([sign for sign, _ in parsed], dtype=np.int8)
        numbers = np.array([found for _, found in parsed], dtype=np.int16)
        return kinds[self.codes], numbers[self.codes]
