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

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.detectors import boundary_groups, boundary_lifting, low_variance
from analytics.detectors.equal_rows import repeated_rows
from analytics.detectors.item_patterns import contrast_residuals
from analytics.detectors.reference import COUNTRY, Reference
from analytics.detectors.tilt import tilted_to_schools
from analytics.multiplicity import benjamini_hochberg
from analytics.scales import BOUNDARIES
from tests.benchmarks.__main__ import PeakMemory, timed
from tests.simulation.towns import SCALES, SUBJECTS

SCHOOLS, PUPILS, GRADES = 40_000, 27, range(4, 12)
ITEMS = 20
SAMPLE = 300  # groups of the slow versions
YEAR = 2021

Scores = list[NDArray[np.int8]]


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
    """Scores of all pupils of each test, school after school."""
    return [
        np.clip(
            np.rint(top * (0.58 + 0.2 * (level + rng.normal(size=len(level))))), 0, top
        ).astype(np.int8)
        for top in tests["max_score"]
    ]  # fmt: skip


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


def on_scores(scores: Scores, school: NDArray, tests: pd.DataFrame) -> None:
    counts = step("подсчёт", lambda: histograms(scores, school, tests))
    ids = pd.Index([f"{code:05d}" for code in range(SCHOOLS)], dtype="str")
    levelled = step("сравнение и уровни", lambda: [
        levelled_reference(test_id, ids, n) for test_id, n in zip(tests["test_id"], counts,
                                                                  strict=True)
    ])  # fmt: skip
    evidence = step("D1", lambda: lifting(levelled, tests))
    windows = step("разбор по группам", lambda: [
        rows["p_value"].to_numpy()
        for (reference, tilted), scale in zip(levelled, tests.to_dict("records"), strict=True)
        for _, rows in boundary_groups._windows(reference, {b: scale[b] for b in BOUNDARIES})
    ])  # fmt: skip
    step("D8", lambda: variance(counts, ids, tests))
    step("множественность", lambda: (
        benjamini_hochberg(evidence["p_value"], pd.factorize(evidence["scope"] == "")[0]),
        benjamini_hochberg(np.concatenate(windows)),
    ))  # fmt: skip


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
