"""The official markers of non-objectivity: FIOKO's method of 2019, to the letter.

«Оценка уровня объективности…», 2019: Russian and mathematics, grades 4 and 5. The method names
neither ties nor a least n; the choices made here are in the docstrings. A marker is a reason to
look closer: honest schools get it often.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import schema
from analytics.cohorts import cohort_steps
from analytics.norms import norm
from analytics.rank_correlation import spearman
from analytics.references import references, score_moments
from analytics.thresholds import threshold

_KEY = ["test_id", "school_id"]
SMALL = "доверительный интервал: меньше двух участников"
NO_REGION = "доверительный интервал: в группе сравнения меньше двух участников"
NO_JOURNAL = "корреляция с журналом: нет двух работ с отметкой по журналу"
CONSTANT = "корреляция с журналом: все баллы или все отметки одинаковы"
NO_NEXT_TEST = "резкое изменение: нет работы следующего класса через год"
NO_PAIR = "резкое изменение: школа не писала работу следующего класса через год"
ZERO_MEAN = "резкое изменение: средний балл через год равен нулю"
FEW_SCHOOLS = "резкое изменение: меньше {} школ с обеими работами"


def official_markers(
    works: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame, score_counts: pd.DataFrame
) -> pd.DataFrame:
    """Table `official_markers`: the three checks of each school, and how many markers it has.

    inflated_mean: lower limit of the school above the upper limit of the region. spearman_negative:
    journal mark against primary score below 0. abrupt_change: K of one cohort, on the row of its
    earlier test (grade 4). A check that cannot be made is null and named in `reason`.
    """
    marked = tests.merge(
        norm("official_markers")[["procedure", "grade", "subject", "change_to_next_grade"]],
        how="inner",
        on=["procedure", "grade", "subject"],
        validate="m:1",
    )[["test_id", "year", "grade", "subject", "change_to_next_grade"]]
    counts = score_counts[score_counts["test_id"].isin(marked["test_id"])]
    means = score_moments(counts[counts["group"] == "school"]).rename(
        columns={"group_id": "school_id"}
    )
    rows = marked.merge(means, how="inner", on="test_id", validate="1:m")
    rows = _with_correlation(_with_intervals(rows, counts), works)
    rows = _with_change(rows, means, tests)
    raised = [
        rows["inflated_mean"].fillna(value=False),
        rows["spearman_negative"].fillna(value=False),
        rows["abrupt_change"].isin(["rise", "drop"]),
    ]
    parts = rows[["mean_reason", "journal_reason", "change_reason"]]
    found = rows.assign(markers=sum(r.astype("int64") for r in raised), reason=_joined(parts))
    columns = list(schema.TABLES["official_markers"].columns)
    return schema.conform(found[columns], "official_markers")


def _with_intervals(rows: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Adds x̄ ± 1.96·s/√n of school and region, s with n − 1; the region is `references`' first."""
    chosen = references(counts).drop_duplicates("test_id").rename(columns={"reference": "whole"})
    rows = rows.merge(
        chosen.drop(columns="region"),
        how="left",
        on="test_id",
        validate="m:1",
        suffixes=("", "_region"),
    )
    z = float(threshold("official_interval_z"))
    half = z * rows["sd"] / np.sqrt(rows["n"])
    half_region = z * rows["sd_region"] / np.sqrt(rows["n_region"])
    low, region_high = rows["mean"] - half, rows["mean_region"] + half_region
    defined = low.notna() & region_high.notna()
    return rows.assign(
        ci_low=low,
        ci_high=rows["mean"] + half,
        region_ci_low=rows["mean_region"] - half_region,
        region_ci_high=region_high,
        region_reference=rows["whole"],
        inflated_mean=(low > region_high).astype("boolean").where(defined),
        mean_reason=_reason(rows, {NO_REGION: region_high.isna(), SMALL: low.isna()}),
    )


def _with_correlation(rows: pd.DataFrame, works: pd.DataFrame) -> pd.DataFrame:
    """Adds Spearman's correlation over participants with a journal mark.

    The tie-corrected value decides; the printed formula with mid-ranks stands beside it.
    """
    taken = (
        works["test_id"].isin(rows["test_id"])
        & ~works["absent"].astype(bool)
        & works["score"].notna()
        & works["journal_mark"].notna()
    )
    pairs = works.loc[taken, [*_KEY, "journal_mark", "score"]].rename(
        columns={"journal_mark": "x", "score": "y"}
    )
    found = spearman(pairs.astype({"x": "int64", "y": "int64"}), _KEY).rename(
        columns={"n": "spearman_n", "printed": "spearman_printed"}
    )
    rows = rows.merge(found, how="left", on=_KEY, validate="1:1")
    count = rows["spearman_n"].fillna(0)
    defined = rows["spearman"].notna()
    return rows.assign(
        spearman_n=count,
        spearman_negative=(rows["spearman"] < 0).astype("boolean").where(defined),
        journal_reason=_reason(rows, {CONSTANT: ~defined, NO_JOURNAL: count < 2}),
    )


def _with_change(rows: pd.DataFrame, means: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Adds K = S(N, year) / S(N+1, year+1), S the mean share of the maximum, and its limits.

    Q1 − 3·IQR and Q3 + 3·IQR over all schools loaded that have both tests; quartiles by linear
    interpolation (numpy's default). K above is a drop, below a rise.
    """
    steps = cohort_steps(tests).rename(columns={"test_id": "test_next"})
    steps = steps.rename(columns={"test_before": "test_id"}).drop(columns="subject")
    after = means[["test_id", "school_id", "mean"]].rename(
        columns={"test_id": "test_next", "mean": "mean_next"}
    )
    asked = rows["change_to_next_grade"].astype(bool)
    rows = rows.merge(steps, how="left", on="test_id", validate="m:1").merge(
        after, how="left", on=["test_next", "school_id"], validate="m:1"
    )
    share = rows["mean"] / rows["max_score_before"].astype("float64")
    share_next = rows["mean_next"] / rows["max_score"].astype("float64")
    ratio = (share / share_next.where(share_next > 0)).where(asked)
    limits = _limits(rows.assign(ratio=ratio))
    rows = rows.assign(change_ratio=ratio).merge(limits, how="left", on="test_id", validate="m:1")
    low, high = rows["change_low"], rows["change_high"]
    jump = np.select([ratio > high, ratio < low], ["drop", "rise"], "none")
    least = int(threshold("official_change_min_schools"))
    reasons = {
        FEW_SCHOOLS.format(least): high.isna(),
        ZERO_MEAN: share_next == 0,
        NO_PAIR: rows["mean_next"].isna(),
        NO_NEXT_TEST: rows["test_next"].isna(),
    }
    return rows.assign(
        abrupt_change=pd.Series(jump, index=rows.index, dtype="str").where(
            ratio.notna() & high.notna()
        ),
        change_reason=_reason(rows, reasons).where(asked),
    )


def _limits(rows: pd.DataFrame) -> pd.DataFrame:
    """Limits of K by test: test_id, change_low, change_high; absent where schools are too few."""
    ratios = rows.groupby("test_id", observed=True)["ratio"]
    enough = ratios.count() >= int(threshold("official_change_min_schools"))
    first, third = (ratios.quantile(q)[enough] for q in (0.25, 0.75))
    reach = float(threshold("official_iqr_multiple")) * (third - first)
    return pd.DataFrame({"change_low": first - reach, "change_high": third + reach}).reset_index()


def _reason(rows: pd.DataFrame, reasons: dict[str, pd.Series]) -> pd.Series:
    """The words of the last reason that holds; null where none does."""
    found = pd.Series(pd.NA, index=rows.index, dtype="str")
    for words, holds in reasons.items():
        found = found.mask(holds.astype(bool), words)
    return found


def _joined(parts: pd.DataFrame) -> pd.Series:
    """Reasons of a row as one text, «; » between them."""
    joined = pd.Series("", index=parts.index, dtype="str")
    for column in parts:
        said = parts[column].fillna("")
        gap = np.where((joined != "") & (said != ""), "; ", "")
        joined = joined + gap + said
    return joined.where(joined != "")
