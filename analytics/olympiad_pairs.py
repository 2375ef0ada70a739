"""Pairs of one pupil's results at the school and the municipal stage: drops and ranks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.funnel import MIN_SCHOOLS, WINSOR, between_variance, winsorised_square
from analytics.olympiad_comparison import TOWN, of_town, tested
from analytics.olympiad_facts import GROUP, WHOLE, over_all

_CEILING = 0.999999  # of a correlation, so that its Fisher z is finite
_Z95 = 1.959964

Array = NDArray[np.float64]


def drops(pairs: pd.DataFrame) -> pd.DataFrame:
    """O6: mean of a − b per GROUP; town_value is what the other schools lose in the same subjects.

    z: mean residual over its error, the error widened by the spread between schools. plain_z
    compares with the municipality's mean of all subjects at once, by chance alone.
    """
    rows = _with_residuals(pairs)
    cells = over_all(rows)
    mean = cells.groupby(GROUP, as_index=False, observed=True).agg(
        numerator=("drop", "sum"),
        denominator=("drop", "size"),
        value=("drop", "mean"),
        sd=("drop", "std"),
        compared=("residual", "count"),
        residual=("residual", "mean"),
        town_value=("expected", "mean"),
    )
    mean = mean.assign(indicator="O6", **_t_limits(mean))
    gap, error = mean["value"] - of_town(mean, "value"), of_town(mean, "sd")
    mean = mean.assign(plain_z=gap * np.sqrt(mean["denominator"]) / error.where(error > 0))
    mean.loc[mean["school_id"] == WHOLE, ["town_value", "residual", "plain_z"]] = np.nan
    whole = cells[cells["school_id"] == WHOLE].groupby(TOWN, as_index=False, observed=True)
    s2 = whole.agg(s2=("residual", "var"))
    mean = mean.merge(s2, how="left", on=TOWN, validate="m:1")
    mean = mean.assign(z=_spread_z(mean, mean["residual"], mean["s2"] / mean["compared"]))
    return tested(mean).drop(columns=["sd", "compared", "s2"])


def own_marking(pairs: pd.DataFrame) -> pd.DataFrame:
    """SIR: mean residual drop in subjects that the school marks less that in the platform's ones.

    One row per school with pairs of both kinds; denominator: the smaller of the two numbers.
    """
    rows = _with_residuals(pairs).dropna(subset="residual").assign(subject="")
    sums = rows.groupby([*GROUP, "sirius"], as_index=False, observed=True).agg(
        n=("residual", "size"), mean=("residual", "mean")
    )
    own, platform = sums[~sums["sirius"]], sums[sums["sirius"]]
    both = own.merge(platform, how="inner", on=GROUP, validate="1:1", suffixes=("", "_platform"))
    s2 = rows.groupby(["municipality", "year"], observed=True)["residual"].var()
    s2 = both[["municipality", "year"]].merge(
        s2.rename("s2").reset_index(), how="left", on=["municipality", "year"], validate="m:1"
    )["s2"]
    variance = s2 * (1 / both["n"] + 1 / both["n_platform"])
    value = both["mean"] - both["mean_platform"]
    half = _Z95 * np.sqrt(variance)
    found = both[GROUP].assign(
        indicator="SIR", denominator=both[["n", "n_platform"]].min(axis=1), value=value,
        residual=value, ci_low=value - half, ci_high=value + half, town_value=0.0,
    )  # fmt: skip
    return tested(found.assign(z=_spread_z(found, value, variance)))


def ranks(pairs: pd.DataFrame) -> pd.DataFrame:
    """O8: correlation of the ranks of a and b within subject and grade of the municipality.

    Ranks are shares of the group (0…1), centred within the school. Limits by Fisher's z with the
    variance (1 + r²/2)/(n − 3) (Bonett and Wright 2000); z against the municipality's correlation.
    """
    known = pairs.dropna(subset=["a", "b"])
    groups = known.groupby([*TOWN, "grade"], observed=True, dropna=False)
    size = groups["a"].transform("size")
    ranked = known.assign(x=groups["a"].rank() / size, y=groups["b"].rank() / size)[size >= 3]
    cells = over_all(ranked[[*GROUP, "x", "y"]])
    means = cells.groupby(GROUP, observed=True)[["x", "y"]].transform("mean")
    x, y = cells["x"] - means["x"], cells["y"] - means["y"]
    sums = (
        cells[GROUP]
        .assign(xx=x**2, yy=y**2, xy=x * y, n=1)
        .groupby(GROUP, as_index=False, observed=True)
        .sum()
    )
    scale = np.sqrt(sums["xx"] * sums["yy"])
    r = (sums["xy"] / scale.where(scale > 1e-12)).clip(-1, 1)
    found = sums[GROUP].assign(indicator="O8", denominator=sums["n"], value=r)
    found = found.assign(town_value=of_town(found, "value"))
    error = np.sqrt((1 + r**2 / 2) / (sums["n"] - 3).where(sums["n"] > 3))
    centre = np.arctanh(r.clip(-_CEILING, _CEILING))
    town = np.arctanh(found["town_value"].clip(-_CEILING, _CEILING))
    z = ((centre - town) / error).where(found["school_id"] != WHOLE)
    low, high = np.tanh(centre - _Z95 * error), np.tanh(centre + _Z95 * error)
    return tested(found.assign(ci_low=low, ci_high=high, z=z))


def _with_residuals(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs with drop, expected (mean drop of the other schools in the subject) and residual."""
    known = pairs.dropna(subset=["a", "b"])
    rows = known[[*GROUP, "sirius"]].assign(drop=known["a"] - known["b"])
    town = rows.groupby(TOWN, observed=True)["drop"]
    own = rows.groupby(GROUP, observed=True)["drop"]
    n = town.transform("size") - own.transform("size")
    rest = (town.transform("sum") - own.transform("sum")) / n.where(n > 0)
    return rows.assign(expected=rest, residual=rows["drop"] - rest)


def _spread_z(rows: pd.DataFrame, estimate: pd.Series, variance: pd.Series | Array) -> pd.Series:
    """estimate/√(variance + tau²); tau² between the schools of a family, as in the funnel."""
    known = rows[TOWN].assign(estimate=estimate, variance=np.asarray(variance))
    known = known[(rows["school_id"] != WHOLE) & (known["variance"] > 0) & estimate.notna()]
    z = known["estimate"] / np.sqrt(known["variance"])
    family = known.groupby(TOWN, observed=True).ngroup()
    grouped = z.groupby(family)
    clipped = np.clip(
        z, family.map(grouped.quantile(WINSOR)), family.map(grouped.quantile(1 - WINSOR))
    )
    phi = (clipped**2).groupby(family).mean() / winsorised_square(WINSOR)
    k, weight = grouped.size(), 1 / known["variance"]
    tau2 = between_variance(
        phi, k, weight.groupby(family).sum(), (weight**2).groupby(family).sum()
    ).where(k >= MIN_SCHOOLS, 0.0)
    wide = np.sqrt(known["variance"] + family.map(tau2))
    return (known["estimate"] / wide).reindex(rows.index)


def _t_limits(mean: pd.DataFrame) -> dict[str, pd.Series]:
    from scipy.special import stdtrit

    n = mean["denominator"].where(mean["denominator"] > 1)
    half = stdtrit(n - 1, 0.975) * mean["sd"] / np.sqrt(n)
    return {"ci_low": mean["value"] - half, "ci_high": mean["value"] + half}
