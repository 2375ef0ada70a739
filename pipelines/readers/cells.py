"""What single cells mean: numbers however typed, blanks, texts."""

from __future__ import annotations

import re
from typing import Any

_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f\u200b\ufeff\t\r\n", " "))
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def text(value: Any) -> str:
    """A cell as text: no-break and repeated blanks become one space, 5.0 reads "5"."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).translate(_BLANKS).split())


def is_blank(value: Any) -> bool:
    """True for an empty cell and for one that holds only blanks."""
    return text(value) == ""


def number(value: Any) -> float | None:
    """A cell as a number: text, decimal comma and no-break spaces allowed; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    compact = text(value).replace(" ", "")
    return float(compact.replace(",", ".")) if _NUMBER.fullmatch(compact) else None


def whole(value: Any) -> int | None:
    """A cell as a whole number; None if it is not one."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None
