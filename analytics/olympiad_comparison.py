"""Counted shares of the olympiad against the other schools of the municipality.

Rows of '*' and groups under MIN_N get no z and no p.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.funnel import (
    MIN_SCHOOLS,
    funnels,
    over_dispersed,
    share_z,
)
from analytics.intervals import clopper_pearson
from analytics.olympiad_facts import GROUP, WHOLE, over_all

MIN_N = 10  # below it no test and no flag, only counts
FEW = f"меньше {MIN_N} случаев: информационно, без вывода"
TOWN = ["municipality", "year", "subject"]

Array = NDArray[np.float64]


def shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Counted shares with exact intervals, the municipality's share, z and p.

    z: the funnel's, over-dispersed; where fewer than 5 schools have cases Fisher's exact test of
    the school against the others (mid-p, as a z).
    """
    low, high = clopper_pearson(rows["numerator"], rows["denominator"])
    rows = rows.assign(ci_low=low, ci_high=high, town_value=of_town(rows, "value"))
    own = rows[rows["school_id"] != WHOLE]
    family = own.groupby([*TOWN, "indicator"], observed=True).ngroup().astype("str")
    counts = pd.DataFrame(
        {
            "test_id": family.to_numpy(),
            "k": own["numerator"].to_numpy(dtype=np.float64),
            "n": own["denominator"].to_numpy(dtype=np.float64),
        }
    )
    found = counts.merge(funnels(counts), how="left", on="test_id", validate="m:1")
    k, n = found["k"].to_numpy(), found["n"].to_numpy()
    z = over_dispersed(share_z(k, n, found["p0"]), n, found["tau2"])
    few = (found["schools"] < MIN_SCHOOLS).to_numpy()
    sums = counts.groupby("test_id", observed=True)[["k", "n"]].transform("sum").to_numpy()
    z[few] = fisher_z(k[few], n[few], sums[few, 0], sums[few, 1])
    return tested(rows.assign(z=pd.Series(z, index=own.index)))


def fisher_z(k: ArrayLike, n: ArrayLike, town_k: ArrayLike, town_n: ArrayLike) -> Array:
    """k of n against the rest of town_k of town_n, all margins fixed: the mid-p as a z.

    NaN where there is no other school.
    """
    from scipy.special import ndtri
    from scipy.stats import hypergeom

    k, n, town_k, town_n = (np.asarray(v, dtype=np.float64) for v in (k, n, town_k, town_n))
    if not len(k):
        return np.empty(0)
    law = hypergeom(town_n.astype(int), town_k.astype(int), n.astype(int))
    middle = np.clip(law.cdf(k - 1) + law.pmf(k) / 2, 1e-300, 1 - 1e-16)
    return np.where(n < town_n, ndtri(middle), np.nan)


def jumps(windows: pd.DataFrame, works: pd.DataFrame, enough: int) -> pd.DataFrame:
    """O12: works on the pass score among those on it and one point below, against the others'.

    p0 = (others_k + ½)/(others_n + 1) per subject and grade; the variance holds the uncertainty of
    p0 too. z = (Σk − Σn·p0 − ½)/sd, one-sided. works: per GROUP `n`, the works of the school stage;
    under `enough` of them there is no test.
    """
    p0 = (windows["others_k"] + 0.5) / (windows["others_n"] + 1)
    n, chance = windows["n"], p0 * (1 - p0)
    cells = windows[[*GROUP, "k", "n"]].assign(
        expected=n * p0, variance=chance * n * (1 + n / (windows["others_n"] + 1))
    )
    sums = over_all(cells, town=False).groupby(GROUP, as_index=False, observed=True).sum()
    low, high = clopper_pearson(sums["k"], sums["n"])
    found = sums[GROUP].assign(
        indicator="O12", numerator=sums["k"].astype("float64"), denominator=sums["n"],
        value=sums["k"] / sums["n"], ci_low=low, ci_high=high,
        town_value=sums["expected"] / sums["n"],
        z=(sums["k"] - sums["expected"] - 0.5) / np.sqrt(sums["variance"]),
    )  # fmt: skip
    size = found[GROUP].merge(works, how="left", on=GROUP, validate="1:1")["n"]
    few = f"меньше {enough} работ школьного этапа: без вывода"
    return tested(found, one_sided=True, too_few=np.asarray(size < enough), words=few)


def rechecked(rows: pd.DataFrame, limit: float) -> pd.DataFrame:
    """O9 with p of so few or fewer agreeing works if the true share were `limit`."""
    from scipy.special import bdtr

    low, high = clopper_pearson(rows["numerator"], rows["denominator"])
    p = bdtr(rows["numerator"], rows["denominator"].astype("int64"), limit)
    rows = rows.assign(ci_low=low, ci_high=high, town_value=of_town(rows, "value"))
    few = (rows["denominator"] < MIN_N).to_numpy()
    own = (rows["school_id"] != WHOLE).to_numpy()
    return rows.assign(
        z=np.nan,
        p_value=np.where(own & ~few, p, np.nan),
        reason=pd.Series(np.where(own & few, FEW, None), index=rows.index, dtype="str"),
    )


def of_town(rows: pd.DataFrame, column: str) -> pd.Series:
    """For each row the value of its municipality's row ('*') with the same subject."""
    by = [*TOWN, "indicator"]
    whole = rows.loc[rows["school_id"] == WHOLE, [*by, column]]
    found = rows[by].merge(whole, how="left", on=by, validate="m:1")[column]
    return pd.Series(found.to_numpy(), index=rows.index)


def tested(
    rows: pd.DataFrame, *, one_sided: bool = False, too_few: Array | None = None, words: str = FEW
) -> pd.DataFrame:
    """Adds p_value of z and the reason where a school has too few cases for a test."""
    from scipy.special import ndtr

    own = (rows["school_id"] != WHOLE).to_numpy()
    small = (rows["denominator"] < MIN_N).to_numpy()
    other = np.zeros(len(rows), dtype=bool) if too_few is None else too_few
    z = rows["z"].where(own & ~small & ~other)
    p = ndtr(-z) if one_sided else 2 * ndtr(-z.abs())
    reason = np.where(own & small, FEW, np.where(own & other, words, None))
    return rows.assign(z=z, p_value=p, reason=pd.Series(reason, index=rows.index, dtype="str"))
