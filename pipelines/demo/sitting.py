"""One work of one year, sat by the whole town, and the same work sat by the region around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.demo import abilities, planting
from pipelines.demo.abilities import Flags, Floats, Points
from pipelines.demo.town import CLASS_SD, SCHOOL_SD, SUBJECT_SD, Town, class_labels, stream
from pipelines.demo.works import Work, make_work

_TUNING_PUPILS = 2000
_REGION_SCHOOLS = 380
_REGION_PUPILS = 20_000
_SHIFTS = np.arange(1.5, -3.5, -0.02)  # tried in turn for a planted count
_NOT_TAUGHT = {(2022, 8, "ma"): ((2, 6, 15), ("10", "16.2"))}  # schools, tasks


@dataclass(frozen=True)
class Sitting:
    """pupils: one row per listed pupil: school (index), class_index, gender, code, class_label,
    variant, absent, journal (mark 2…5, 0 = none), lifted (points that lifting added).

    earned, skipped, not_taught: shape (pupils, tasks); rows of absent pupils mean nothing.
    """

    work: Work
    pupils: pd.DataFrame
    earned: Points
    skipped: Flags
    not_taught: Flags

    @property
    def present(self) -> Flags:
        return ~self.pupils["absent"].to_numpy()

    @property
    def scores(self) -> Points:
        return self.earned.sum(axis=1)

    @property
    def marks(self) -> Points:
        return abilities.marks(self.scores, self.work.boundaries)


def sit(town: Town, work: Work, seed: int) -> Sitting:
    """The work as the town's pupils of the right parallel wrote it."""
    rng = stream(seed, work.test_id)
    cohort = work.pupil_grade - (work.year - 2021 if work.year > 2021 else 0)
    pupils = town.pupils[town.pupils["cohort"] == cohort].reset_index(drop=True)
    school = pupils["school"].to_numpy()
    ability = _subject_ability(pupils["ability"].to_numpy(), stream(seed, f"{work.slug} {cohort}"))
    untaught = _untaught(work, school)
    paper = _Paper(
        work=work,
        steps=thresholds(work.grade, work.slug, seed),
        ability=ability,
        school=school,
        schools=town.schools,
        luck=rng.random(untaught.shape),
        kindness=rng.random((2, len(pupils))),
        untaught=untaught,
    )
    absent, shift = _attendance(paper, rng)
    earned, moved = paper.marked(shift, rng)
    frame = pupils[["school", "class_index", "gender"]].assign(
        code=work.pupil_grade * 10_000 + pupils.groupby("school").cumcount() + 1,
        class_label=class_labels(town.schools, pupils, work.pupil_grade),
        variant=rng.integers(1, 3, len(pupils)),
        absent=absent,
        journal=_journal(ability, town.schools["leniency"].to_numpy()[school], rng),
        lifted=np.where(absent, 0, moved),
    )
    return Sitting(work, frame, earned, abilities.skipped(earned, rng) & ~untaught, untaught)


@cache
def thresholds(grade: int, slug: str, seed: int) -> Floats:
    """Difficulties of a work's tasks, the same in every year, tuned to the official scale."""
    work = make_work(2021, grade, slug)
    rng = stream(seed, f"tasks {grade} {slug}")
    drawn = abilities.difficulties(work, rng)
    ability = _region_ability(_TUNING_PUPILS, rng)
    return abilities.tuned(work, drawn, ability, rng.random((_TUNING_PUPILS, len(work.tasks))))


@cache
def region_histogram(work: Work, seed: int) -> tuple[Points, int]:
    """Pupils by score 0…max of some 20,000 pupils of the region, and the number of schools."""
    rng = stream(seed, f"region {work.test_id}")
    count = _REGION_PUPILS + int(rng.integers(-1500, 1500))
    luck = rng.random((count, len(work.tasks)))
    scores = abilities.points(
        _region_ability(count, rng), thresholds(work.grade, work.slug, seed), luck
    ).sum(axis=1)
    rounding = np.clip(rng.normal(0.10, 0.04, count), 0, 1)
    raised = (abilities.gaps(scores, work.boundaries) == 1) & (rng.random(count) < rounding)
    histogram = np.bincount(scores + raised, minlength=work.max_score + 1)
    return histogram, _REGION_SCHOOLS + int(rng.integers(0, 30))


@dataclass(frozen=True)
class _Paper:
    """The same luck at every trial, so that only the schools' shifts move the scores.

    luck and untaught: shape (pupils, tasks); kindness: of honest markers and of lifting ones,
    shape (2, pupils), uniform on 0..1; school: index of each pupil's school.
    """

    work: Work
    steps: Floats
    ability: Floats
    school: NDArray[np.int64]
    schools: pd.DataFrame
    luck: Floats
    kindness: Floats
    untaught: Flags

    @property
    def lifting(self) -> Flags:
        years = planting.LIFTED_YEARS.items()
        schools = [number - 1 for number, lifted in years if self.work.year in lifted]
        return np.isin(self.school, schools)

    @property
    def rounding(self) -> Floats:
        return self.schools["rounding"].to_numpy()[self.school]

    def earned(self, shift: Floats, rows: NDArray[np.int64] | slice = slice(None)) -> Points:
        """Points by the model alone."""
        ability = self.ability[rows] + shift[self.school[rows]]
        earned = abilities.points(ability, self.steps, self.luck[rows])
        return np.where(self.untaught[rows], 0, earned)

    def raised(
        self, scores: Points, rows: NDArray[np.int64] | slice = slice(None)
    ) -> tuple[Points, Points]:
        """Points added by honest rounding, and by lifting, to each score."""
        gap = abilities.gaps(scores, self.work.boundaries)
        rounded = (gap == 1) & (self.kindness[0][rows] < self.rounding[rows])
        near = self.lifting[rows] & (gap > 0) & (gap <= 2) & ~rounded
        moved = np.where(near & (self.kindness[1][rows] < planting.LIFTED_SHARE), gap, 0)
        return rounded.astype(np.int64), moved

    def low(self, shift: Floats, rows: NDArray[np.int64] | slice = slice(None)) -> Flags:
        """Who gets «2»."""
        scores = self.earned(shift, rows).sum(axis=1)
        rounded, moved = self.raised(scores, rows)
        return scores + rounded + moved < self.work.boundaries[0]

    def marked(self, shift: Floats, rng: np.random.Generator) -> tuple[Points, Points]:
        """Points as the school handed them in, and by how many of them lifted pupils were moved."""
        earned = self.earned(shift)
        rounded, moved = self.raised(earned.sum(axis=1))
        room = np.where(self.untaught, 0, np.array(self.work.maxima) - earned)
        return earned + abilities.lifts(room, rounded + moved, rng), moved


def _attendance(paper: _Paper, rng: np.random.Generator) -> tuple[Flags, Floats]:
    """Who is absent, and by how much each school's ability is shifted in this work."""
    count = len(paper.schools)
    rates = paper.schools["absence"].to_numpy()
    absent = rng.random(len(paper.school)) < rates[paper.school]
    shift = np.zeros(count)
    plans = [
        plan
        for plan in planting.LOW_RESULTS
        if (plan.year, plan.grade, plan.slug)
        == (paper.work.year, paper.work.grade, paper.work.slug)
    ]
    planned = np.isin(np.arange(1, count + 1), [plan.school for plan in plans])
    while True:
        present = np.bincount(paper.school[~absent], minlength=count)
        low = np.bincount(paper.school[paper.low(shift) & ~absent], minlength=count)
        too_low = (low >= planting.HIGHEST_HONEST_LOW * present) & (low > 0) & ~planned
        if not too_low.any():
            break
        shift[too_low] += 0.1
    for plan in plans:
        rows = np.flatnonzero(paper.school == plan.school - 1)
        absent[rows], shift[plan.school - 1] = _planned(paper, plan, rows, rng)
    return absent, shift


def _planned(
    paper: _Paper, plan: planting.LowResult, rows: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Flags, float]:
    """Absent pupils and shift of a school that is to have an exact number of «2»."""
    present, low_present = planting.wanted_counts(plan.share, len(rows))
    for shift in _SHIFTS:
        low = paper.low(np.full(len(paper.schools), shift), rows)
        absent = planting.choose_absent(low, present, low_present, rng)
        if absent is not None:
            return absent, shift
    raise AssertionError(f"no shift gives school {plan.school} its planted number of «2»")


def _subject_ability(ability: Floats, rng: np.random.Generator) -> Floats:
    return ability + rng.normal(0, SUBJECT_SD, len(ability))


def _region_ability(count: int, rng: np.random.Generator) -> Floats:
    school = rng.normal(0, SCHOOL_SD, _REGION_SCHOOLS)[rng.integers(0, _REGION_SCHOOLS, count)]
    within = np.hypot(1, CLASS_SD)
    return _subject_ability(school + rng.normal(0, within, count), rng)


def _journal(ability: Floats, leniency: Floats, rng: np.random.Generator) -> Points:
    marks = abilities.journal_marks(ability, leniency, rng)
    return np.where(rng.random(len(marks)) < 0.02, 0, marks)


def _untaught(work: Work, school: NDArray[np.int64]) -> Flags:
    """Which tasks of which pupils were not taught by then, shape (pupils, tasks)."""
    schools, tasks = _NOT_TAUGHT.get((work.year, work.grade, work.slug), ((), ()))
    in_school = np.isin(school, [number - 1 for number in schools])
    return in_school[:, None] & np.isin(work.tasks, tasks)[None]
