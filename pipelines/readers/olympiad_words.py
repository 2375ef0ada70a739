"""Words of olympiad files: stages, statuses, subjects, grades, years and names of schools."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from analytics import norms
from pipelines.readers import cells
from pipelines.readers.years import year_of

_STAGE_CELLS = (
    ("school", re.compile(r"шэ\b|школьн")),
    ("municipal", re.compile(r"мэ\b|муницип")),
    ("regional", re.compile(r"рэ\b|регион")),
    ("final", re.compile(r"зэ\b|заключит|финал")),
)
# In a running text «школьников» and «муниципального образования» are no stages.
_STAGE_TEXTS = (
    ("school", re.compile(r"\bшэ\b|школьн(?:ый|ого|ом)\b(?: этап)?")),
    ("municipal", re.compile(r"\bмэ\b|муниципальн(?:ый|ого|ом) этап|муниципальный\b")),
    ("regional", re.compile(r"\bрэ\b|региональн(?:ый|ого|ом) этап|региональный\b")),
    ("final", re.compile(r"\bзэ\b|заключительн(?:ый|ого|ом) этап|заключительный\b")),
)
_STATUSES = {
    "победитель": "winner",
    "призер": "prize",
    "участник": "participant",
    "не явился": "absent",
    "не явилась": "absent",
    "неявка": "absent",
    "отсутствовал": "absent",
    "отсутствовала": "absent",
}
_SCHOOL_YEAR = re.compile(r"(?<!\d)20(\d\d) ?[-–—/] ?(?:20)?(\d\d)(?!\d)")
_DATE = re.compile(r"(?<!\d)\d{1,2}\.(\d{1,2})\.(20\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_FIRST_MONTH = 8  # a date from August on belongs to the school year that ends a year later
_GRADE = re.compile(r"(\d{1,2})(?!\d)")
_SCHOOL_LIKE = re.compile(
    r"школ|гимнази|лице|[сонм]ош\b|\bсш\b|интернат|центр|корпус|училищ|колледж|№|\d", re.IGNORECASE
)


def stage_cell(value: Any) -> str | None:
    """The stage of a cell of the column «Этап»: «ШЭ», «муниципальный этап»; None if unknown."""
    folded = norms.fold(cells.text(value))
    return next((stage for stage, pattern in _STAGE_CELLS if pattern.match(folded)), None)


def stage_in(*texts: str) -> str | None:
    """The stage that a title, a sheet's name or a path names: of the first text that has one."""
    for text in texts:
        folded = norms.fold(text)
        for stage, pattern in _STAGE_TEXTS:
            if pattern.search(folded):
                return stage
    return None


def status(value: Any) -> str | None:
    """winner, prize, participant or absent; None for any other word."""
    return _STATUSES.get(norms.fold(cells.text(value)).strip("."))


def year_in(*texts: str) -> int | None:
    """The year in which the school year of a title or path ends: 2025 for «2024/2025».

    A day from August on counts for the next year; a bare year is taken as it stands.
    """
    for text in texts:
        for begin, end in _SCHOOL_YEAR.findall(text):
            if int(end) == int(begin) + 1:
                return 2000 + int(end)
        if found := _DATE.search(text):
            return int(found[2]) + (int(found[1]) >= _FIRST_MONTH)
        if found := _YEAR.search(text):
            return int(found[1])
    return None


def year_cell(value: Any) -> int | None:
    """The year of a cell: 2025, «2024/2025»; None if it is none."""
    return year_of(value) or year_in(cells.text(value))


def grade(value: Any) -> int | None:
    """The grade of a cell: 9, «8А», «8 класс»; None if there is none from 1 to 12."""
    found = _GRADE.match(cells.text(value))
    return int(found[1]) if found and 1 <= int(found[1]) <= 12 else None


@cache
def _subjects() -> dict[str, str]:
    table = norms.norm("olympiad_subjects").to_dict("records")
    spellings = {norms.fold(a): r["subject"] for r in table for a in r["aliases"].split("|") if a}
    return spellings | {norms.fold(r["subject"]): r["subject"] for r in table}


def subject(value: Any) -> str | None:
    """The olympiad's subject of a cell, in the spelling of the norms; None if it is none."""
    return _subjects().get(norms.fold(cells.text(value)))


def subject_in(*texts: str) -> str | None:
    """The subject that a title, a sheet's name or a path names; the longest name in a text."""
    for text in texts:
        folded = norms.fold(text)
        for spelling in sorted(_subjects(), key=len, reverse=True):
            if re.search(rf"(?<![а-я]){re.escape(spelling)}(?![а-я])", folded):
                return _subjects()[spelling]
    return None


def school(value: Any) -> str | None:
    """The name or code of a school; «(текст)» for what may be a person's name, None for a blank."""
    shown = cells.label(value)
    return shown if shown is None or _SCHOOL_LIKE.search(shown) else "(текст)"


def points(value: Any) -> float | None:
    """A score that is not negative, decimals allowed; None if it is none."""
    found = cells.number(value)
    return found if found is not None and found >= 0 else None


def percent(value: Any) -> float | None:
    """A share of the maximum as it is written: 0.86, 86, «86 %»; None if it is none."""
    return points(cells.text(value).rstrip("% "))
