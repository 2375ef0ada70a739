"""D1a, drill-down of flagged schools: which boundary of which test holds the excess.

An exact binomial test of the window {b−2…b+1}: how many of its m pupils stand at b or b+1, against
the share that the reference has there at the school's level. Groups are small (about five pupils
near a boundary), so this shows where to look inside a school that `boundary_lifting` flagged and
is never a flag of its own: over all groups it would find 1 % of schools that lift every fifth.

What innocent things trigger it: the same as of `boundary_lifting`, and a task worth two or more
points, which leaves empty scores; those are in the reference too unless the variant differed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.detectors.lifting_pool import SCHOOL
from analytics.detectors.reference import Array, Reference, references_of_tests
from analytics.detectors.tilt import tilted_to_schools
from analytics.intervals import clopper_pearson
from analytics.scales import BOUNDARIES

MIN_WINDOW = 8  # pupils; with fewer the smallest mid-p that can be had is above .002
LEVEL = 0.05
COLUMNS = [
    "year", "school_id", "test_id", "boundary", "score", "m", "x", "expected", "pupils",
    "pupils_low", "pupils_high", "p_value", "q_value", "selected",
]  # fmt: skip


def boundary_groups(
    score_counts: pd.DataFrame,
    tests: pd.DataFrame,
    schools: pd.DataFrame,
    flags: pd.DataFrame,
    clean: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per test × flagged school × boundary with 8 pupils or more in its window.

    flags: one row per year × tested school, `flagged` says whether it was. boundary: min3, min4 or
    min5, score its first score; m pupils in the window, x at b and b+1, expected by the reference;
    pupils: x − expected with exact 95 % limits (Clopper and Pearson). q_value: Benjamini and
    Hochberg inside the school; selected: q_value ≤ .05·R/K, R schools flagged of K tested that
    year (Benjamini and Bogomolov 2014).
    """
    asked = flags.groupby("year", observed=True)["flagged"].agg(rate="mean")
    chosen = flags.loc[flags["flagged"].astype(bool), SCHOOL]
    scales = tests[tests["year"].isin(chosen["year"])].set_index("test_id")
    counted = score_counts[score_counts["test_id"].isin(scales.index)]
    of_year = chosen.groupby("year", observed=True)["school_id"].agg(list)
    parts = []
    for reference in references_of_tests(counted, tests, schools, clean):
        scale = scales.loc[reference.test_id]
        if scale[[*BOUNDARIES, "max_score"]].isna().any():
            continue
        parts += [
            windows.assign(year=scale["year"], boundary=name)
            for name, windows in flagged_windows(
                reference,
                {b: int(scale[b]) for b in BOUNDARIES},
                reference.school_id.isin(of_year.get(scale["year"], ())),
            )
        ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    found = pd.concat(parts, ignore_index=True).merge(
        chosen, how="inner", on=SCHOOL, validate="m:1"
    )
    found = found[found["m"] >= MIN_WINDOW].merge(
        asked.reset_index(), how="left", on="year", validate="m:1"
    )
    q = _adjusted(found)
    found = found.assign(q_value=q, selected=q <= LEVEL * found["rate"])
    return found[COLUMNS].sort_values([*SCHOOL, "test_id", "score"], ignore_index=True)


def flagged_windows(
    reference: Reference, scale: dict[str, int], flagged: NDArray[np.bool_]
) -> list[tuple[str, pd.DataFrame]]:
    """Counts, expectation and exact mid-p of the flagged schools at each boundary of a test."""
    asked = flagged & (reference.reason == 0)
    if not asked.any():
        return []
    tilted = tilted_to_schools(reference)
    counts, row = reference.counts[asked], tilted.row[asked]
    top = counts.shape[1] - 1
    found = []
    for name, b in scale.items():
        if not 2 <= b <= top:
            continue
        window, upper = slice(b - 2, b + 2), slice(b, b + 2)
        share = tilted.p[:, upper].sum(axis=1) / tilted.p[:, window].sum(axis=1)
        m, x = (counts[:, cells].sum(axis=1) for cells in (window, upper))
        pi = share[row]
        low, high = clopper_pearson(x, m)
        rows = pd.DataFrame(
            {
                "school_id": reference.school_id[asked],
                "test_id": reference.test_id,
                "score": b,
                "m": m.astype(np.int64),
                "x": x.astype(np.int64),
                "expected": m * pi,
                "pupils": x - m * pi,
                "pupils_low": m * (low - pi),
                "pupils_high": m * (high - pi),
                "p_value": _mid_p(x, m, pi),
            }
        )
        found.append((name, rows))
    return found


def _mid_p(x: Array, m: Array, pi: Array) -> Array:
    """P(X > x) + P(X = x)/2 for X of Binomial(m, pi); 1 for an empty window."""
    from scipy.special import betainc

    # P(X ≥ k) is the regularised incomplete beta of k and m − k + 1.
    at_least = np.where(x > 0, betainc(np.maximum(x, 1), m - x + 1, pi), 1.0)
    more = np.where(x < m, betainc(x + 1, np.maximum(m - x, 1), pi), 0.0)
    return np.where(m > 0, (at_least + more) / 2, 1.0)


def _adjusted(found: pd.DataFrame) -> pd.Series:
    """Benjamini and Hochberg's p inside each year × school: least of m·p(j)/j over j ≥ i."""
    falling = found.sort_values("p_value", ascending=False, kind="stable")
    school = falling.groupby(SCHOOL, observed=True)["p_value"]
    rank = school.transform("size") - school.cumcount()
    scaled = falling.assign(q=falling["p_value"] * school.transform("size") / rank)
    return scaled.groupby(SCHOOL, observed=True)["q"].cummin().clip(upper=1.0).sort_index()
