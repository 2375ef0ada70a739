"""Which exam a block of a protocol is about: its printed line, or else the file's name.

The codes before the names differ between regions and years («12 - Обществознание»), so the name
is always taken as printed and never from a table of codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from analytics import norms
from pipelines.readers import cells, identity

_DATE = r"(20\d\d)[.\-_](\d\d)[.\-_](\d\d)"
_DAY_FIRST = r"(\d\d)[.\-_](\d\d)[.\-_](20\d\d)"
_LINE = re.compile(
    rf"(?:(\d{{1,2}}) ?[-–—.] ?)?([^\d\s].*?) ?\(? ?(?:{_DATE}|{_DAY_FIRST}) ?г?\.?\)?"
)
_DATE_IN_NAME = re.compile(rf"(?<!\d)(?:{_DATE}|{_DAY_FIRST})(?!\d)")
_CODE_IN_NAME = re.compile(r"(?<!\d)(\d\d)(?: ?[-–—] ?[^\d\s]|[ _]20\d\d[.\-_])")
_GVE = re.compile(r"(?<![а-я])гвэ(?:[ -]?(9|11))?(?!\d)")
_OTHERS = re.compile(r"(?<![а-я])[ое]гэ(?![а-я])")
_GVE_CODES = frozenset({"52"})  # printed where the name is the plain «Математика»
_SHORTEST_SPELLING = 5  # shorter aliases («ма», «his») are no words of a title


@dataclass(frozen=True)
class Exam:
    """One exam: `subject` as norms name it (None if unknown), `day` ISO, `grade` of a ГВЭ."""

    subject: str | None
    day: str | None
    year: int | None
    gve: bool = False
    grade: int | None = None


def exam_line(value: object) -> Exam | None:
    """The exam of a line «12 - Обществознание 2026.07.03», «Математика(2026.06.02)»."""
    if not isinstance(value, str):
        return None
    match = _LINE.fullmatch(cells.text(value))
    day = _day(match.groups()[2:]) if match else None
    if match is None or day is None:
        return None
    subject = exam_subject(match[2])
    if subject is None and match[1] is None:  # a name with a date of birth is no exam
        return None
    gve, grade = mentions_gve(match[2])
    return Exam(
        subject=subject,
        day=day,
        year=int(day[:4]),
        gve=gve or match[1] in _GVE_CODES,
        grade=grade,
    )


def exam_in_path(path: str) -> Exam:
    """What the file's name says, or else its folders: «01 - Русский язык 2025.06.09.csv»."""
    name = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    found = _DATE_IN_NAME.search(name)
    day = _day(found.groups()) if found else None
    code = _CODE_IN_NAME.match(name)
    gve, grade = titled_gve(path)
    return Exam(
        subject=exam_subject(name) or exam_subject(path),
        day=day,
        year=int(day[:4]) if day else identity.identify(name, path).year,
        gve=gve or (code is not None and code[1] in _GVE_CODES),
        grade=grade,
    )


def mentions_gve(text: str) -> tuple[bool, int | None]:
    """Whether a text names the ГВЭ, and the grade of «ГВЭ-9», «ГВЭ-11»."""
    match = _GVE.search(norms.fold(text))
    return match is not None, int(match[1]) if match and match[1] else None


def titled_gve(titles: str) -> tuple[bool, int | None]:
    """As `mentions_gve`; titles and folders that name the ОГЭ or ЕГЭ too decide nothing."""
    if _OTHERS.search(norms.fold(titles)):
        return False, None
    return mentions_gve(titles)


def exam_subject(text: str) -> str | None:
    """The subject that a title names in full; the leftmost spelling, the longest of these."""
    folded = norms.fold(text)
    found = [
        (match.start(), -len(match[0]), subject)
        for pattern, subject in _spellings()
        if (match := pattern.search(folded))
    ]
    return min(found)[2] if found else None


@cache
def _spellings() -> tuple[tuple[re.Pattern[str], str], ...]:
    table = norms.norm("subjects").to_dict("records")
    pairs = {
        norms.fold(spelling): row["subject"]
        for row in table
        for spelling in (row["subject"], row["dative"], *str(row["aliases"]).split("|"))
        if len(spelling) >= _SHORTEST_SPELLING
    }
    return tuple(
        (re.compile(rf"(?<![а-я]){re.escape(spelling)}(?![а-я])"), subject)
        for spelling, subject in pairs.items()
    )


def _day(groups: tuple[str | None, ...]) -> str | None:
    """ISO date of the groups of _DATE and _DAY_FIRST; None for a day that no calendar has."""
    year, month, day, other_day, other_month, other_year = groups
    try:
        found = date(int(year or other_year), int(month or other_month), int(day or other_day))
    except ValueError:
        return None
    return found.isoformat()
