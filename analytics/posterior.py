"""Honest certainty about a share near a limit: beta-binomial, one prior per test."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

JEFFREYS = 0.5
STEPS = 50
LONGEST_STEP = 1.0  # of log a and log b, so that a step far from the top cannot leave for ever
FLAT = 1e-8  # of the gradient per school, where the top is reached


def probability_reaching(counts: pd.DataFrame, limit: float) -> Array:
    """Pr(true share ≥ limit) of every row, given k of n and the other schools of the test.

    counts: test_id, k, n (> 0), one row per test × school. The posterior is Beta(a + k, b + n − k)
    with the prior of `beta_priors`.
    """
    from scipy.special import betaincc

    prior = counts[["test_id"]].merge(beta_priors(counts), how="left", on="test_id", validate="m:1")
    k, n = counts["k"].to_numpy(dtype=np.float64), counts["n"].to_numpy(dtype=np.float64)
    return betaincc(prior["a"].to_numpy() + k, prior["b"].to_numpy() + n - k, limit)


def beta_priors(counts: pd.DataFrame) -> pd.DataFrame:
    """Prior Beta(a, b) of each test by maximum likelihood over its schools: test_id, a, b.

    The moments are the start, and stay where the likelihood has no top (few schools, hardly
    different); where the moments fail too the prior is Jeffreys' (`moment_priors`).
    """
    start = moment_priors(counts)
    fitted = start[start["sound"]].drop(columns="sound").reset_index(drop=True)
    row = pd.Series(fitted.index, index=fitted["test_id"])
    used = counts[counts["test_id"].isin(row.index)]
    code = row.reindex(used["test_id"]).to_numpy()
    k, n = (used[c].to_numpy(dtype=np.float64) for c in ("k", "n"))
    top, found = _likeliest(fitted[["a", "b"]].to_numpy(), code, k, n)
    best = fitted.assign(a=top[:, 0], b=top[:, 1])[found].set_index("test_id")
    merged = start[["test_id", "a", "b"]].set_index("test_id")
    merged.loc[best.index, ["a", "b"]] = best
    return merged.reset_index()


def moment_priors(counts: pd.DataFrame) -> pd.DataFrame:
    """Prior Beta(a, b) of each test by moments over its schools: test_id, a, b, sound.

    mu = Σk/Σn, a + b = 1/rho − 1,
    rho = (var(k/n) − mu(1−mu)·mean(1/n)) / (mu(1−mu)(1 − mean(1/n))).
    Jeffreys' Beta(½, ½), not sound, where rho is not inside (0, 1): one school, all shares equal,
    or schools that differ less than chance alone would make them.
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
        a=(mu * size).where(sound, JEFFREYS),
        b=((1 - mu) * size).where(sound, JEFFREYS),
        sound=sound,
    )


def _likeliest(
    start: Array, code: NDArray[np.int64], k: Array, n: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Newton's steps in (log a, log b), all tests at once: (tests, 2) and where the top is found.

    Σ log B(a + k, b + n − k) − log B(a, b); code: the test of each row of k and n.
    """
    point = np.log(start)
    schools = np.maximum(np.bincount(code, minlength=len(start)), 1)
    gradient = np.full_like(point, np.inf)
    for _ in range(STEPS):
        gradient, curve = _slopes(np.exp(point), code, k, n)
        if (np.abs(gradient) <= FLAT * schools[:, None]).all():
            break
        (aa, bb), ab = curve[:, :2].T, curve[:, 2]
        det = aa * bb - ab**2
        peaked = (det > 0) & (aa < 0)
        step = (
            np.stack(
                [
                    ab * gradient[:, 1] - bb * gradient[:, 0],
                    ab * gradient[:, 0] - aa * gradient[:, 1],
                ],
                axis=1,
            )
            / np.where(peaked, det, 1.0)[:, None]
        )
        step = np.where(peaked[:, None], step, np.sign(gradient))  # uphill where not yet concave
        point = np.clip(point + np.clip(step, -LONGEST_STEP, LONGEST_STEP), -20, 20)
    found = (np.abs(gradient) <= FLAT * schools[:, None]).all(axis=1) & (point < 12).all(axis=1)
    return np.exp(point), found


def _slopes(prior: Array, code: NDArray[np.int64], k: Array, n: Array) -> tuple[Array, Array]:
    """Gradient (tests, 2) and second derivatives (tests, 3: aa, bb, ab) in log a, log b."""
    from scipy.special import polygamma, psi

    a, b = prior.T
    size = (a + b)[code]

    def total(values: Array) -> Array:
        return np.bincount(code, weights=values, minlength=len(prior))

    both1 = total(psi(size + n) - psi(size))
    both2 = total(polygamma(1, size + n) - polygamma(1, size))
    first = [total(psi(v[code] + c) - psi(v[code])) - both1 for v, c in ((a, k), (b, n - k))]
    second = [
        total(polygamma(1, v[code] + c) - polygamma(1, v[code])) - both2
        for v, c in ((a, k), (b, n - k))
    ]
    gradient = np.stack([first[0] * a, first[1] * b], axis=1)
    curve = [second[0] * a**2 + gradient[:, 0], second[1] * b**2 + gradient[:, 1], -both2 * a * b]
    return gradient, np.stack(curve, axis=1)
