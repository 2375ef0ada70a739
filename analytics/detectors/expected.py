"""Score histograms of flagged schools beside what the reference expects there: for the pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import schema
from analytics.detectors.reference import Reference, references_of_tests
from analytics.detectors.tilt import tilted_to_schools

MIN_WORKS = 20  # a histogram of fewer shows nothing but chance


def expected_counts(
    score_counts: pd.DataFrame,
    tests: pd.DataFrame,
    schools: pd.DataFrame,
    findings: pd.DataFrame,
) -> pd.DataFrame:
    """Table `expected_counts`: test × school × every score from 0 to the maximum.

    Only schools whose verdict in the year of the test is red or amber, with 20 works and more and
    something to compare with. n: works; expected: those works by the reference of the test at the
    level of the school, summing to the same number.
    """
    asked = _asked(tests, findings)
    counted = score_counts[score_counts["test_id"].isin(asked["test_id"].unique())]
    pairs = pd.MultiIndex.from_frame(asked)
    parts = [
        _histograms(reference, pairs) for reference in references_of_tests(counted, tests, schools)
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return schema.empty("expected_counts")
    return schema.conform(pd.concat(parts, ignore_index=True), "expected_counts")


def _asked(tests: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """test_id, school_id of the tests of a year in which the school's verdict asks for a look."""
    verdicts = findings[
        (findings["detector"] == schema.VERDICT)
        & (findings["scope"] == "")
        & findings["status"].isin(schema.FLAGS)
    ]
    return verdicts[["year", "school_id"]].merge(
        tests[["test_id", "year"]], how="inner", on="year", validate="m:m"
    )[["test_id", "school_id"]]


def _histograms(reference: Reference, pairs: pd.MultiIndex) -> pd.DataFrame:
    """Counts and expectation of the chosen schools of one test, long."""
    n = reference.counts.sum(axis=1)
    own = pd.MultiIndex.from_product([[reference.test_id], reference.school_id])
    chosen = own.isin(pairs) & (n >= MIN_WORKS) & (reference.reason == 0)
    tilted = tilted_to_schools(reference)
    expected = n[chosen, None] * tilted.p[tilted.row[chosen]]
    width = reference.counts.shape[1]
    return pd.DataFrame(
        {
            "test_id": reference.test_id,
            "school_id": np.repeat(np.asarray(reference.school_id[chosen]), width),
            "score": np.tile(np.arange(width), chosen.sum()),
            "n": reference.counts[chosen].astype(np.int64).ravel(),
            "expected": expected.ravel(),
        }
    )
