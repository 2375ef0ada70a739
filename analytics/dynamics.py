"""Changes between adjacent years of the same grade and subject, where the years are comparable."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import schema
from analytics.intervals import newcombe_difference
from analytics.thresholds import reaches, threshold

AUTUMN = "не сопоставимо: в {} году работу писали осенью, на класс старше"
OTHER_MAXIMUM = "не сопоставимо: разный максимальный балл"
NO_SCALE = "не сопоставимо: нет официальной шкалы"
OTHER_SCALE = "не сопоставимо: разные шкалы перевода в отметки"
_SCALE = ["min3", "min4", "min5"]
_PROGRAMME = ["procedure", "grade", "subject"]
_KEY = ["test_id", "municipality", "school_id"]


def dynamics(marks_summary: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Table `dynamics`: shares of «2» and of «4» and «5» against the year before.

    Years are comparable with one maximum, one scale, and pupils of one grade; else changes,
    interval (Newcombe) and verdict are null. Verdict on the change of the share of «2»: +10 p.p.
    and more is negative, 0 and less positive, between neutral (FIOKO 2026, p. 7–8), in integers.
    """
    marked = marks_summary.assign(
        municipality=marks_summary["municipality"].fillna(""),
        marked=marks_summary[["n2", "n3", "n4", "n5"]].sum(axis=1, min_count=4),
    )
    marked = marked[[*_KEY, "grade", "subject", "year", "n", "n2", "marked", "quality"]].assign(
        low_share=_share(marked["n2"], marked["marked"])
    )
    before = marked.drop(columns=["grade", "subject"]).rename(columns={"test_id": "test_before"})
    pairs = marked.merge(_pairs(tests), how="inner", on="test_id", validate="m:1").merge(
        before,
        how="inner",
        on=["test_before", "municipality", "school_id"],
        validate="1:1",
        suffixes=("", "_before"),
    )
    changes = _changes(pairs)
    changes["municipality"] = changes["municipality"].where(changes["municipality"] != "")
    return schema.conform(changes[list(schema.TABLES["dynamics"].columns)], "dynamics")


def _pairs(tests: pd.DataFrame) -> pd.DataFrame:
    """Tests with the one of the year before: test_id, test_before, comparable, reason."""
    facts = tests[["test_id", "year", "pupil_grade", "max_score", *_SCALE, *_PROGRAMME]]
    pairs = facts.merge(
        facts.assign(year=facts["year"] + 1),
        how="inner",
        on=[*_PROGRAMME, "year"],
        validate="1:1",
        suffixes=("", "_before"),
    )

    def differs(name: str) -> pd.Series:
        return (pairs[name] != pairs[f"{name}_before"]).fillna(value=False).astype(bool)

    no_scale = pairs[[*_SCALE, *(f"{name}_before" for name in _SCALE)]].isna().any(axis=1)
    # Works moved to autumn are written by pupils a grade older than their programme.
    older_before = pairs["pupil_grade_before"] > pairs["pupil_grade"]
    autumn = pairs["year"] - older_before.astype("Int64")
    reasons = {
        OTHER_SCALE: differs("min3") | differs("min4") | differs("min5"),
        NO_SCALE: no_scale,
        OTHER_MAXIMUM: differs("max_score"),
    }
    reason = pd.Series(pd.NA, index=pairs.index, dtype="str")
    for words, found in reasons.items():
        reason = reason.mask(found, words)
    reason = reason.mask(differs("pupil_grade"), autumn.map(AUTUMN.format).astype("str"))
    return pd.DataFrame(
        {
            "test_id": pairs["test_id"],
            "test_before": pairs["test_id_before"],
            "comparable": reason.isna(),
            "reason": reason,
        }
    )


def _changes(pairs: pd.DataFrame) -> pd.DataFrame:
    """Adds changes, the interval and the verdict where the pair is comparable and marked."""
    k1, n1, k0, n0 = (
        pairs[c].to_numpy(dtype=np.int64, na_value=0)
        for c in ("n2", "marked", "n2_before", "marked_before")
    )
    known = pairs["comparable"].to_numpy() & (n1 > 0) & (n0 > 0)
    low, high = newcombe_difference(k1, n1, k0, n0)
    rise, size = k1 * n0 - k0 * n1, n1 * n0  # the change is rise / size
    verdict = np.select(
        [rise <= 0, reaches(rise, size, threshold("low_change_negative"))],
        ["positive", "negative"],
        "neutral",
    )
    return pairs.assign(
        low_change=(pairs["low_share"] - pairs["low_share_before"]).where(known),
        low_change_low=np.where(known, low, np.nan),
        low_change_high=np.where(known, high, np.nan),
        quality_change=(pairs["quality"] - pairs["quality_before"]).where(known),
        verdict=pd.Series(verdict, index=pairs.index, dtype="str").where(known),
    )


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part.astype("Float64").astype("float64") / whole.where(whole > 0).astype("float64")
