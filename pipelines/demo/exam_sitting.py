"""Who sat the state exams and with what points: grade 9 of the town, and a grade 11 of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.demo import abilities, exam_planting, planting
from pipelines.demo.abilities import Floats, Points
from pipelines.demo.exams import BASE, Exam, exams, thresholds
from pipelines.demo.town import SUBJECT_SD, Town, stream

YEARS = (2020, 2021, 2022)
_FIRST_GRADUATE, _GRADUATES_A_YEAR = 100_000, 5_000  # numbers of persons whom no ВПР knows
_ENTRANTS = 0.8  # of the graduates, in the years when only entrants took the ЕГЭ
_SCHOOL_SHARE = 0.4  # of a school's effect that is left after some pupils went elsewhere
_HONEST_LOW = {"oge": 0.2, "ege": 0.1}  # no other school has more below the minimum
_SHIFTS = np.arange(0, -5, -0.05)
_POINTS = 6
_CLASS_STYLES = ("{grade}{letter}", "{grade}{small}", "{letter}")

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Results:
    """pupils: one row per participant: school (index), class_index, person (number), exam_point,
    room, class_label, lifted (points that lifting added).

    earned: points, shape (participants, tasks).
    """

    exam: Exam
    pupils: pd.DataFrame
    earned: Points

    @property
    def scores(self) -> Points:
        return self.earned.sum(axis=1)

    @property
    def results(self) -> Points:
        """Marks, or test scores."""
        return self.exam.results(self.scores)

    @property
    def below(self) -> NDArray[np.bool_]:
        return self.scores < self.exam.boundaries[0]

    def of_school(self, number: int) -> Rows:
        """Positions of a school's participants."""
        return np.flatnonzero(self.pupils["school"] == number - 1)


def sat_exams(town: Town, year: int, seed: int) -> dict[str, Results]:
    """The results of all exams of a year by test_id."""
    cohorts = {"oge": _ninth(town, year), "ege": _eleventh(town, year, seed)}
    return {
        exam.test_id: _sat(exam, cohort, seed)
        for procedure, cohort in cohorts.items()
        for exam in exams(year, procedure)
    }


def retaken(results: Results, day: str, seed: int) -> Results:
    """The exam as those below the minimum sat it again on a reserve day, most of them better."""
    again = np.flatnonzero(results.below)
    rng = stream(seed, f"retake {results.exam.test_id}")
    earned = results.earned[again]
    gained = np.minimum(rng.integers(0, 8, len(again)), results.exam.boundaries[0])
    return Results(
        replace(results.exam, day=day),
        results.pupils.iloc[again].reset_index(drop=True),
        earned + abilities.lifts(np.array(results.exam.maxima) - earned, gained, rng),
    )


def graduates(town: Town, year: int, seed: int) -> pd.DataFrame:
    """The grade 11 of a year, those who take no exam too: school, class_index, person, ability."""
    rng = stream(seed, f"grade 11 {year}")
    number = town.schools["number"]
    larger = number.map(exam_planting.LARGER).fillna(0).astype(int)
    sizes = 14 + 6 * town.schools["classes"] + rng.integers(-3, 4, len(number)) + larger
    sizes = sizes.mask(number == planting.TINY, 5)
    school = np.repeat(np.arange(len(number)), sizes)
    own = (_SCHOOL_SHARE * town.schools["effect"]).clip(-0.1, 0.4)
    effect = number.map(exam_planting.EFFECTS).fillna(own)
    shifts = {s: shift for (s, of), shift in exam_planting.SHIFTS.items() if of == year}
    effect += number.map(shifts).fillna(0)
    place = pd.Series(school).groupby(school).cumcount().to_numpy()
    drawn = pd.Series(rng.normal(0, 1, len(school)))
    # Chance must not take away what a planted effect gives: such a school gets exactly that.
    exact = np.isin(school, [planted - 1 for planted in exam_planting.EFFECTS])
    drawn -= drawn.groupby(school).transform("mean").where(exact, 0)
    return pd.DataFrame(
        {
            "school": school,
            "class_index": (place >= 30).astype(int),
            "person": _FIRST_GRADUATE + _GRADUATES_A_YEAR * (year % 10) + np.arange(len(school)),
            "ability": effect.to_numpy()[school] + drawn.to_numpy(),
        }
    )


def _ninth(town: Town, year: int) -> pd.DataFrame:
    """The pupils of the town who are in grade 9 that spring, under the numbers of their persons."""
    pupils = town.pupils[town.pupils["cohort"] == 9 - (year - 2021)]
    return pupils.assign(person=pupils.index, ability=pupils["ability"]).reset_index(drop=True)


def _eleventh(town: Town, year: int, seed: int) -> pd.DataFrame:
    """Those of the graduates who take the ЕГЭ."""
    everybody = graduates(town, year, seed)
    if year >= 2022:
        return everybody
    rng = stream(seed, f"entrants {year}")
    return everybody[_chosen(everybody, _ENTRANTS, rng)].reset_index(drop=True)


def _sat(exam: Exam, cohort: pd.DataFrame, seed: int) -> Results:
    ability = cohort["ability"].to_numpy() + _subject_part(exam, cohort, seed)
    takers = np.flatnonzero(_takers(exam, cohort, seed))
    pupils = cohort.iloc[takers].reset_index(drop=True)
    rng = stream(seed, f"exam {exam.test_id}")
    paper = _Paper(
        exam, thresholds(exam, seed), ability[takers], pupils["school"].to_numpy(),
        rng.random((len(pupils), len(exam.maxima))),
    )  # fmt: skip
    earned = paper.earned(_school_shifts(paper))
    by = _lacking(exam, earned.sum(axis=1), paper.school, rng)
    by += _lacking_to_medal(exam, earned.sum(axis=1), paper.school)
    earned += abilities.lifts(np.array(exam.maxima) - earned, by, rng)
    code = int(exam.code)
    return Results(
        exam,
        pupils.assign(
            exam_point=1001 + (pupils["school"] + 2 * code) % _POINTS,
            room=rng.integers(1, 16, len(pupils)),
            class_label=_labels(exam.grade, pupils),
            lifted=by,
        ),
        earned,
    )


@dataclass(frozen=True)
class _Paper:
    """The same luck at every trial, so that only the schools' shifts move the scores."""

    exam: Exam
    steps: Floats
    ability: Floats
    school: Rows
    luck: Floats

    def earned(self, shift: Floats, rows: Rows | slice = slice(None)) -> Points:
        ability = self.ability[rows] + shift[self.school[rows]]
        return abilities.points(ability, self.steps, self.luck[rows])

    def below(self, shift: Floats, rows: Rows | slice = slice(None)) -> NDArray[np.bool_]:
        return self.earned(shift, rows).sum(axis=1) < self.exam.boundaries[0]


def _school_shifts(paper: _Paper) -> Floats:
    """Shift of each school: down for a planted share below the minimum, up where chance gave it."""
    count = int(paper.school.max()) + 1
    exam, shift = paper.exam, np.zeros(count)
    plans = {
        school - 1: share
        for (school, *which), share in exam_planting.LOW_EXAMS.items()
        if which == [exam.year, exam.procedure, exam.slug]
    }
    for school, share in plans.items():
        rows = np.flatnonzero(paper.school == school)
        trials = (np.full(count, tried) for tried in _SHIFTS)
        shift[school] = next(t[0] for t in trials if paper.below(t, rows).mean() >= share)
    n = np.bincount(paper.school, minlength=count)
    most = np.maximum(1, _HONEST_LOW[exam.procedure] * n)
    planned = np.isin(np.arange(count), list(plans))
    while True:
        low = np.bincount(paper.school[paper.below(shift)], minlength=count)
        too_low = (low > most) & ~planned
        if not too_low.any():
            return shift
        shift[too_low] += 0.1


def _lacking(exam: Exam, scores: Points, school: Rows, rng: np.random.Generator) -> Points:
    """Points that lifting adds in the planted school: to the minimum, in the ОГЭ to each mark."""
    case = exam_planting
    gap = np.zeros_like(scores)
    if exam.year == case.SPIKE_YEAR and exam.procedure == "oge":
        lacking = abilities.gaps(scores, exam.boundaries)
        kind = rng.random(len(scores)) < case.LIFTED_SHARE
        gap = np.where(kind & (lacking <= 2), lacking, 0)
    elif (exam.year, exam.slug) == (case.SPIKE_YEAR, case.SPIKE_EGE):
        lacking = np.clip(exam.boundaries[0] - scores, 0, None)
        gap = np.where(lacking <= case.SPIKE_REACH, lacking, 0)
    return np.where(school == case.SPIKE - 1, gap, 0)


def _lacking_to_medal(exam: Exam, scores: Points, school: Rows) -> Points:
    """Points that give the pupil nearest below the planted test score of a medallist that score."""
    if (exam.year, exam.procedure, exam.slug) != (exam_planting.MEDAL_YEAR, "ege", "ru"):
        return np.zeros_like(scores)
    every = exam.results(np.arange(sum(exam.maxima) + 1))
    wanted = int(np.flatnonzero(every == exam_planting.MEDAL_SCORE)[0])
    own = (school == exam_planting.MEDAL_LOW - 1) & (scores <= wanted)
    nearest = np.argmax(np.where(own, scores, -1))
    return np.where(np.arange(len(scores)) == nearest, wanted - scores, 0)


def _subject_part(exam: Exam, cohort: pd.DataFrame, seed: int) -> Floats:
    """What is a pupil's own in a subject; of grade 9 the same as in the ВПР of these pupils."""
    of = f"{cohort['cohort'].iloc[0]}" if "cohort" in cohort else f"ege {exam.year}"
    return stream(seed, f"{exam.slug} {of}").normal(0, SUBJECT_SD, len(cohort))


def _takers(exam: Exam, cohort: pd.DataFrame, seed: int) -> NDArray[np.bool_]:
    """Who takes an exam; base mathematics all that do not take the other one."""
    if exam.slug == BASE:
        other = next(e for e in exams(exam.year, "ege") if e.slug == "map")
        return ~_takers(other, cohort, seed)
    return _chosen(cohort, exam.share, stream(seed, f"takers {exam.test_id}"))


def _chosen(cohort: pd.DataFrame, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """A share of each school's pupils, drawn by lot."""
    drawn = pd.Series(rng.random(len(cohort))).groupby(cohort["school"].to_numpy())
    return (drawn.rank() <= np.floor(share * drawn.transform("size") + 0.5)).to_numpy()


def _labels(grade: int, pupils: pd.DataFrame) -> list[str]:
    """Classes as each school writes them."""
    return [
        _CLASS_STYLES[school % 3].format(grade=grade, letter="АБВГ"[at], small="абвг"[at])
        for school, at in zip(pupils["school"], pupils["class_index"], strict=True)
    ]
