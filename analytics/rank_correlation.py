"""Spearman's rank correlation of many groups at once."""

from __future__ import annotations

import numpy as np
import pandas as pd


def spearman(pairs: pd.DataFrame, group: list[str]) -> pd.DataFrame:
    """Correlation of the ranks of `x` and `y` inside each group: group, n, spearman, printed.

    pairs: one row per pair without nulls. `spearman` is Pearson's correlation of mid-ranks, right
    with ties; `printed` is 1 − 6Σd²/(n(n²−1)) on the same mid-ranks. Both are NaN where n < 2 or
    all values of x or of y are equal. Twice a mid-rank is whole, so that signs are exact.
    """
    ranks = pairs.groupby(group, observed=True)[["x", "y"]].rank() * 2
    x, y = ranks["x"].astype("int64"), ranks["y"].astype("int64")
    sums = (
        pairs[group]
        .assign(n=1, x=x, y=y, xx=x * x, yy=y * y, xy=x * y, dd=(x - y) ** 2)
        .groupby(group, as_index=False, observed=True)
        .sum()
    )
    n = sums["n"]
    spread_x, spread_y = n * sums["xx"] - sums["x"] ** 2, n * sums["yy"] - sums["y"] ** 2
    defined = (spread_x > 0) & (spread_y > 0)
    root = np.sqrt(spread_x.astype("float64")) * np.sqrt(spread_y.astype("float64"))
    correlation = (n * sums["xy"] - sums["x"] * sums["y"]) / root.where(defined)
    printed = 1 - 6 * (sums["dd"] / 4) / (n * (n**2 - 1)).where(defined)
    return sums[[*group, "n"]].assign(spearman=correlation, printed=printed)
