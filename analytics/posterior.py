"""Honest certainty about a share near a limit: beta-binomial, one prior per test."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

JEFFREYS = 0.5


def probability_reaching(counts: pd.DataFrame, limit: float) -> NDArray[np.float64]:
    """Pr(true share ≥ limit) of every row, given k of n and the other schools of the test.

    counts: test_id, k, n (> 0), one row per test × school. The posterior is Beta(a + k, b + n − k)
    with the prior of `beta_priors`.
    """
    from scipy.special import betaincc

    prior = counts[["test_id"]].merge(beta_priors(counts), how="left", on="test_id", validate="m:1")
    k, n = counts["k"].to_numpy(dtype=np.float64), counts["n"].to_numpy(dtype=np.float64)
    return betaincc(prior["a"].to_numpy() + k, prior["b"].to_numpy() + n - k, limit)


def beta_priors(counts: pd.DataFrame) -> pd.DataFrame:
    """Prior Beta(a, b) of each test by moments over its schools: test_id, a, b.

    mu = Σk/Σn, a + b = 1/rho − 1,
    rho = (var(k/n) − mu(1−mu)·mean(1/n)) / (mu(1−mu)(1 − mean(1/n))).
    Jeffreys' Beta(½, ½) where rho is not inside (0, 1): one school, all shares equal, or schools
    that differ less than chance alone would make them.
    """
    n, k = counts["n"].astype("float64"), counts["k"].astype("float64")
    shares = counts[["test_id"]].assign(n=n, k=k, share=k / n, inverse=1 / n)
    tests = shares.groupby("test_id", as_index=False, observed=True).agg(
        n=("n", "sum"), k=("k", "sum"), spread=("share", "var"), inverse=("inverse", "mean")
    )
    mu = tests["k"] / tests["n"]
    chance = mu * (1 - mu)
    room = chance * (1 - tests["inverse"])
    rho = (tests["spread"] - chance * tests["inverse"]) / room.where(room > 0)
    sound = (rho > 0) & (rho < 1)
    size = 1 / rho.where(sound) - 1
    return tests[["test_id"]].assign(
        a=(mu * size).where(sound, JEFFREYS), b=((1 - mu) * size).where(sound, JEFFREYS)
    )
