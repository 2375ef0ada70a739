"""D9: totals at multiples of 5 and whole percents."""

import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.detectors.heaping import FEW_OTHERS, FEW_WORKS, NO_MULTIPLES, heaping, whole_percents
from analytics.scales import BOUNDARIES


def _town(scores: dict[str, list[int]], answered_frames, maximum=20, minima=(None, None, None)):
    """Schools with the given scores of one test."""
    rows = [(s, "1", 0, v) for s, values in scores.items() for v in values]
    papers = pd.DataFrame(rows, columns=["school_id", "class_label", "p1", "total"])
    town = answered_frames([papers.drop(columns="total")], maximum, ())
    tests = town.tests.assign(
        **{k: pd.array([v], dtype="Int64") for k, v in zip(BOUNDARIES, minima, strict=True)}
    )
    score = pd.array(papers["total"], dtype="Int64")
    return town.changed(works=town.works.assign(score=score), tests=tests)


def _whole(town) -> pd.DataFrame:
    found = heaping(town.works, town.tests, town.schools)
    assert list(found.columns) == list(schema.TABLES["evidence"].columns)
    return found[found["scope"] == ""].set_index("school_id")


EVEN = list(range(21))


def test_excess_by_hand(answered_frames) -> None:
    # Windows of 5, 10, 15 are scores 3–17: of 100 honest works of a school 15/21 fall there.
    town = _town(
        {"а": [5] * 10 + [10] * 10 + [4, 6, 9, 11] * 5, "б": EVEN * 5, "в": EVEN * 5},
        answered_frames,
    )
    row = _whole(town).loc["а"]
    # 20 of 40 at multiples, where the others have a fifth: 20 − 8 pupils, .3 of the window.
    assert row["n"] == 40
    assert row["estimate"] == pytest.approx(0.3)
    assert row["pupils"] == pytest.approx(12)
    assert row["p_value"] < 0.001
    # Variance Σ m·(1/5)(4/5)(1 + m/others), m = 20 at 5 and 20 at 10, others 50 each; τ = .02.
    error = np.sqrt(2 * 20 * 0.16 * 1.4 / 40**2 + 0.02**2)
    assert row["z"] == pytest.approx(0.3 / error)


def test_multiples_that_are_boundaries_are_innocent(answered_frames) -> None:
    scores = {"а": [10] * 60 + EVEN * 6, "б": EVEN * 30, "в": EVEN * 30}
    with_scale = _whole(_town(scores, answered_frames, minima=(6, 10, 15)))
    without = _whole(_town(scores, answered_frames))
    assert without.loc["а", "p_value"] < 0.001
    assert with_scale.loc["а", "p_value"] > 0.2
    # Only the window of 5 is left, without the boundary 6: scores 3, 4, 5, 7.
    assert with_scale.loc["а", "n"] == 24


def test_reasons(answered_frames) -> None:
    even = {"а": EVEN * 8, "б": EVEN * 8, "в": EVEN * 8}
    everywhere = _whole(_town(even, answered_frames, minima=(5, 10, 15)))
    assert set(everywhere["reason"]) == {NO_MULTIPLES}
    assert set(everywhere["status"]) == {"not_applicable"}
    small = _whole(_town({"а": [5], "б": EVEN * 8, "в": EVEN * 8}, answered_frames))
    assert small.loc["а", "reason"] == FEW_WORKS
    alone = _whole(_town({"а": EVEN * 2, "б": EVEN * 2, "в": EVEN * 2}, answered_frames))
    assert set(alone["reason"]) == {FEW_OTHERS}
    large = _whole(_town({"а": EVEN * 60, "б": EVEN * 20, "в": EVEN * 20}, answered_frames))
    assert large.loc["а", "status"] == "not_applicable"
    assert large.loc["б", "status"] == "tested"


def test_scores_above_the_maximum_and_no_maximum(answered_frames) -> None:
    scores = {"а": [*EVEN * 5, 99], "б": EVEN * 8, "в": EVEN * 8}
    town = _town(scores, answered_frames)
    assert _whole(town).loc["а", "n"] == 75
    unknown = town.tests.assign(max_score=pd.array([None], dtype="Int64"))
    assert _whole(town.changed(tests=unknown)).loc["а", "status"] == "tested"


def test_last_digits_only_on_long_scales_without_boundaries(answered_frames) -> None:
    rng = np.random.default_rng(1)
    honest = {f"s{i}": rng.integers(10, 90, 300).tolist() for i in range(4)}
    sevens = {**honest, "а": (rng.integers(1, 9, 300) * 10 + 7).tolist()}
    long = _whole(_town(sevens, answered_frames, maximum=100))
    assert long["p_value"].idxmin() == "а"
    assert long.loc["а", "p_value"] < 1e-6
    scaled = _whole(_town(sevens, answered_frames, maximum=100, minima=(33, 52, 71)))
    assert scaled.loc["а", "p_value"] > 0.5  # no multiples of 5 at all


def test_p_of_honest_schools(answered_frames) -> None:
    rng = np.random.default_rng(2)
    found = []
    for _ in range(8):
        scores = {f"s{i:02d}": rng.binomial(30, 0.5, 150).tolist() for i in range(10)}
        found.append(_whole(_town(scores, answered_frames, maximum=30))["p_value"])
    p = np.concatenate(found)
    assert (p < 0.05).mean() <= 0.08
    assert 0.4 < p.mean() < 0.6


def test_order_of_rows_does_not_matter(answered_frames) -> None:
    town = _town({"а": EVEN * 5, "б": EVEN * 8, "в": [5] * 9 + EVEN * 8}, answered_frames)
    shuffled = town.changed(works=town.works.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(_whole(town), _whole(shuffled), rtol=1e-12)


def _shares(*rows: tuple) -> pd.DataFrame:
    columns = ["municipality", "measure", "n", "count"]
    return pd.DataFrame([("Город", "качество", *row) for row in rows], columns=columns)


def test_whole_percents_by_hand() -> None:
    # n = 2: 0, 50, 100 % are all whole: the chance is 1. n = 3 at 1/3: whole at 0 and 3 of 3,
    # (2/3)³ + (1/3)³ = 1/3; the share itself is not whole.
    row = whole_percents(_shares((2, 1), (3, 1))).iloc[0]
    assert (row["n"], row["observed"]) == (2, 1)
    assert row["expected"] == pytest.approx(4 / 3)
    # One whole share is certain, two have 1/3: mid-p of one or more is 1 − (2/3)/2.
    assert row["p_value"] == pytest.approx(2 / 3)


def test_whole_percents_of_a_town_that_reports_round_shares() -> None:
    # 40 schools of 75: whole at multiples of 3 (n·j/100 = 3, 6 …), one count in three.
    honest = whole_percents(_shares(*((75, 30 + i % 15) for i in range(42))))
    round_ones = whole_percents(_shares(*((75, 30 + 3 * (i % 5)) for i in range(42))))
    assert honest.loc[0, "observed"] == 14
    assert honest.loc[0, "expected"] == pytest.approx(14, abs=0.5)
    assert honest.loc[0, "p_value"] == pytest.approx(0.5, abs=0.1)
    assert round_ones.loc[0, "p_value"] < 1e-10


def test_whole_percents_at_the_ends_say_nothing() -> None:
    row = whole_percents(_shares((30, 30), (30, 0), (1, 1))).iloc[0]
    assert row["expected"] == pytest.approx(3)
    assert row["p_value"] == pytest.approx(0.5)
    assert whole_percents(_shares()).empty
