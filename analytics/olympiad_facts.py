"""Facts of the olympiad that its indicators count: participations, pairs of stages, windows."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from analytics import schema
from analytics.norms import norm

WHOLE = schema.WHOLE_MUNICIPALITY
GROUP = ["municipality", "year", "school_id", "subject"]
AWARDED = ("winner", "prize")
SHARE_SLACK = 1e-9  # a share of two decimal scores that should be .5 may be .49999…

_PUPIL = ["municipality", "year", "school_id", "subject", "pupil"]


def participations(olympiad: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Rows of `olympiad` of those who came, with `municipality`, `share` of the maximum, `award`,
    and `present` (False for those invited who did not come: these stay)."""
    places = schools[["school_id", "municipality"]].fillna({"municipality": ""})
    rows = olympiad.merge(places, how="left", on="school_id", validate="m:1")
    return rows.assign(
        municipality=rows["municipality"].fillna(""),
        share=(rows["score"] / rows["max_score"].where(rows["max_score"] > 0)).astype("float64"),
        award=rows["status"].isin(AWARDED),
        present=(rows["status"] != "absent").fillna(value=True).astype(bool),
    )


def pairs(facts: pd.DataFrame) -> pd.DataFrame:
    """Pupils who sat both stages in a subject: GROUP, pupil, a, b (shares of the maximum at the
    school and the municipal stage), award (at the school stage), grade (at the municipal one).

    Only codes made of names join the stages.
    """
    known = facts[facts["named"].astype(bool) & facts["present"]]
    first = known.loc[known["stage"] == "school", [*_PUPIL, "share", "award"]]
    second = known.loc[known["stage"] == "municipal", [*_PUPIL, "share", "grade_competed"]]
    second = second.rename(columns={"share": "b", "grade_competed": "grade"})
    first = first.rename(columns={"share": "a"})
    joined = first.merge(second, how="inner", on=_PUPIL, validate="1:1")
    joined = joined[joined["b"].notna()]
    return joined.assign(sirius=is_sirius(joined)).reset_index(drop=True)


def is_sirius(rows: pd.DataFrame) -> pd.Series:
    """For each row (year, subject), whether its school stage was marked by the platform."""
    since = rows["subject"].map(_sirius_since()).astype("float64")
    return (rows["year"].astype("float64") >= since).astype(bool)


def passed(facts: pd.DataFrame, pass_scores: pd.DataFrame) -> pd.DataFrame:
    """Pupils at or above the pass score at the school stage: GROUP and came (to the municipal)."""
    rows = _with_limits(facts, pass_scores)
    rows = rows[rows["named"].astype(bool) & (rows["score"] >= rows["limit"] - SHARE_SLACK)]
    second = facts[(facts["stage"] == "municipal") & facts["present"]]
    there = pd.MultiIndex.from_frame(second[_PUPIL])
    return rows[GROUP].assign(came=pd.MultiIndex.from_frame(rows[_PUPIL]).isin(there))


def windows(facts: pd.DataFrame, pass_scores: pd.DataFrame) -> pd.DataFrame:
    """Works around the pass scores, one row per GROUP × grade: on it (k), in the window (n),
    and the same of the other schools of the municipality (others_k, others_n).

    The window is one point below the pass score and one from it on: [c − 1, c + 1).
    """
    rows = _with_limits(facts, pass_scores)
    gap = rows["score"] - rows["limit"]
    near = rows[(gap >= -1 - SHARE_SLACK) & (gap < 1 - SHARE_SLACK)]
    reached = gap.loc[near.index] >= -SHARE_SLACK
    cells = near[[*GROUP, "grade_competed"]].assign(k=reached.astype(int), n=1)
    own = cells.groupby([*GROUP, "grade_competed"], as_index=False, observed=True).sum()
    place = [c for c in (*GROUP, "grade_competed") if c != "school_id"]
    total = own.groupby(place, observed=True)[["k", "n"]].transform("sum")
    return own.assign(others_k=total["k"] - own["k"], others_n=total["n"] - own["n"])


def over_all(rows: pd.DataFrame, *, town: bool = True) -> pd.DataFrame:
    """The rows once more under the subject '' (all), and then all under the school '*'."""
    twice = pd.concat([rows, rows.assign(subject="")], ignore_index=True)
    if not town:
        return twice
    return pd.concat([twice, twice.assign(school_id=WHOLE)], ignore_index=True)


def counted(rows: pd.DataFrame, hit: pd.Series, indicator: str) -> pd.DataFrame:
    """One row per GROUP: how many of the rows hit, out of how many."""
    cells = over_all(rows[GROUP].assign(hit=np.asarray(hit, dtype=np.float64)))
    sums = cells.groupby(GROUP, as_index=False, observed=True).agg(
        numerator=("hit", "sum"), denominator=("hit", "size")
    )
    return sums.assign(indicator=indicator, value=sums["numerator"] / sums["denominator"])


def _with_limits(facts: pd.DataFrame, pass_scores: pd.DataFrame) -> pd.DataFrame:
    limits = pass_scores.rename(columns={"grade": "grade_competed", "score": "limit"})
    limits = limits[["year", "subject", "grade_competed", "limit"]]
    first = facts[(facts["stage"] == "school") & facts["present"] & facts["score"].notna()]
    return first.merge(
        limits, how="inner", on=["year", "subject", "grade_competed"], validate="m:1"
    )


@cache
def _sirius_since() -> dict[str, float]:
    table = norm("olympiad_subjects")
    since = table[table["sirius_from"] != ""]
    return dict(zip(since["subject"], since["sirius_from"].astype(float), strict=True))
