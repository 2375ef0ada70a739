"""Distributions of primary scores: out of works, out of reports, and the two compared."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import schema
from analytics.cells import cells

GROUP_KEY = ["test_id", "group", "group_id"]
ROUNDING = 0.005 + 1e-9  # p.p.: half of the last decimal printed, and the noise of floats


def score_counts(works: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Table `score_counts` of schools and municipalities, from the works of participants.

    group_id of a municipality is its name, "" where it is not known.
    """
    found = cells(works, schools)
    scores = works["score"].to_numpy(dtype=np.int64, na_value=0)[found.present]
    width = int(scores.max(initial=0)) + 1
    code, counts = np.unique(found.code[found.present] * width + scores, return_counts=True)
    cell, score = np.divmod(code, width)
    by_town = (
        pd.DataFrame({"row": found.town[cell] + len(found.table), "score": score, "n": counts})
        .groupby(["row", "score"], as_index=False)
        .agg(n=("n", "sum"))
    )
    long = pd.concat(
        [pd.DataFrame({"row": cell, "score": score, "n": counts}), by_town], ignore_index=True
    )
    groups = found.groups().iloc[long["row"]].reset_index(drop=True)
    named = groups.assign(score=long["score"], n=long["n"], origin="works", source_id=None)
    return schema.conform(named, "score_counts")


def merge_score_counts(from_works: pd.DataFrame, from_reports: pd.DataFrame) -> pd.DataFrame:
    """Table `score_counts`: a test × group that the works give is theirs, reports add the rest.

    from_reports: the columns of `score_counts`, pct and n_group, one row per printed percent.
    Of a group that several files give, the file with the first source_id is taken.
    """
    reports = _one_file(from_reports)
    reports = reports[reports["n"].fillna(0) > 0]
    known = pd.MultiIndex.from_frame(from_works[GROUP_KEY].drop_duplicates())
    added = reports[~pd.MultiIndex.from_frame(reports[GROUP_KEY]).isin(known)]
    columns = list(from_works.columns)
    added = schema.conform(added.assign(origin="report")[columns], "score_counts")
    return schema.conform(pd.concat([from_works, added], ignore_index=True), "score_counts")


def reconcile(from_works: pd.DataFrame, from_reports: pd.DataFrame) -> pd.DataFrame:
    """Table `reconciliation`: groups that both sides give, percent by percent.

    They agree when n is equal and no percent differs by more than its rounding to two decimals.
    A score that one side lacks has 0 % there. Groups whose report states no n are left out.
    """
    reports = _one_file(from_reports)
    reports = reports[reports["n_group"].fillna(0) > 0]
    n_works = from_works.groupby(GROUP_KEY, as_index=False, observed=True).agg(n_works=("n", "sum"))
    heads = reports.drop_duplicates(GROUP_KEY)[[*GROUP_KEY, "n_group", "source_id"]].merge(
        n_works, how="inner", on=GROUP_KEY, validate="1:1"
    )
    sides = reports[[*GROUP_KEY, "score", "pct"]].merge(
        from_works[[*GROUP_KEY, "score", "n"]],
        how="outer",
        on=[*GROUP_KEY, "score"],
        validate="1:1",
    )
    both = sides.merge(heads, how="inner", on=GROUP_KEY, validate="m:1")
    share = 100 * both["n"].fillna(0).astype("float64") / both["n_works"].astype("float64")
    gaps = (
        both.assign(gap=(both["pct"].astype("float64").fillna(0.0) - share).abs())
        .groupby(GROUP_KEY, as_index=False, observed=True)
        .agg(max_gap_pct=("gap", "max"))
    )
    result = heads.merge(gaps, how="left", on=GROUP_KEY, validate="1:1").rename(
        columns={"n_group": "n_report"}
    )
    same_n = result["n_report"].astype("Int64") == result["n_works"].astype("Int64")
    agrees = same_n & (result["max_gap_pct"] <= ROUNDING)
    return schema.conform(result.assign(agrees=agrees), "reconciliation")


def _one_file(reports: pd.DataFrame) -> pd.DataFrame:
    """Each group from one file only, each score of it once."""
    ordered = reports.sort_values("source_id", kind="stable")
    first = ordered.groupby(GROUP_KEY, observed=True)["source_id"].transform("first")
    return ordered[ordered["source_id"] == first].drop_duplicates([*GROUP_KEY, "score"])
