"""One cohort of pupils in neighbouring grades: grade N of a year, grade N+1 of the next."""

from __future__ import annotations

import pandas as pd

from analytics import schema
from analytics.references import references, score_moments


def cohorts(score_counts: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Table `cohorts`: where a school's cohort stood in two neighbouring tests of a subject.

    The tests differ, so positions are compared and not points: z = (mean of the school − mean of
    the reference) / sd of pupils of the reference, change = z − z before. The reference is the
    region where reports give it for both tests, else all schools loaded. Null z: sd is 0.
    The works of autumn 2020 fit in: 2020/4 was written by the pupils who wrote 2021/5 in spring.
    """
    steps = cohort_steps(tests)
    moments = score_moments(score_counts[score_counts["group"] == "school"])
    moments = moments.rename(columns={"group_id": "school_id"}).drop(columns=["group", "sd"])
    pairs = steps.merge(moments, how="inner", on="test_id", validate="1:m").merge(
        moments.rename(columns={"test_id": "test_before"}),
        how="inner",
        on=["test_before", "school_id"],
        validate="1:1",
        suffixes=("", "_before"),
    )
    placed = pairs.merge(_yardsticks(steps, score_counts), how="left", on="test_id", validate="m:1")
    z = (placed["mean"] - placed["mean_whole"]) / placed["sd"].where(placed["sd"] > 0)
    z_before = (placed["mean_before"] - placed["mean_whole_before"]) / placed["sd_before"].where(
        placed["sd_before"] > 0
    )
    places = schools.set_index("school_id")["municipality"]
    rows = placed.assign(
        municipality=placed["school_id"].map(places),
        mean_share=placed["mean"] / placed["max_score"].astype("float64"),
        mean_share_before=placed["mean_before"] / placed["max_score_before"].astype("float64"),
        z=z,
        z_before=z_before,
        change=z - z_before,
    )
    return schema.conform(rows[list(schema.TABLES["cohorts"].columns)], "cohorts")


def cohort_steps(tests: pd.DataFrame) -> pd.DataFrame:
    """Pairs of tests of one cohort: subject, test_id, test_before, their maxima (points).

    A pair is one procedure and subject, the next year and the next grade; both maxima are known.
    """
    facts = tests.loc[
        tests["max_score"].notna(),
        ["procedure", "subject", "year", "grade", "test_id", "max_score"],
    ]
    earlier = facts.assign(year=facts["year"] + 1, grade=facts["grade"] + 1)
    return facts.merge(
        earlier.rename(columns={"test_id": "test_before", "max_score": "max_score_before"}),
        how="inner",
        on=["procedure", "subject", "year", "grade"],
        validate="1:1",
    ).drop(columns=["procedure", "year", "grade"])


def _yardsticks(steps: pd.DataFrame, score_counts: pd.DataFrame) -> pd.DataFrame:
    """The reference of both tests of each step: test_id, reference, means and sds."""
    known = references(score_counts).drop(columns="n").rename(columns={"mean": "mean_whole"})
    before = known.rename(columns={"test_id": "test_before"})
    pairs = (
        steps[["test_id", "test_before"]]
        .merge(known, how="inner", on="test_id", validate="1:m")
        .merge(
            before,
            how="inner",
            on=["test_before", "region", "reference"],
            validate="m:1",
            suffixes=("", "_before"),
        )
    )
    chosen = pairs.sort_values("region", ascending=False, kind="stable").drop_duplicates("test_id")
    return chosen.drop(columns=["test_before", "region"])
