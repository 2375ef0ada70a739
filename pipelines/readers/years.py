"""Years of tests in cells: 2024, «2024», «2023/2024»."""

from __future__ import annotations

import re
from typing import Any

from pipelines.readers.cells import text, whole

_SCHOOL_YEAR = re.compile(r"20\d\d ?[/–-] ?(20\d\d)(?: ?(?:уч\.?|учебный)? ?(?:г\.?|год))?")


def year_of(value: Any) -> int | None:
    """The year of a cell, the later one of a school year; None if it is none."""
    match = _SCHOOL_YEAR.fullmatch(text(value).lower())
    year = int(match[1]) if match else whole(value)
    return year if year is not None and 2000 <= year <= 2100 else None
