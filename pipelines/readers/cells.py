"""What single cells mean: numbers however typed, blanks, texts, and the signs of a protocol."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Any

_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f\u200b\ufeff\t\r\n", " "))
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_WHOLE_AS_TEXT = re.compile(r"(\d+)[.,]0+")
_NOT_TAUGHT = re.compile(r"не ?пройд[а-я]*\.?")
_NUMBERED_CLASS = re.compile(r"\d{1,2} ?-? ?[а-яa-z]")
_POINTS_IN_WORDS = re.compile(r"\d{1,2} ?б")  # «2б»: two points rather than a class
_PERSON_LIKE = re.compile(r"[А-ЯЁ][а-яё]{2,}")
_LOOK_ALIKES = str.maketrans("ABCEHKMOPTX", "АВСЕНКМОРТХ")  # Latin letters → Cyrillic ones

_SKIPPED = {"x", "х", "-", "–", "—"}  # Latin and Cyrillic; «не приступал к заданию»
_NO_MARK = {"", "нет отметки"}
_MARK_NOT_GIVEN = {"н/а", "*", "-", "–", "—", "нет", "не аттестован", "не аттестована"}
_NO_CLASS = {"", "нет"}
_GENDERS = {"м", "ж"}
_MAX_POINTS = 99  # of one task; more is a slip of the finger in any work


class Sign(IntEnum):
    """What kind of thing a cell of a protocol holds; the first three are all that a sum needs."""

    VALUE = 0
    SKIPPED = 1  # X: zero points
    NOT_TAUGHT = 2  # «не пройд.»: no task for this pupil
    BLANK = 3
    NOT_GIVEN = 4  # a mark that the pupil has not, in words
    UNREADABLE = 5
    FOREIGN = 6  # belongs into another column: the row is shifted


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


def label(value: Any) -> str | None:
    """A cell as a short text: "1.0" reads "1"; None for a blank."""
    shown = text(value)
    match = _WHOLE_AS_TEXT.fullmatch(shown)
    return (match[1] if match else shown) or None


def digits(value: Any) -> str | None:
    """A code of digits as text, leading zeros kept; None if the cell holds anything else."""
    shown = (label(value) or "").replace(" ", "")
    return shown if shown.isdecimal() else None


def login(value: Any) -> str | None:
    """A school's login in lower case, also out of a cell `code | name`; None for a blank."""
    return text(value).split("|")[0].strip().lower() or None


def name_part(value: Any) -> str | None:
    """The name out of a cell `code | name`; a cell without a bar is the name itself."""
    return text(value).rpartition("|")[2].strip() or None


def class_label(value: Any) -> str | None:
    """A class as «4А»: quotes, blanks and hyphens off, Cyrillic capitals; None for «нет»."""
    shown = (label(value) or "").translate(str.maketrans("", "", "\"'«»“”„ -–—"))
    return None if shown.lower() in _NO_CLASS else shown.upper().translate(_LOOK_ALIKES)


def is_absence(value: Any) -> bool:
    """True for «отсутствовал» in a column of variants."""
    return text(value).lower().startswith("отсутств")


def points(value: Any) -> tuple[Sign, int]:
    """The points of one task."""
    folded = text(value).lower()
    if folded in _SKIPPED:
        return Sign.SKIPPED, 0
    if _NOT_TAUGHT.fullmatch(folded):
        return Sign.NOT_TAUGHT, 0
    return _counted(value, _MAX_POINTS)


def total(value: Any) -> tuple[Sign, int]:
    """The primary score of a work."""
    return _counted(value, 999)


def mark(value: Any) -> tuple[Sign, int]:
    """A mark 2…5, of the work or of the journal."""
    folded = text(value).lower()
    if folded in _NO_MARK:
        return Sign.BLANK, 0
    if folded in _MARK_NOT_GIVEN or is_absence(folded):
        return Sign.NOT_GIVEN, 0
    found = whole(value)
    if found in (2, 3, 4, 5):
        return Sign.VALUE, found
    return (Sign.FOREIGN if _stands_beside(folded) else Sign.UNREADABLE), 0


def variant(value: Any) -> tuple[Sign, int]:
    """Whether a cell can be a variant; its text is `label`."""
    folded = text(value).lower()
    if not folded:
        return Sign.BLANK, 0
    return (Sign.FOREIGN if _stands_beside(folded) else Sign.VALUE), 0


def quotable(value: Any) -> Any:
    """A cell as a problem may quote it: what may be a person's name is not repeated."""
    return "(текст)" if _PERSON_LIKE.search(str(value)) else value


def _counted(value: Any, highest: int) -> tuple[Sign, int]:
    if isinstance(value, bool):  # TRUE equals 1 for Python, so that a set of cells holds only one
        return Sign.VALUE, int(value)
    folded = text(value).lower()
    if not folded:
        return Sign.BLANK, 0
    found = whole(value)
    if found is not None:
        return (Sign.VALUE, found) if 0 <= found <= highest else (Sign.UNREADABLE, 0)
    misplaced = folded == "нет отметки" or is_absence(folded) or _stands_beside(folded)
    if misplaced and not _POINTS_IN_WORDS.fullmatch(folded):
        return Sign.FOREIGN, 0
    return Sign.UNREADABLE, 0


def _stands_beside(folded: str) -> bool:
    """True for a gender and for a class with its number, the neighbours of points and marks."""
    return folded in _GENDERS or bool(_NUMBERED_CLASS.fullmatch(folded))
