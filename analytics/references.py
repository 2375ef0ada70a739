"""What schools are compared with: the region of a report, else all the schools loaded."""

from __future__ import annotations

import numpy as np
import pandas as pd

ALL_SCHOOLS = "все загруженные школы"
_KEY = ["test_id", "group", "group_id"]


def score_moments(score_counts: pd.DataFrame) -> pd.DataFrame:
    """n, mean and sd (n − 1) of the primary score, in points, per test × group × group_id."""
    n, score = score_counts["n"].astype("int64"), score_counts["score"].astype("int64")
    sums = (
        score_counts[_KEY]
        .assign(n=n, total=n * score, squares=n * score**2)
        .groupby(_KEY, as_index=False, observed=True)
        .agg(n=("n", "sum"), total=("total", "sum"), squares=("squares", "sum"))
    )
    n, total = sums["n"], sums["total"]
    spread = (n * sums["squares"] - total**2) / (n * (n - 1)).where(n > 1)
    return sums[[*_KEY, "n"]].assign(mean=total / n, sd=np.sqrt(spread))


def references(score_counts: pd.DataFrame) -> pd.DataFrame:
    """Reference groups of each test: test_id, region (flag), reference (words), n, mean, sd.

    One row for all schools loaded, pooled over pupils, and one for the region where a report gives
    it; of several regions the one with the most participants.
    """
    schools = score_counts[score_counts["group"] == "school"]
    loaded = score_moments(schools.assign(group="schools", group_id=ALL_SCHOOLS))
    regions = score_moments(score_counts[score_counts["group"] == "region"])
    largest = regions.sort_values(
        ["test_id", "n", "group_id"], ascending=[True, False, True]
    ).drop_duplicates("test_id")
    both = pd.concat(
        [
            largest.assign(region=True, reference="регион: " + largest["group_id"].astype("str")),
            loaded.assign(region=False, reference=loaded["group_id"]),
        ],
        ignore_index=True,
    )
    return both[["test_id", "region", "reference", "n", "mean", "sd"]]
