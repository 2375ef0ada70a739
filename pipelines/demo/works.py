"""The works that the synthetic town sat: their tasks, official scales and calendar."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from analytics import norms

# Tasks by grade and subject: number, level (Б, П, В), maximum. The maxima add up to the maximum of
# the official scale of 2020 and 2021; the town's works of 2022 keep the same form.
_TASKS = {
    (4, "ru"): "1К1Б4 1К2Б3 2Б3 3.1Б1 3.2Б3 4Б2 5Б1 6Б2 7Б3 8Б2 9Б1 10Б1 11Б2 12.1П1 12.2П2 13.1П1"
    " 13.2П2 14Б1 15.1Б2 15.2Б1",
    (4, "ma"): "1Б1 2Б1 3Б2 4Б1 5.1Б1 5.2Б1 6.1Б1 6.2Б1 7Б1 8Б2 9.1Б1 9.2Б1 10П2 11Б2 12П2",
    (4, "okr"): "1Б2 2Б2 3.1П1 3.2П2 3.3П3 4Б2 5Б1 6.1П1 6.2П1 6.3П2 7.1П1 7.2П2 8К1Б1 8К2Б1 8К3Б1"
    " 9.1Б1 9.2Б1 9.3Б1 10.1Б2 10.2К1Б1 10.2К2Б1 10.2К3Б2",
    (5, "ru"): "1К1Б4 1К2Б3 1К3Б2 2К1Б3 2К2Б3 2К3П3 2К4П3 3Б2 4.1Б3 4.2П2 5.1Б2 5.2П2 6.1Б2 6.2П1"
    " 7.1Б2 7.2П1 8П2 9П2 10Б1 11Б1 12Б1",
    (5, "ma"): "1Б1 2Б1 3Б1 4Б1 5Б1 6Б2 7Б1 8Б1 9Б2 10Б2 11.1Б1 11.2Б1 12.1Б1 12.2Б1 13П1 14П2",
    (5, "bio"): "1.1Б1 1.2Б2 1.3Б2 2.1Б1 2.2Б1 3.1Б1 3.2Б2 4.1Б1 4.2Б1 4.3Б1 5Б2 6.1Б1 6.2Б1 7.1Б2"
    " 7.2Б3 8Б2 9Б2 10К1Б1 10К2Б1 10К3Б1",
    (5, "his"): "1Б2 2Б1 3Б3 4П3 5Б1 6В2 7Б1 8П2",
    (6, "ru"): "1К1Б4 1К2Б3 1К3Б2 2К1Б3 2К2Б3 2К3П3 2К4П3 3.1Б1 3.2Б1 4Б2 5Б3 6Б2 7.1Б1 7.2П1 8.1Б2"
    " 8.2П1 9Б2 10П3 11Б2 12.1Б1 12.2П2 13.1Б1 13.2П1 14.1Б2 14.2П2",
    (6, "ma"): "1Б1 2Б1 3Б1 4Б1 5Б1 6Б1 7П1 8П1 9П2 10П1 11П2 12П1 13В2",
    (6, "his"): "1Б2 2Б1 3Б3 4П3 5Б1 6.1П1 6.2П2 7В2 8Б1 9Б1 10.1Б1 10.2Б2",
    (6, "geo"): "1.1Б1 1.2П2 2.1К1Б1 2.1К2Б1 2.2Б1 3.1Б2 3.2Б1 3.3Б2 4.1Б1 4.2Б1 4.3П3 5.1П2 5.2Б1"
    " 6.1Б2 6.2К1П1 6.2К2П2 7Б2 8.1Б2 8.2Б2 9К1П1 9К2П1 9К3П1 10.1Б1 10.2К1Б1 10.2К2Б2",
    (6, "soc"): "1.1Б1 1.2Б3 2Б1 3.1Б2 3.2Б1 3.3Б1 4Б1 5.1Б1 5.2Б1 5.3Б1 6.1Б1 6.2Б1 7.1Б2 7.2Б1"
    " 8.1П1 8.2П3 8.3П1",
    (7, "ru"): "1К1Б4 1К2Б3 1К3Б2 2К1Б3 2К2Б3 2К3П3 2К4П3 3.1Б1 3.2П1 4.1Б1 4.2П1 5Б2 6Б2 7.1Б1"
    " 7.2П1 8.1Б2 8.2П1 9Б2 10Б1 11.1Б1 11.2П3 12Б1 13.1Б1 13.2П1 14П3",
    (7, "ma"): "1Б1 2Б1 3Б1 4Б1 5Б1 6Б1 7Б1 8Б1 9Б1 10П1 11Б1 12Б2 13Б1 14П2 15П1 16П2",
    (7, "bio"): "1.1Б1 1.2Б2 2Б1 3Б2 4Б2 5П2 6П2 7П2 8П2 9Б1 10П2 11Б1 12П3 13.1Б2 13.2Б2 13.3Б1",
    (8, "ru"): "1К1Б4 1К2Б3 1К3Б2 2К1Б3 2К2Б3 2К3П3 3Б4 4П4 5Б2 6Б2 7Б2 8Б2 9Б1 10Б1 11П5 12Б1 13Б1"
    " 14Б2 15Б3 16П2 17П1",
    (8, "ma"): "1Б1 2Б1 3Б1 4Б1 5Б1 6П2 7Б1 8П2 9Б1 10Б1 11Б1 12Б1 13Б1 14Б1 15П2 16.1П1 16.2П1"
    " 17П1 18П2 19В2",
    (8, "phy"): "1Б1 2Б2 3Б1 4Б1 5Б1 6П1 7П2 8П1 9П2 10В3 11В3",
    (8, "geo"): "1.1Б3 1.2Б1 1.3Б2 2.1Б2 2.2Б2 3.1Б2 3.2Б2 3.3Б2 4.1Б2 4.2Б2 5.1Б1 5.2Б2 5.3Б2"
    " 6.1П2 6.2П1 6.3П2 7.1Б2 7.2Б1 7.3Б1 8.1Б1 8.2Б2 8.3Б3",
}

# The year's works: grade of the programme and subjects.
_EXPORTED = {
    2020: {4: "ru ma okr", 5: "ru ma bio his", 6: "ru ma his geo", 7: "ru ma bio", 8: "ru ma phy"},
    2021: {4: "ru ma okr", 5: "ru ma bio his", 6: "ru ma", 7: "ru ma", 8: "ru ma geo"},
    2022: {4: "ru ma", 5: "ru ma", 6: "ru", 8: "ma"},
}


@dataclass(frozen=True)
class Work:
    """One work of one year; `pupil_grade` differs from `grade` for the works of autumn 2020."""

    year: int
    grade: int
    slug: str
    tasks: tuple[str, ...]
    levels: tuple[str, ...]
    maxima: tuple[int, ...]
    boundaries: tuple[int, int, int]  # the lowest scores of «3», «4», «5»

    @property
    def subject(self) -> str:
        return _subjects()[self.slug]["subject"]

    @property
    def dative(self) -> str:
        return _subjects()[self.slug]["dative"]

    @property
    def short(self) -> str:
        return _subjects()[self.slug]["short"]

    @property
    def max_score(self) -> int:
        return sum(self.maxima)

    @property
    def pupil_grade(self) -> int:
        return self.grade + 1 if self.year == 2020 else self.grade

    @property
    def test_id(self) -> str:
        return f"vpr_{self.year}_{self.grade:02d}_{self.slug}"


@cache
def _subjects() -> dict[str, dict[str, str]]:
    return norms.norm("subjects").set_index("slug").to_dict("index")


@cache
def _boundaries(grade: int, slug: str) -> tuple[int, int, int]:
    scales = norms.norm("mark_scales")
    row = scales[(scales["grade"] == grade) & (scales["subject"] == _subjects()[slug]["subject"])]
    return tuple(int(row[column].iloc[0]) for column in ("min3", "min4", "min5"))


def make_work(year: int, grade: int, slug: str) -> Work:
    """The work of a year, grade and subject. Raises KeyError if the town has no such work."""
    described = _TASKS[grade, slug].split()
    return Work(
        year=year,
        grade=grade,
        slug=slug,
        tasks=tuple(task[:-2] for task in described),
        levels=tuple(task[-2] for task in described),
        maxima=tuple(int(task[-1]) for task in described),
        boundaries=_boundaries(grade, slug),
    )


def exported_works() -> list[Work]:
    """The works that the town downloaded as pupil exports, by year, grade and subject."""
    return [
        make_work(year, grade, slug)
        for year, grades in _EXPORTED.items()
        for grade, slugs in grades.items()
        for slug in slugs.split()
    ]


def described_works() -> list[tuple[int, str]]:
    """Grades and subjects that have a task table."""
    return sorted(_TASKS)
