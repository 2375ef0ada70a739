"""Words of essay protocols: results, kinds of work, days."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from analytics import norms
from pipelines.readers import cells

PASSED, FAILED, ABSENT, UNFINISHED, UNKNOWN = "passed", "failed", "absent", "unfinished", "unknown"

_RESULTS = (
    (PASSED, re.compile(r"\+|1|да|зач(?:е?т|тено|\.)?")),
    (FAILED, re.compile(r"[-–—−0]|нет|не ?зач(?:е?т|тено|\.)?")),
    (ABSENT, re.compile(r"(?:не явил\w*|неявка|отсутств\w*)\b.*")),
    (UNFINISHED, re.compile(r"(?:удален\w*|не (?:за|о)кончил\w*|не завершил\w*)\b.*")),
)
_ESSAY = re.compile(r"(?<![а-я])сочинени")
_EXPOSITION = re.compile(r"(?<![а-я])изложени")
_DAY = re.compile(
    r"(?<!\d)(?:(20\d\d)[.\-_/](\d{1,2})[.\-_/](\d{1,2})|(\d{1,2})[.\-_/](\d{1,2})[.\-_/](20\d\d))"
    r"(?!\d)"
)
_MONTHS = ("январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр",
           "ноябр", "декабр")  # fmt: skip
_DAY_IN_WORDS = re.compile(rf"(?<!\d)(\d{{1,2}}) ({'|'.join(_MONTHS)})[а-я]* (20\d\d)(?!\d)")
_OF_THE_WORK = re.compile(r"провед|сочинени|изложени|работ")
_NEW_SCHOOL_YEAR = 8  # an essay from August on belongs to the graduation of the next year


def result(value: Any) -> str | None:
    """passed, failed, absent, unfinished, or unknown for any other word; None for a blank."""
    folded = norms.fold(cells.text(value))
    if not folded:
        return None
    return next((name for name, words in _RESULTS if words.fullmatch(folded)), UNKNOWN)


def kind(*texts: str) -> str | None:
    """«сочинение» or «изложение», or both where texts name both; None if no text names a work.

    A text that names one of them goes before one that names both.
    """
    named = {(bool(_ESSAY.search(t)), bool(_EXPOSITION.search(t))) for t in map(norms.fold, texts)}
    one = named - {(True, True), (False, False)}
    if len(one) == 1:
        return "сочинение" if one.pop()[0] else "изложение"
    return "сочинение (изложение)" if one or (True, True) in named else None


def day(lines: Iterable[str]) -> date | None:
    """The day of the essay: of the first line that names it beside the work, else of the first."""
    found = [(bool(_OF_THE_WORK.search(norms.fold(line))), _day_in(line)) for line in lines]
    days = [(named, told) for named, told in found if told]
    return next((told for named, told in days if named), days[0][1] if days else None)


def graduation(told: date) -> int:
    """The year in which the school year of a day ends."""
    return told.year + (told.month >= _NEW_SCHOOL_YEAR)


def _day_in(line: str) -> date | None:
    if numbered := _DAY.search(line):
        year, month, number, number_first, month_second, year_last = numbered.groups()
        parts = (year or year_last, month or month_second, number or number_first)
    elif worded := _DAY_IN_WORDS.search(norms.fold(line)):
        parts = (worded[3], _MONTHS.index(worded[2]) + 1, worded[1])
    else:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
