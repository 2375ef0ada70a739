"""Simulated papers: pupils answer tasks, teachers mark and round, some schools do more than that.

Not the detectors' own model: answers come from graded items of item response theory, abilities
differ by school, class and pupil, curricula by school and class, and every checker rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics import norms

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

SUBJECTS = ("Математика", "Русский язык", "Окружающий мир")
# (maximum, least score of 3, 4, 5) by subject: works as they are in primary and in middle school.
SCALES = (
    ((20, 6, 10, 15), (38, 14, 24, 33), (32, 8, 18, 27)),
    ((25, 8, 15, 21), (45, 18, 29, 39), (23, 9, 15, 20)),
)
REACH = 2  # points below a boundary that a checker finds
CLASS_SIZE = 28
MOST_CLASSES = 4
PARALLEL = (25, 101)  # pupils of one grade of a school
SCHOOL_SD, CLASS_SD, SCHOOL_SUBJECT_SD = 0.4, 0.2, 0.15  # of ability; a pupil's is 1
CURRICULUM_SD = 0.25  # of a task's difficulty, between schools and again between classes
GENERAL = 0.8  # loading of a subject on general ability
JOURNAL_STEPS = (-1.9, -0.4, 0.7)
JOURNAL_SD, LENIENCY_SD = 0.5, 0.25  # a teacher's error; leniency between schools


@dataclass(frozen=True)
class Manners:
    """How honest checkers round: the share of near misses moved up to the boundary.

    mean over all, sd between schools, sd between the tests of a school. Below 0 a checker is
    strict: as many pupils are moved down from the boundary.
    """

    between: float
    within: float
    mean: float = 0.10


DESIGN = Manners(between=0.04, within=0.0)
REGION = Manners(between=0.09, within=0.20)  # as measured on a real region, 633 schools


@dataclass(frozen=True)
class Exam:
    """One test. difficulty: of each step of a task, (maximum,); task: whose step it is."""

    test_id: str
    year: int
    grade: int
    subject: str
    scale: tuple[int, int, int, int]
    maxima: Codes
    task: Codes
    difficulty: Array
    slope: Array


@dataclass(frozen=True)
class Deeds:
    """What each school is and does. All arrays start with the axis of schools.

    shift, width: its pupils' mean ability and its sd. lenient: added to the share of honest
    rounding. lift: share of the remaining near misses raised, (schools, exams, 3 boundaries). copy:
    share of a class that has one classmate's answers. given: share of pupils told the hardest 30 %
    of tasks. help: ability added, (schools, exams).
    """

    shift: Array
    width: Array
    lenient: Array
    lift: Array
    copy: Array
    given: Array
    help: Array


@dataclass(frozen=True)
class Papers:
    """Works of one exam; (works,) each, points (works, tasks). Absent pupils have a row too."""

    exam: Exam
    points: NDArray[np.int8]
    score: Codes
    school: Codes
    label: Codes
    pupil: Codes
    journal: Codes
    absent: NDArray[np.bool_]


def honest(schools: int, exams: int) -> Deeds:
    """Ordinary schools that do nothing."""
    shift, lenient, copy, given = np.zeros((4, schools))
    lift, extra = np.zeros((schools, exams, 3)), np.zeros((schools, exams))
    return Deeds(shift, np.ones(schools), lenient, lift, copy, given, extra)


def exams_of(rng: np.random.Generator, years: Mapping[int, tuple[int, ...]]) -> list[Exam]:
    """Three subjects of every grade of every year, with tasks of three levels of difficulty."""
    return [
        _exam(rng, year, grade, place)
        for year, grades in years.items()
        for grade in grades
        for place in range(len(SUBJECTS))
    ]


def _exam(rng: np.random.Generator, year: int, grade: int, place: int) -> Exam:
    scale = SCALES[int(grade > 4 and grade % 2)][place]
    tasks = 12 + (scale[0] - 18) // 2
    maxima = np.ones(tasks, dtype=np.int64)
    while maxima.sum() < scale[0]:
        maxima[rng.integers(tasks)] += 1
    level = np.arange(tasks) / tasks
    low, high = np.where(level < 0.6, [[-1.8], [0.0]], np.where(level < 0.85, [[-0.3], [0.9]],
                                                                [[0.6], [1.9]]))  # fmt: skip
    centre = rng.uniform(low, high)
    task = np.repeat(np.arange(tasks), maxima)
    step = np.arange(len(task)) - np.repeat(np.cumsum(maxima) - maxima, maxima)
    difficulty = centre[task] + 0.6 * (step - (maxima[task] - 1) / 2)
    slope = 1.3 * np.exp(rng.normal(0, 0.2, tasks))
    return Exam(
        norms.test_id("vpr", year, grade, SUBJECTS[place]), year, grade, SUBJECTS[place], scale,
        maxima, task, difficulty, slope,
    )  # fmt: skip


def written(
    rng: np.random.Generator, exams: list[Exam], deeds: Deeds, manners: Manners
) -> Iterator[Papers]:
    """The papers of every exam. A cohort (year − grade) is the same pupils in all its exams."""
    schools = len(deeds.shift)
    level = deeds.shift + rng.normal(0, SCHOOL_SD, schools)
    leniency = rng.normal(0, LENIENCY_SD, schools)
    habit = manners.mean + deeds.lenient + rng.normal(0, manners.between, schools)
    cohorts: dict[int, tuple[Codes, Codes, Array]] = {}
    for place, exam in enumerate(exams):
        cohort = exam.year - exam.grade
        if cohort not in cohorts:
            cohorts[cohort] = _cohort(rng, level, deeds.width)
        school, label, general = cohorts[cohort]
        group = school * MOST_CLASSES + label
        own = rng.normal(0, SCHOOL_SUBJECT_SD, schools) + deeds.help[:, place]
        special = rng.normal(size=len(school)) * deeds.width[school]
        ability = GENERAL * general + np.sqrt(1 - GENERAL**2) * special + level[school]
        journal = 2 + np.searchsorted(
            JOURNAL_STEPS, ability + leniency[school] + rng.normal(0, JOURNAL_SD, len(school))
        )
        ability = ability + own[school] + rng.normal(0, CLASS_SD, schools * MOST_CLASSES)[group]
        points = _answers(rng, exam, ability, school, group)
        _give(rng, exam, points, deeds.given[school])
        _copy(rng, points, group, deeds.copy[school])
        rounding = habit + rng.normal(0, manners.within, schools)
        _round(rng, exam, points, rounding[school], deeds.lift[school, place])
        absent = rng.random(len(school)) < 1 / (1 + np.exp(2.5 + 0.5 * general))
        yield Papers(
            exam, points, points.sum(axis=1, dtype=np.int64), school, label,
            np.arange(len(school)), journal, absent,
        )  # fmt: skip


def _cohort(rng: np.random.Generator, level: Array, width: Array) -> tuple[Codes, Codes, Array]:
    """School, class and general ability of each pupil of a cohort."""
    size = rng.integers(*PARALLEL, size=len(level))
    school = np.repeat(np.arange(len(level)), size)
    number = np.arange(len(school)) - np.repeat(np.cumsum(size) - size, size)
    label = number % -(-size // CLASS_SIZE)[school]
    return school, label, rng.normal(size=len(school)) * width[school]


def _answers(
    rng: np.random.Generator, exam: Exam, ability: Array, school: Codes, group: Codes
) -> NDArray[np.int8]:
    """Graded response model: P(points of a task ≥ k) = logistic(slope·(ability − difficulty k))."""
    tasks = len(exam.maxima)
    taught = rng.normal(0, CURRICULUM_SD, (school.max() + 1, tasks))[school]
    taught += rng.normal(0, CURRICULUM_SD, (group.max() + 1, tasks))[group]
    chance = rng.random((len(ability), tasks))
    # logistic(x) > u where x > ln(u/(1 − u)): one logarithm for all the steps of a task.
    needed = np.log(chance / (1 - chance)) / exam.slope - taught - ability[:, None]
    made = -needed[:, exam.task] > exam.difficulty
    starts = np.cumsum(exam.maxima) - exam.maxima
    return np.add.reduceat(made, starts, axis=1, dtype=np.int8)


def _give(rng: np.random.Generator, exam: Exam, points: NDArray[np.int8], share: Array) -> None:
    """Told pupils have all the points of the hardest 30 % of tasks."""
    told = np.flatnonzero(rng.random(len(points)) < share)
    hardness = np.bincount(exam.task, exam.difficulty) / exam.maxima
    hardest = np.argsort(-hardness)[: round(0.3 * len(hardness))]
    points[np.ix_(told, hardest)] = exam.maxima[hardest]


def _copy(rng: np.random.Generator, points: NDArray[np.int8], group: Codes, share: Array) -> None:
    """Copiers of a class have the answers of one of its pupils."""
    order = rng.permutation(len(points))
    source = np.zeros(group.max() + 1, dtype=np.int64)
    source[group[order]] = order
    copiers = np.flatnonzero(rng.random(len(points)) < share)
    points[copiers] = points[source[group[copiers]]]


def _round(
    rng: np.random.Generator, exam: Exam, points: NDArray[np.int8], rounding: Array, lift: Array
) -> None:
    """Moves pupils up to a boundary, or down from it, a point in some task at a time."""
    score = points.sum(axis=1, dtype=np.int64)
    change = np.zeros(len(score), dtype=np.int64)
    for place, boundary in enumerate(exam.scale[1:]):
        gap = boundary - score
        near = (gap > 0) & (gap <= REACH)
        up = np.maximum(rounding, 0) + (1 - np.maximum(rounding, 0)) * lift[:, place]
        change[near] = (gap * (rng.random(len(gap)) < up))[near]
        # Two scores below stand against the one at the boundary.
        down = (gap == 0) & (rng.random(len(gap)) < -REACH * rounding)
        change[down] = -rng.integers(1, REACH + 1, down.sum())
    while (change != 0).any():
        rows = np.flatnonzero(change)
        sign = np.sign(change[rows])[:, None]
        free = np.where(sign > 0, points[rows] < exam.maxima, points[rows] > 0)
        task = (rng.random(free.shape) * free).argmax(axis=1)
        points[rows, task] += sign[:, 0].astype(np.int8)
        change[rows] -= sign[:, 0]
