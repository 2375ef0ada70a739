"""Official scales: from primary scores to marks. A boundary is never inferred from the data."""

from __future__ import annotations

import pandas as pd

from analytics import schema
from analytics.norms import norm

BOUNDARIES = schema.BOUNDARIES
# Of the marked works of a school in a test: more of them is another scale, not a slip of the hand.
LARGEST_SHARE, MIN_MARKS = 0.05, 3
_KEY = ["procedure", "grade", "subject"]


def assign_scales(tests: pd.DataFrame) -> pd.DataFrame:
    """Table `tests` with the official scale of each test's year, grade and subject.

    A test that already names another maximum than the scale was written on other tasks: it keeps
    its maximum and gets no scale. Source: norms/mark_scales.csv, one row per scale and years.
    """
    scales = norm("mark_scales").rename(
        columns={"max_score": "scale_max", "source": "scale_source", "verified": "scale_verified"}
    )
    given = tests.drop(columns=[*BOUNDARIES, "scale_source", "scale_verified"])
    met = given[["test_id", "year", "max_score", *_KEY]].merge(
        scales.drop(columns="note"), how="inner", on=_KEY, validate="m:m"
    )
    in_force = met["year"].between(met["year_from"], met["year_to"])
    same_work = met["max_score"].isna() | (met["max_score"] == met["scale_max"])
    found = met.loc[
        in_force & same_work.astype(bool),
        ["test_id", "scale_max", *BOUNDARIES, "scale_source", "scale_verified"],
    ]
    scaled = given.merge(found, how="left", on="test_id", validate="1:1")
    maximum = scaled["max_score"].astype("Int64").fillna(scaled["scale_max"].astype("Int64"))
    return schema.conform(scaled.assign(max_score=maximum).drop(columns="scale_max"), "tests")


def marks_from_scores(works: pd.DataFrame, tests: pd.DataFrame) -> pd.Series:
    """The mark that the scale of its test gives each work, Int64 in the index of `works`.

    A score on a boundary has the higher mark. Null where there is no scale, no score, the pupil
    was absent, or the score is above the maximum.
    """
    scales = tests.set_index("test_id")[["max_score", *BOUNDARIES]].astype("Int64")
    row = scales.index.get_indexer(works["test_id"])
    score = works["score"].astype("Int64")
    bounds = {c: scales[c].array.take(row, allow_fill=True) for c in scales}
    mark = pd.Series(2, index=works.index, dtype="Int64")
    for name in BOUNDARIES:
        mark = mark + (score >= bounds[name]).astype("Int64")
    taken = ~works["absent"].astype("boolean") & (score <= bounds["max_score"])
    return mark.where(taken.fillna(value=False))


def joint_conditions(tests: pd.DataFrame) -> pd.Series:
    """What a mark needs beside the score, by test_id; null where the score alone decides.

    ОГЭ in Russian asks for points of literacy, in mathematics for points of geometry: the mark may
    be lower than the scale's. Source: column joint_condition of norms/mark_scales.csv.
    """
    scales = norm("mark_scales")[[*_KEY, "max_score", "source", "joint_condition"]]
    named = scales.rename(columns={"max_score": "scale_max", "source": "scale_source"})
    # A scale is told apart by its source: two of them never share source, subject and maximum.
    met = tests[["test_id", "max_score", "scale_source", *_KEY]].merge(
        named.drop_duplicates([*_KEY, "scale_max", "scale_source"]),
        how="left",
        left_on=[*_KEY, "max_score", "scale_source"],
        right_on=[*_KEY, "scale_max", "scale_source"],
        validate="m:1",
    )
    words = met.set_index("test_id")["joint_condition"].astype("str")
    return words.where(words.notna() & (words != ""))


def contradicted_scales(works: pd.DataFrame, tests: pd.DataFrame) -> pd.MultiIndex:
    """(test_id, school_id) where marks differ from the official scale in over 5 % of the works.

    At least three works must differ. Such a school used other boundaries, or another variant was
    filed under this test: a spike in its scores says nothing about lifting. A lower mark where the
    scale has a joint condition does not contradict it.
    """
    expected = marks_from_scores(works, tests)
    marked = works["mark"].notna() & expected.notna()
    differs = (works["mark"] != expected).where(marked, other=False).astype(bool)
    joint = works["test_id"].map(joint_conditions(tests)).notna()
    differs &= ~(joint & (works["mark"] < expected).fillna(value=False).astype(bool))
    cells = pd.DataFrame({"marked": marked, "differs": differs}).groupby(
        [works["test_id"], works["school_id"]], observed=True
    )
    sums = cells.sum()
    many = (sums["differs"] > LARGEST_SHARE * sums["marked"]) & (sums["differs"] >= MIN_MARKS)
    return pd.MultiIndex.from_frame(sums.index[many].to_frame())
