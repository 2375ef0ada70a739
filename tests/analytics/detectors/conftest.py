"""Towns of invented answers: a test names only what is unusual in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest


@dataclass(frozen=True)
class AnsweredTown:
    """The four tables that detectors of patterns take."""

    works: pd.DataFrame
    tests: pd.DataFrame
    tasks: pd.DataFrame
    schools: pd.DataFrame

    def changed(self, **tables: pd.DataFrame) -> AnsweredTown:
        return AnsweredTown(**(vars(self) | tables))


def frames(papers: list[pd.DataFrame], maximum: int, minima: tuple[int, ...]) -> AnsweredTown:
    """Tables from papers with school_id, class_label and p1…pK; one test per paper."""
    names = [f"vpr_2024_{4 + i % 6:02d}_{i:02d}" for i in range(len(papers))]
    parts = [p.assign(test_id=name) for p, name in zip(papers, names, strict=True)]
    works = pd.concat(parts, ignore_index=True)
    points = [c for c in works if c[:1] == "p" and c[1:].isdigit()]
    works = works.assign(score=works[points].sum(axis=1), absent=False, skipped=0, not_taught=0)
    works = works.astype(
        dict.fromkeys(points, "Int8")
        | {"score": "Int64", "absent": "boolean", "skipped": "Int64", "not_taught": "Int64"}
        | dict.fromkeys(("test_id", "school_id", "class_label"), "str")
    )
    tests = pd.DataFrame(
        {
            "test_id": names,
            "year": 2024,
            "grade": [4 + i % 6 for i in range(len(papers))],
            "subject": [f"Предмет {i // 6}" for i in range(len(papers))],
            "max_score": maximum,
            **dict.fromkeys(("min3", "min4", "min5")),
        }
    )
    tests[["min3", "min4", "min5"][: len(minima)]] = minima
    numbers = dict.fromkeys(("year", "grade", "max_score", "min3", "min4", "min5"), "Int64")
    tasks = pd.DataFrame(
        {
            "test_id": np.repeat(names, len(points)),
            "position": np.tile(np.arange(1, len(points) + 1), len(names)),
            "max_points": pd.array([1] * len(names) * len(points), dtype="Int64"),
        }
    )
    ids = sorted(works["school_id"].unique())
    schools = pd.DataFrame({"school_id": ids, "municipality": "Город"}, dtype="str")
    return AnsweredTown(works, tests.astype(numbers), tasks.astype({"test_id": "str"}), schools)


def town(
    rng: np.random.Generator,
    schools: int = 12,
    tests: int = 6,
    tasks: int = 16,
    size: int = 50,
    spoil: Callable[[np.ndarray, np.ndarray, np.ndarray, np.random.Generator], None] | None = None,
) -> AnsweredTown:
    """Honest papers of tasks of one point, two classes a school; `spoil` may change them.

    spoil(points (tasks, works), school codes, difficulties, rng) works in place.
    """
    papers = []
    for _ in range(tests):
        school = np.repeat(np.arange(schools), size)
        ability = rng.normal(size=len(school)) + rng.normal(0, 0.4, schools)[school]
        hard = rng.normal(size=(tasks, 1))
        points = (rng.random((tasks, len(school))) < 1 / (1 + np.exp(hard - ability))).astype(int)
        if spoil:
            spoil(points, school, hard[:, 0], rng)
        papers.append(
            pd.DataFrame(points.T, columns=[f"p{k + 1}" for k in range(tasks)]).assign(
                school_id=[f"s{s:02d}" for s in school],
                class_label=np.where(np.arange(len(school)) % size < size // 2, "А", "Б"),
            )
        )
    return frames(papers, tasks, ())


@pytest.fixture
def answered_town() -> Callable[..., AnsweredTown]:
    return town


@pytest.fixture
def answered_frames() -> Callable[..., AnsweredTown]:
    return frames


@dataclass(frozen=True)
class ScoredTown:
    """The three tables that detectors of levels take."""

    score_counts: pd.DataFrame
    tests: pd.DataFrame
    schools: pd.DataFrame

    def changed(self, **tables: pd.DataFrame) -> ScoredTown:
        return ScoredTown(**(vars(self) | tables))


def scored(
    rows: dict[tuple, dict[str, dict[int, int]]], maximum: int = 20, region: str = "область"
) -> ScoredTown:
    """Histograms {score: pupils} by school, by test (procedure, year, grade, subject).

    The name "область" stands for the row of the region.
    """
    tests, parts = [], []
    for procedure, year, grade, subject in rows:
        name = f"{procedure}_{year}_{grade:02d}_{subject}"
        facts = {"procedure": procedure, "year": year, "grade": grade, "subject": subject}
        tests.append({"test_id": name, **facts, "max_score": maximum})
        for owner, counts in rows[procedure, year, grade, subject].items():
            of_region = owner == region
            parts += [
                (name, "region" if of_region else "school", owner, score, counts.get(score, 0))
                for score in range(max([maximum, *counts]) + 1)
            ]
    columns = ["test_id", "group", "group_id", "score", "n"]
    counts = pd.DataFrame(parts, columns=columns).assign(origin="works", source_id=None)
    minima = dict.fromkeys(("min3", "min4", "min5"))
    frame = pd.DataFrame(tests).assign(**minima)
    numbers = dict.fromkeys(("year", "grade", "max_score", *minima), "Int64")
    ids = sorted({p[2] for p in parts} - {region})
    schools = pd.DataFrame({"school_id": ids, "municipality": "Город"}, dtype="str")
    return ScoredTown(
        counts.astype({"score": "Int64", "n": "Int64"} | dict.fromkeys(columns[:3], "str")),
        frame.astype(numbers | dict.fromkeys(("test_id", "procedure", "subject"), "str")),
        schools,
    )


def levelled(
    rng: np.random.Generator, levels: dict[tuple, np.ndarray], size: int = 60
) -> ScoredTown:
    """School i has the level levels[test][i] in sds of its pupils; they get 10 ± 3 of 20 points."""
    rows: dict[tuple, dict[str, dict[int, int]]] = {}
    for test, level in levels.items():
        rows[test] = {}
        for i, shift in enumerate(level):
            scores = np.rint(10 + 3 * (rng.normal(size=size) + shift)).clip(0, 20).astype(int)
            found, n = np.unique(scores, return_counts=True)
            rows[test][f"s{i:02d}"] = dict(zip(found.tolist(), n.tolist(), strict=True))
    return scored(rows)


@pytest.fixture
def scored_town() -> Callable[..., ScoredTown]:
    return scored


@pytest.fixture
def levelled_town() -> Callable[..., ScoredTown]:
    return levelled
