"""Tables of simulated towns, as the battery reads them, and the region they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import schema
from tests.simulation.papers import Deeds, Exam, Manners, Papers, exams_of, honest, written

REGION_SCHOOLS = 320  # about 20,000 pupils in a test


def school_ids(schools: int) -> NDArray[np.object_]:
    return np.array([f"{code:04d}" for code in range(schools)], dtype=object)


def counts_of(papers: Papers, group: str = "school") -> pd.DataFrame:
    """Rows of table `score_counts` of one exam: its schools, or all together as the region."""
    width = papers.exam.scale[0] + 1
    school = papers.school if group == "school" else np.zeros_like(papers.school)
    cells = np.bincount((school * width + papers.score)[~papers.absent])
    filled = np.flatnonzero(cells)
    ids = school_ids(int(school.max()) + 1) if group == "school" else np.array(["область"])
    return pd.DataFrame(
        {
            "test_id": papers.exam.test_id,
            "group": group,
            "group_id": ids[filled // width],
            "score": filled % width,
            "n": cells[filled],
            "origin": "works",
            "source_id": None,
        }
    )


def works_of(papers: Papers) -> pd.DataFrame:
    """Rows of table `works` of one exam."""
    absent = papers.absent
    score = pd.Series(papers.score, dtype="Int64").mask(absent)
    mark = 2 + np.searchsorted(papers.exam.scale[1:], papers.score, side="right")
    points = {
        f"p{task + 1}": pd.Series(column, dtype="Int8").mask(absent)
        for task, column in enumerate(papers.points.T)
    }
    return pd.DataFrame(
        {
            "test_id": papers.exam.test_id,
            "school_id": school_ids(int(papers.school.max()) + 1)[papers.school],
            "class_label": (papers.label + 1).astype(str),
            "pupil": papers.pupil.astype(str),
            "absent": absent,
            "variant": "1",
            "score": score,
            "mark": pd.Series(mark, dtype="Int64").mask(absent),
            "journal_mark": papers.journal,
            "skipped": 0,
            "not_taught": 0,
            **dict.fromkeys(("exam_date", "test_score", "exam_point", "room", "person")),
            "source_id": "simulation",
            "sheet": "1",
            "row": np.arange(len(score)) + 2,
            **points,
        }
    )


def tests_table(exams: list[Exam]) -> pd.DataFrame:
    """Table `tests`."""
    rows = [
        {
            "test_id": e.test_id, "procedure": "vpr", "year": e.year, "grade": e.grade,
            "pupil_grade": e.grade, "subject": e.subject, "tasks": len(e.maxima),
            **dict(zip(("max_score", "min3", "min4", "min5"), e.scale, strict=True)),
            "scale_source": "simulation", "scale_verified": True,
        }
        for e in exams
    ]  # fmt: skip
    return schema.conform(pd.DataFrame(rows), "tests")


def tasks_table(exams: list[Exam]) -> pd.DataFrame:
    """Table `tasks`."""
    parts = [
        pd.DataFrame(
            {"test_id": e.test_id, "position": np.arange(len(e.maxima)) + 1, "max_points": e.maxima}
        )
        for e in exams
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["task"] = rows["position"].astype("str")
    return schema.conform(rows.assign(**dict.fromkeys(("level", "skill", "block", "kes", "kt"))),
                          "tasks")  # fmt: skip


def schools_table(schools: int) -> pd.DataFrame:
    """Table `schools`: one municipality."""
    ids = school_ids(schools)
    rows = {
        "school_id": ids,
        "short_name": ids,
        "municipality": "Город",
        "logins": [[i] for i in ids],
        "gia_code": None,
        "kind": None,
        "in_registry": True,
    }
    return schema.conform(pd.DataFrame(rows), "schools")


@dataclass(frozen=True)
class World:
    """A region: its exams, how its checkers round, and the histograms of all its pupils."""

    exams: list[Exam]
    manners: Manners
    tests: pd.DataFrame
    tasks: pd.DataFrame
    region: pd.DataFrame


def world_of(
    rng: np.random.Generator, manners: Manners, years: Mapping[int, tuple[int, ...]]
) -> World:
    """The region row is drawn from 320 honest schools of the same model."""
    exams = exams_of(rng, years)
    honest_schools = honest(REGION_SCHOOLS, len(exams))
    region = [counts_of(p, "region") for p in written(rng, exams, honest_schools, manners)]
    return World(
        exams, manners, tests_table(exams), tasks_table(exams), pd.concat(region, ignore_index=True)
    )


@dataclass(frozen=True)
class Town:
    """What the battery reads of one town; `works` is empty where only scores are looked at."""

    score_counts: pd.DataFrame
    works: pd.DataFrame
    schools: pd.DataFrame


def town_of(
    rng: np.random.Generator, world: World, deeds: Deeds, *, region: bool, works: bool
) -> Town:
    """One town of the region, with or without the region's row."""
    counts, rows = [world.region] if region else [], []
    for papers in written(rng, world.exams, deeds, world.manners):
        counts.append(counts_of(papers))
        if works:
            rows.append(works_of(papers))
    return Town(
        schema.conform(pd.concat(counts, ignore_index=True), "score_counts"),
        schema.conform(pd.concat(rows, ignore_index=True), "works") if works else
        schema.empty("works"),
        schools_table(len(deeds.shift)),
    )  # fmt: skip
