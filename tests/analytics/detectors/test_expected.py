"""Histograms of flagged schools beside the expected: who is in, sums, nothing to compare with."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics import schema
from analytics.detectors.expected import expected_counts

TEST = "vpr_2022_04_ma"


def tables(own: int = 20, region: bool = True) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """School a with `own` works, all of 3 points; b with 40 works; a region of 1000 even ones."""
    groups = [("school", "a", {3: own}), ("school", "b", {1: 20, 3: 20})]
    groups += [("region", "край", dict.fromkeys(range(5), 200))] * region
    counts = pd.DataFrame(
        [
            {"test_id": TEST, "group": g, "group_id": key, "score": s, "n": n, "origin": "works"}
            for g, key, found in groups
            for s, n in found.items()
        ]
    ).assign(source_id=None)
    scale = {"max_score": 4, "min3": 1, "min4": 2, "min5": 3, "tasks": 4, "scale_verified": True}
    test = {"test_id": TEST, "procedure": "vpr", "year": 2022, "grade": 4, "pupil_grade": 4}
    test |= {"subject": "Математика", "scale_source": ""} | scale
    schools = [
        {"school_id": key, "short_name": key, "municipality": "город", "logins": [key]}
        | {"gia_code": None, "kind": None, "in_registry": True}
        for key in "ab"
    ]
    return (
        schema.conform(counts, "score_counts"),
        schema.conform(pd.DataFrame([test]), "tests"),
        schema.conform(pd.DataFrame(schools), "schools"),
    )


def verdict(status: str, year: int = 2022, detector: str = "school") -> pd.DataFrame:
    row = {"year": year, "school_id": "a", "detector": detector, "scope": "", "n": 20}
    columns = schema.TABLES["findings"].columns
    return schema.conform(pd.DataFrame([{c: (row | {"status": status}).get(c) for c in columns}]),
                          "findings")  # fmt: skip


@pytest.mark.parametrize("status", ["red", "amber"])
def test_every_score_of_a_flagged_school_with_the_sum_kept(status) -> None:
    found = expected_counts(*tables(), verdict(status))
    assert found["school_id"].unique().tolist() == ["a"]
    assert found["score"].tolist() == [0, 1, 2, 3, 4]
    assert found["n"].tolist() == [0, 0, 0, 20, 0]
    assert found["expected"].sum() == pytest.approx(20)
    # The region is even; moved to a higher level, every higher score is expected more often.
    assert found["expected"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("findings", "own"),
    [
        (verdict("none"), 20),
        (verdict("not_enough_data"), 20),
        (verdict("red", year=2021), 20),
        (verdict("red", detector="boundary_lifting"), 20),
        (verdict("red"), 19),
        (schema.empty("findings"), 20),
    ],
)
def test_nobody_else_is_in(findings, own) -> None:
    assert expected_counts(*tables(own), findings).empty


def test_nothing_where_there_is_nothing_to_compare_with() -> None:
    # Without the region the other side is one school.
    assert expected_counts(*tables(region=False), verdict("red")).empty


def test_no_scores_at_all() -> None:
    _, tests, schools = tables()
    assert expected_counts(schema.empty("score_counts"), tests, schools, verdict("red")).empty


def test_the_order_of_rows_changes_nothing() -> None:
    counts, tests, schools = tables()
    mixed = counts.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        expected_counts(mixed, tests, schools, verdict("red")),
        expected_counts(counts, tests, schools, verdict("red")),
    )
