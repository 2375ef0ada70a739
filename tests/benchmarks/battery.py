"""The battery on a country: `python -m tests.benchmarks.battery`. Nothing is asserted.

25.9 million works: 40,000 schools, 24 tests, 27 pupils in a group. Detectors are fed by histograms
here, as `score_counts` would be too many rows of text for one machine. Beside it, in the same run,
the window test done group by group with `groupby.apply` and scipy, and the package `rddensity`,
where it is installed: the ratios are the result.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.battery import battery
from analytics.detectors import boundary_groups, boundary_lifting, low_variance
from analytics.detectors.equal_rows import repeated_rows
from analytics.detectors.item_patterns import contrast_residuals
from analytics.detectors.lifting_pool import school_tests
from analytics.detectors.reference import COUNTRY, Reference
from analytics.detectors.tilt import tilted_to_schools
from analytics.multiplicity import benjamini_hochberg
from analytics.scales import BOUNDARIES
from tests.benchmarks.__main__ import PeakMemory, timed
from tests.simulation.papers import REGION, SCALES, SUBJECTS, honest
from tests.simulation.towns import town_of, world_of

SCHOOLS, PUPILS, GRADES = 40_000, 27, range(4, 12)
ITEMS = 20
GUILTY, LIFTED = 0.02, 0.30  # of schools; of their near misses
SAMPLE = 300  # groups of the slow versions
YEAR = 2021

Scores = list[NDArray[np.int8]]
Result = TypeVar("Result")


def tests_of_the_year() -> pd.DataFrame:
    rows = [
        {
            "test_id": f"{grade:02d}-{place}", "year": YEAR, "grade": grade, "subject": subject,
            **dict(zip(("max_score", *BOUNDARIES), SCALES[grade % 2][place], strict=True)),
        }
        for grade in GRADES
        for place, subject in enumerate(SUBJECTS)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def scores_of(rng: np.random.Generator, tests: pd.DataFrame, level: NDArray) -> Scores:
    """Scores of all pupils of each test, school after school; the first 2 % of schools lift."""
    found = []
    lifting_schools = np.arange(len(level)) < GUILTY * len(level)
    for scale in tests.to_dict("records"):
        top = scale["max_score"]
        share = 0.58 + 0.2 * (level + rng.normal(size=len(level)))
        score = np.clip(np.rint(top * share), 0, top).astype(np.int8)
        lifted = lifting_schools & (rng.random(len(level)) < LIFTED)
        for b in (scale[name] for name in BOUNDARIES):
            score[lifted & (score >= b - boundary_lifting.REACH) & (score < b)] = b
        found.append(score)
    return found


def histograms(scores: Scores, school: NDArray, tests: pd.DataFrame) -> list[NDArray]:
    """Pupils by school and score of each test."""
    return [
        np.bincount(school * (top + 1) + score, minlength=SCHOOLS * (top + 1)).reshape(SCHOOLS, -1)
        for top, score in zip(tests["max_score"], scores, strict=True)
    ]


def main() -> None:
    rng = np.random.default_rng(3)
    tests = tests_of_the_year()
    school = np.repeat(np.arange(SCHOOLS), PUPILS)
    level = np.repeat(rng.normal(0, 0.4, SCHOOLS), PUPILS)
    scores = scores_of(rng, tests, level)
    print(f"{len(school) * len(tests):,} работ, {SCHOOLS * len(tests):,} групп", flush=True)
    whole = timed("баллы: подсчёт, D1, разбор по группам, D8, множественность (предел 5 с, 2 ГБ)",
                  lambda: on_scores(scores, school, tests))  # fmt: skip
    print(f"  {len(school) * len(tests) / whole / 1e6:.1f} млн работ в секунду")
    on_items(rng, tests, level)
    rates(rng, scores, tests)
    on_town(rng)


def on_scores(scores: Scores, school: NDArray, tests: pd.DataFrame) -> None:
    counts = step("подсчёт", lambda: histograms(scores, school, tests))
    ids = pd.Index([f"{code:05d}" for code in range(SCHOOLS)], dtype="str")
    levelled = step("сравнение и уровни", lambda: [
        levelled_reference(test_id, ids, n) for test_id, n in zip(tests["test_id"], counts,
                                                                  strict=True)
    ])  # fmt: skip
    evidence = step("D1", lambda: lifting(levelled, tests))
    schools = evidence[evidence["scope"] == ""].sort_values("school_id")
    flagged = benjamini_hochberg(schools["p_value"]) <= 0.05
    windows = step("разбор по группам отмеченных школ", lambda: [
        rows["p_value"].to_numpy()
        for (reference, _), scale in zip(levelled, tests.to_dict("records"), strict=True)
        for _, rows in boundary_groups.flagged_windows(
            reference, {b: scale[b] for b in BOUNDARIES}, flagged
        )
    ])  # fmt: skip
    step("D8", lambda: variance(counts, ids, tests))
    step("множественность", lambda: (
        benjamini_hochberg(evidence["p_value"], pd.factorize(evidence["scope"] == "")[0]),
        benjamini_hochberg(np.concatenate(windows)),
    ))  # fmt: skip
    guilty = np.arange(SCHOOLS) < GUILTY * SCHOOLS
    print(
        f"  отмечено школ {flagged.sum():,}; из поднимавших найдено {flagged[guilty].mean():.1%}, "
        f"ложных среди отмеченных {(flagged & ~guilty).sum() / max(flagged.sum(), 1):.1%}"
    )


def levelled_reference(test_id: str, ids: pd.Index, counts: NDArray) -> tuple:
    """The whole country as the reference, and its histogram at the level of each school."""
    counts = counts.astype(np.float64)
    whole = counts.sum(axis=0)
    schools = len(ids)
    reference = Reference(
        test_id, COUNTRY, ids, counts, whole, np.zeros(schools, dtype=bool),
        np.full(schools, whole.sum()), np.zeros(schools, dtype=np.int64),
    )  # fmt: skip
    return reference, tilted_to_schools(reference)


def lifting(levelled: list[tuple], tests: pd.DataFrame) -> pd.DataFrame:
    boundaries = ("", *BOUNDARIES)
    return boundary_lifting.evidence_of_groups(
        school_tests(levelled, tests, boundary_lifting.REACH, boundaries)
    )


def variance(counts: list[NDArray], ids: pd.Index, tests: pd.DataFrame) -> pd.DataFrame:
    """z of low variance of every school from the moments of its histograms."""
    parts = []
    for scale, n in zip(tests.to_dict("records"), counts, strict=True):
        score = np.arange(n.shape[1])
        size, total, square = n.sum(axis=1), n @ score, n @ score**2
        of_class = (size * square - total**2) / np.maximum(size * (size - 1), 1)
        parts.append(
            pd.DataFrame(
                {
                    "test_id": scale["test_id"], "school": np.arange(len(n)), "n": size,
                    "mean": total / size, "reason": None,
                    "variance": np.maximum(of_class, low_variance.LEAST_VARIANCE),
                }
            )
        )  # fmt: skip
    classes = pd.concat(parts, ignore_index=True)
    classes["test_id"] = classes["test_id"].astype("category")
    classes = low_variance._residuals(classes)
    weight, school = classes["weight"].to_numpy(), classes["school"].to_numpy()
    product = weight * classes["residual"].to_numpy()
    return low_variance._judged(
        pd.DataFrame(
            {
                "year": YEAR, "school_id": ids, "scope": "", "reason": None,
                "weight": np.bincount(school, weight), "product": np.bincount(school, product),
            }
        )
    )  # fmt: skip


def on_items(rng: np.random.Generator, tests: pd.DataFrame, level: NDArray) -> None:
    """D6 and D7 of every test in turn, as the battery reads works test by test."""
    school = np.repeat(np.arange(SCHOOLS), PUPILS)
    maxima = np.ones(ITEMS, dtype=np.int64)
    difficulty = np.linspace(-1.5, 1.5, ITEMS)
    seconds = 0.0
    with PeakMemory() as memory:
        for _ in range(len(tests)):
            points = answers_of(rng, level, difficulty)
            started = time.perf_counter()
            contrast_residuals(points, maxima, school, SCHOOLS)
            repeated_rows(points, maxima, school, np.arange(SCHOOLS))
            seconds += time.perf_counter() - started
    print(
        f"{ITEMS} заданий, D6 и D7 (предел 20 с, 4 ГБ): {seconds:.1f} с; "
        f"память вместе с порождением ответов {memory.peak / 2**30:.2f} ГБ"
    )


def answers_of(rng: np.random.Generator, level: NDArray, difficulty: NDArray) -> NDArray[np.int8]:
    """Points of all works of one test, (tasks, works), one point a task."""
    ability = (level + rng.normal(size=len(level))).astype(np.float32)
    return np.stack([
        rng.random(len(level), dtype=np.float32) < 1 / (1 + np.exp(-1.3 * (ability - task)))
        for task in difficulty
    ]).astype(np.int8)  # fmt: skip


def rates(rng: np.random.Generator, scores: Scores, tests: pd.DataFrame) -> None:
    """Groups per second of the window test: all at once, one by one, and of `rddensity`."""
    scale = tests.iloc[0]
    minima = {b: int(scale[b]) for b in BOUNDARIES}
    school = np.repeat(np.arange(SCHOOLS), PUPILS)
    counts = histograms(scores[:1], school, tests.iloc[:1])[0]
    ids = pd.Index([f"{code:05d}" for code in range(SCHOOLS)], dtype="str")

    def at_once() -> None:
        reference, _ = levelled_reference(scale["test_id"], ids, counts)
        boundary_groups.flagged_windows(reference, minima, np.ones(SCHOOLS, dtype=bool))

    chosen = rng.choice(SCHOOLS, SAMPLE, replace=False)
    works = pd.DataFrame({"school": school, "score": scores[0]})
    works = works[works["school"].isin(chosen)]
    share = counts.sum(axis=0) / counts.sum()
    ours = rate("mmuko, все группы разом", SCHOOLS, at_once)
    slow = rate("groupby.apply и scipy", SAMPLE, lambda: works.groupby("school")["score"].apply(
        window_test, share=share, minima=minima
    ))  # fmt: skip
    print(f"  отношение {ours / slow:.0f}")
    try:
        rddensity = import_module("rddensity").rddensity
    except ImportError:
        print("rddensity не установлен")
        return
    few = [g.to_numpy(dtype=np.float64) for _, g in list(works.groupby("school")["score"])[:20]]

    def one_by_one() -> None:
        for group in few:
            for boundary in minima.values():
                try:
                    rddensity(group, c=boundary)
                except Exception as error:  # it refuses groups with few points
                    refused.append(type(error).__name__)

    refused: list[str] = []
    theirs = rate("rddensity", len(few), one_by_one)
    print(f"  отношение {ours / theirs:.0f}; отказов {len(refused)} из {3 * len(few)}")


def window_test(score: pd.Series, share: NDArray, minima: dict[str, int]) -> list[float]:
    """Mid-p of the windows of one group, as one writes it with scipy."""
    from scipy.optimize import brentq
    from scipy.stats import binom

    points = np.arange(len(share))
    mean = score.mean()

    def tilted(theta: float) -> NDArray:
        weight = share * np.exp(theta * (points - mean))
        return weight / weight.sum()

    p = tilted(brentq(lambda theta: tilted(theta) @ points - mean, -2, 2))
    found = []
    for b in minima.values():
        m = score.between(b - 2, b + 1).sum()
        x = score.between(b, b + 1).sum()
        law = binom(m, p[b : b + 2].sum() / p[b - 2 : b + 2].sum())
        found.append(law.sf(x) + law.pmf(x) / 2)
    return found


def on_town(rng: np.random.Generator) -> None:
    """The whole battery on a town as it is read: tables of 21 schools and 24 tests."""
    world = world_of(rng, REGION, {YEAR: tuple(GRADES)})
    town = town_of(rng, world, honest(21, len(world.exams)), region=True, works=True)
    tables = {
        "score_counts": town.score_counts, "works": town.works, "tests": world.tests,
        "tasks": world.tasks, "schools": town.schools,
    }  # fmt: skip
    print(f"город: {len(town.works):,} работ")
    timed("вся батарея города (предел 2 с)", lambda: battery(tables))


def rate(title: str, groups: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    per_second = groups / (time.perf_counter() - started)
    print(f"{title}: {per_second:,.0f} групп в секунду", flush=True)
    return per_second


def step(title: str, work: Callable[[], Result]) -> Result:
    started = time.perf_counter()
    result = work()
    print(f"  {title}: {time.perf_counter() - started:.2f} с", flush=True)
    return result


if __name__ == "__main__":
    main()
