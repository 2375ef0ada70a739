"""A row of `risk_markers`: how every marker of the zones of risk gives what it saw."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analytics import schema
from analytics.thresholds import threshold

NBSP = "\u00a0"
COLUMNS = list(schema.TABLES["risk_markers"].columns)
FEW = "участников меньше {}"


def marker_rows(places: pd.DataFrame, marker: str, **columns: object) -> pd.DataFrame:
    """Rows of one marker; places: year, school_id and, for markers by subject, subject."""
    named = {"subject": "", "marker": marker, **columns}
    if "subject" in places:
        named["subject"] = places["subject"].to_numpy()
    values = {
        name: column.to_numpy() if isinstance(column, pd.Series) else column
        for name, column in named.items()
    }
    rows = places[["year", "school_id"]].reset_index(drop=True).assign(**values)
    return rows.reindex(columns=COLUMNS)


def graded(flag: ArrayLike, n: ArrayLike, level: str) -> np.ndarray:
    """Level by the small-number rule: not_checked below 5, info in place of a sign for 5–9."""
    flag, n = np.asarray(flag, dtype=bool), np.asarray(n, dtype=np.float64)
    few, some = int(threshold("risk_min_participants")), int(threshold("risk_test_from"))
    return np.select([~(n >= few), flag & (n < some), flag], ["not_checked", "info", level], "none")


def number(value: float, digits: int = 1) -> str:
    """«−0,5», half-up."""
    step = Decimal(1).scaleb(-digits)
    rounded = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    return f"{rounded:f}".replace("-", "\u2212").replace(".", ",")


def share(part: int, whole: int) -> str:
    """«34,1 % (28 из 82)»; a dash where there is nobody."""
    if not whole:
        return "—"
    return f"{number(100 * part / whole)}{NBSP}% ({int(part)}{NBSP}из{NBSP}{int(whole)})"


def texts(words: list[str], where: ArrayLike) -> pd.array:
    """Words where `where` holds, null elsewhere."""
    chosen = np.asarray(where, dtype=bool)
    return pd.array([w if c else None for w, c in zip(words, chosen, strict=True)], dtype="str")
