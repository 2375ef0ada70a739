"""The state exams that the synthetic town sat: tasks, official scales, days and who takes them.

2020: no ОГЭ, the ЕГЭ for entrants alone; 2021: ОГЭ in two subjects, no base mathematics; 2022: all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from analytics import norms
from pipelines.demo import abilities
from pipelines.demo.abilities import Floats, Points
from pipelines.demo.town import CLASS_SD, SUBJECT_SD, stream

BASE = "mab"  # base mathematics: a mark stands in the place of the test score
_TUNING_PUPILS = 600
_BEND = 0.76  # of the way from the minimum to the maximum; steeper above it
_BEND_SCORE = 69

# Maxima of the tasks with short and with long answers. Those of the ОГЭ add up to the maximum of
# the official scale.
_TASKS = {
    ("oge", "ru"): ([1] * 7, [2, 3, 2, 2, 3, 2, 2, 2, 2, 2, 2, 2]),
    ("oge", "ma"): ([1] * 19, [2] * 6),
    ("oge", "soc"): ([1] * 15 + [2], [2, 3, 2, 4, 2, 2, 3, 2]),
    ("oge", "geo"): ([1] * 27, [2, 1, 1]),
    ("oge", "bio"): ([1] * 16 + [2] * 8, [2, 3, 3, 2, 3]),
    ("oge", "chem"): ([1] * 14 + [2] * 5, [3, 4, 3, 4, 2]),
    ("oge", "phy"): ([1] * 8 + [2] * 10, [3, 2, 2, 1, 3, 3, 3]),
    ("oge", "inf"): ([1] * 12, [2, 3, 2]),
    ("ege", "ru"): ([1] * 7 + [5] + [1] * 7 + [2] + [1] * 9 + [4],
                    [1, 5, 1, 1, 2, 2, 3, 3, 2, 2, 1, 1]),
    ("ege", "map"): ([1] * 11, [2, 3, 2, 2, 3, 4, 4]),
    ("ege", "mab"): ([1] * 21, []),
    ("ege", "soc"): ([1] * 4 + [2] * 12, [2, 2, 3, 3, 4, 3, 4, 4, 4]),
    ("ege", "bio"): ([1] * 5 + [2] * 16, [3, 3, 3, 3, 3, 3, 3]),
    ("ege", "phy"): ([1] * 9 + [2] * 14, [3, 2, 2, 3, 3, 4]),
    ("ege", "his"): ([1] * 3 + [2] * 9, [2, 3, 3, 3, 2, 3, 1]),
}  # fmt: skip
# The lowest primary score of the ЕГЭ that passes; of base mathematics those of «3», «4», «5».
_PASSING = {"ru": 10, "map": 5, "soc": 24, "bio": 16, "phy": 11, "his": 9}
_BASE_SCALE = (7, 12, 17)
# Below the minimum in an average school; in Russian of the ЕГЭ nearly nobody.
_LOW_SHARE = {"oge": 0.08, "ege": 0.04}
_LOW_RUSSIAN = 0.003

# Codes before the names as the region prints them, and the share of pupils who take the exam.
_HELD = {
    (2020, "ege"): {"ru": ("01", "07-06", 1.0), "map": ("02", "07-10", 0.6),
                    "soc": ("12", "07-23", 0.4), "bio": ("06", "07-16", 0.25),
                    "phy": ("03", "07-13", 0.25)},
    (2021, "oge"): {"ru": ("01", "05-24", 1.0), "ma": ("02", "05-27", 1.0)},
    (2021, "ege"): {"ru": ("01", "06-03", 1.0), "map": ("02", "06-07", 0.6),
                    "soc": ("12", "06-15", 0.4), "bio": ("06", "06-15", 0.25),
                    "his": ("07", "05-31", 0.2)},
    (2022, "oge"): {"ru": ("01", "06-07", 1.0), "ma": ("02", "05-23", 1.0),
                    "soc": ("12", "06-01", 0.6), "geo": ("08", "06-15", 0.5),
                    "bio": ("06", "05-31", 0.2), "chem": ("04", "06-22", 0.1),
                    "phy": ("03", "06-22", 0.1), "inf": ("05", "06-16", 0.4)},
    (2022, "ege"): {"ru": ("01", "05-30", 1.0), "map": ("02", "06-02", 0.6),
                    "mab": ("22", "06-03", 0.4), "soc": ("12", "06-09", 0.4),
                    "bio": ("06", "06-14", 0.25), "phy": ("03", "06-06", 0.25)},
}  # fmt: skip


@dataclass(frozen=True)
class Exam:
    """One exam; boundaries: the lowest primary scores of «3», «4», «5», or that which passes."""

    procedure: str
    year: int
    slug: str
    code: str
    day: str
    share: float
    short: tuple[int, ...]
    long: tuple[int, ...]
    boundaries: tuple[int, ...]

    @property
    def subject(self) -> str:
        return _subject(self.slug)

    @property
    def line(self) -> str:
        """The line over its block: «12 - Обществознание 2022.06.09»."""
        return f"{self.code} - {self.subject} {self.day.replace('-', '.')}"

    @property
    def grade(self) -> int:
        return {"oge": 9, "ege": 11}[self.procedure]

    @property
    def test_id(self) -> str:
        return norms.test_id(self.procedure, self.year, self.grade, self.subject)

    @property
    def maxima(self) -> tuple[int, ...]:
        return (*self.short, *self.long)

    @property
    def marked(self) -> bool:
        """Whether the result is a mark 2…5 and no test score."""
        return self.procedure == "oge" or self.slug == BASE

    def results(self, scores: Points) -> Points:
        """Marks, or test scores, of primary scores."""
        if self.marked:
            return 2 + np.searchsorted(self.boundaries, scores, side="right")
        return _test_scores(self.slug, self.boundaries[0], sum(self.maxima))[scores]


def exams(year: int, procedure: str) -> list[Exam]:
    """The exams of a year in the order in which its protocols list them; none that was not held."""
    return [
        Exam(procedure, year, slug, code, f"{year}-{day}", share, *_tasks(procedure, slug),
             _boundaries(procedure, year, slug))
        for slug, (code, day, share) in _HELD.get((year, procedure), {}).items()
    ]  # fmt: skip


def thresholds(exam: Exam, seed: int) -> Floats:
    """Difficulties of the tasks, shape (highest maximum, tasks), tuned to the minimum."""
    return _thresholds(exam.procedure, exam.slug, exam.maxima, exam.boundaries[0], seed)


@cache
def _thresholds(
    procedure: str, slug: str, maxima: tuple[int, ...], least: int, seed: int
) -> Floats:
    rng = stream(seed, f"tasks {procedure} {slug}")
    drawn = abilities.steps_of(rng.normal(0, 0.8, len(maxima)), maxima)
    spread = np.hypot(np.hypot(1, CLASS_SD), SUBJECT_SD)
    ability, luck = rng.normal(0, spread, _TUNING_PUPILS), rng.random((_TUNING_PUPILS, len(maxima)))

    def low_share(shift: float) -> float:
        return float((abilities.points(ability, drawn + shift, luck).sum(axis=1) < least).mean())

    wanted = _LOW_RUSSIAN if (procedure, slug) == ("ege", "ru") else _LOW_SHARE[procedure]
    return drawn + abilities.bisected(low_share, wanted)


@cache
def _subject(slug: str) -> str:
    return str(norms.norm("subjects").set_index("slug")["subject"][slug])


def _tasks(procedure: str, slug: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    short, long = _TASKS[procedure, slug]
    return tuple(short), tuple(long)


def _boundaries(procedure: str, year: int, slug: str) -> tuple[int, ...]:
    if procedure == "ege":
        return _BASE_SCALE if slug == BASE else (_PASSING[slug],)
    scales = norms.norm("mark_scales")
    scales = scales[(scales["procedure"] == "oge") & (scales["subject"] == _subject(slug))]
    row = scales[(scales["year_from"] <= year) & (year <= scales["year_to"])].iloc[0]
    return tuple(int(row[column]) for column in ("min3", "min4", "min5"))


@cache
def _test_scores(slug: str, passing: int, maximum: int) -> Points:
    """Test score of every primary score: 0, the official minimum at `passing`, 100 at the top."""
    least = int(norms.norm("exam_minimums").set_index("subject")["minimum"][_subject(slug)])
    bend = passing + _BEND * (maximum - passing)
    at = [0, passing, bend, maximum]
    return np.interp(np.arange(maximum + 1), at, [0, least, _BEND_SCORE, 100]).astype(np.int64)
