"""Rows of percents that make up a hundred: read, and checked for what they claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers.cells import number
from pipelines.readers.reading import ProblemLog
from pipelines.readers.sheet_table import SheetTable

# Percents are printed to two decimals: each is off by 0.005 at most, so even a hundred of columns
# stay within half a percent.
SUM_TOLERANCE = 0.5
PERCENT = "число от 0 до 100"


def percent(value: Any) -> float | None:
    """A share in percent, with or without the sign %."""
    return number(value.rstrip("% \u00a0")) if isinstance(value, str) else number(value)


def logins(keys: pd.DataFrame) -> NDArray[np.object_]:
    """Codes of the groups as `SheetTable.fault` wants them, None where a group has none."""
    codes = keys["group_code"].to_numpy(dtype=object)
    return np.where(pd.isna(codes), None, codes)


def percents_of(
    table: SheetTable, columns: Sequence[int], keys: pd.DataFrame, log: ProblemLog
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Percents (rows × columns), NaN where blank or faulty, and rows without a faulty cell."""
    values, unreadable = table.numbers(columns, percent)
    outside = (values < 0) | (values > 100)
    login = logins(keys)
    table.fault(log, "percent_not_a_number", unreadable, columns, expected=PERCENT, login=login)
    table.fault(log, "percent_out_of_range", outside, columns, expected=PERCENT, login=login)
    return np.where(outside, np.nan, values), ~(unreadable | outside).any(axis=1)


def check_percents(
    table: SheetTable,
    first: int,
    percents: NDArray[np.float64],
    keys: pd.DataFrame,
    sound: NDArray[np.bool_],
    log: ProblemLog,
) -> None:
    """Notes rows with pupils whose percents are not there, are shares, or do not make up 100.

    first: the column of the first percent, where such a fault is shown.
    """
    attended = sound & keys["n"].fillna(0).gt(0).to_numpy()
    blank = np.isnan(percents).all(axis=1)
    total = np.nansum(percents, axis=1)
    shares = np.abs(total - 1) <= SUM_TOLERANCE / 100
    off = np.abs(total - 100) > SUM_TOLERANCE
    shown = [f"{value:.2f}".replace(".", ",") for value in total]
    login = logins(keys)
    table.fault(log, "percents_missing", attended & blank, first, login=login)
    table.fault(log, "percents_are_shares", attended & shares, first, login=login, value=shown)
    wrong = attended & off & ~shares & ~blank
    table.fault(log, "percents_sum", wrong, first, expected="100", login=login, value=shown)
