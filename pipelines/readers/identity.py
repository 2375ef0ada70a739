"""Which test a file is about, from a title or, where the content lacks it, from the path."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from analytics import norms
from pipelines.readers.reading import ProblemLog, TestHeader

VPR, DIAGNOSTIC = "vpr", "diagnostic"
_PARTS = {"year": "год", "grade": "класс", "subject": "предмет"}
# «2025-2026», «2025-26 учебный год»: ВПР are written in spring, in the later of the two years.
_SCHOOL_YEAR = re.compile(r"(?<!\d)20([0-4]\d) ?[-–—] ?(?:20)?(\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_GRADE = re.compile(r"(?<![\d.])(\d{1,2})\s*(?:класс|кл\b)", re.IGNORECASE)
_GRADE_FOLDER = re.compile(r"(?:^|/)(\d{1,2})(?:\s*класс)?(?=/)", re.IGNORECASE)
_SHORT = re.compile(r"(?<![а-яёa-z])([a-zа-яё]{2,4})[\s_]?(\d{1,2})(?!\d)", re.IGNORECASE)
_LOGIN = re.compile(r"(?<![a-z])(?:sch|edu|ksh)\d{5,8}(?!\d)")
# «ДР» in capitals only: «и др.» is no work. A training work is a diagnostic one by its use.
_DIAGNOSTIC = re.compile(
    r"(?i:(?<![а-яё])(?:диагностическ|тренировочн)[а-яё]*[\s_]+(?:[а-яё]+[\s_]+)?работ)"
    r"|(?<![А-Яа-яЁё])ДР(?![А-Яа-яЁё.])"
)
_CODE_GRADE = re.compile(r"(?<![а-яёa-z\d])([А-ЯЁ]{2})\s(\d{1,2})(?!\d)")


def identify(*texts: str) -> TestHeader:
    """Procedure, year, grade and subject that the texts name, each from the first that has it.

    Put titles before paths: a later text only fills what the earlier ones left open. A text that
    names a diagnostic work makes it one, all others are ВПР.
    """
    year = grade = None
    subject = None
    for source in texts:
        folded = norms.fold(source)
        year = year or _school_year(folded) or _int(_YEAR.search(folded))
        grade = grade or _int(_GRADE.search(folded)) or _int(_GRADE_FOLDER.search(folded))
        subject = subject or _subject(folded)
        if grade is None or subject is None:
            code_subject, code_grade = _short_code(source)
            subject = subject or code_subject
            grade = grade or code_grade
    diagnostic = any(_DIAGNOSTIC.search(source) for source in texts)
    return TestHeader(
        year=year, grade=grade, subject=subject, procedure=DIAGNOSTIC if diagnostic else VPR
    )


def settle(content: TestHeader, path: str, log: ProblemLog) -> TestHeader:
    """The test of a file: the content decides, the path fills what the content leaves open.

    Notes where the two contradict each other, and what neither of them says.
    """
    told_by_path = identify(path)
    found = {part: getattr(content, part) for part in _PARTS}
    for part, name in _PARTS.items():
        told = getattr(told_by_path, part)
        if found[part] is None:
            found[part] = told
        elif told is not None and told != found[part]:
            log.add("path_contradicts_content", column=name, value=told, expected=str(found[part]))
    missing = [name for part, name in _PARTS.items() if found[part] is None]
    if missing:
        log.add("test_unknown", value=path, expected=", ".join(missing))
    if told_by_path.procedure == DIAGNOSTIC:
        found["procedure"] = DIAGNOSTIC
    return replace(content, **found)


def login_in(path: str) -> str | None:
    """The school's login that a folder or the file's name holds, the last one; None without."""
    found = _LOGIN.findall(path.lower())
    return found[-1] if found else None


def _school_year(folded: str) -> int | None:
    for match in _SCHOOL_YEAR.finditer(folded):
        if int(match[2]) == int(match[1]) + 1:
            return 2000 + int(match[2])
    return None


def _int(match: re.Match[str] | None) -> int | None:
    return int(match[1]) if match else None


@cache
def _spellings() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Full names and datives of all subjects, the longest first («русский язык» before «язык»)."""
    table = norms.norm("subjects")
    pairs = {
        norms.fold(r[c]): r["subject"]
        for r in table.to_dict("records")
        for c in ("subject", "dative")
    }
    return tuple(
        (re.compile(rf"(?<![а-яё]){re.escape(name)}(?![а-яё])"), pairs[name])
        for name in sorted(pairs, key=len, reverse=True)
    )


def _subject(folded: str) -> str | None:
    found = [
        (match.start(), subject)
        for pattern, subject in _spellings()
        if (match := pattern.search(folded))
    ]
    return min(found)[1] if found else None


def _short_code(source: str) -> tuple[str | None, int | None]:
    """Subject and grade of a short code: «МА 4» of a sheet name, `ma5` of a file name."""
    for pattern in (_CODE_GRADE, _SHORT):
        for match in pattern.finditer(source):
            subject = norms.subject_by_code(match[1])
            if subject and 1 <= int(match[2]) <= 12:
                return subject, int(match[2])
    return None, None
