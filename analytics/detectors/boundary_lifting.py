"""D1, boundary lifting: the share of near-miss pupils whose score was raised to a mark boundary.

Per year × school and per year × school × grade/subject: the efficient scores of the school's tests
(`near_miss`) pooled with weights 1/(1/I + σ²), against the honest spread of schools
(`heterogeneity`; with fewer than 20 schools its τ is that of a real region, not an estimate).

Centre. Against the row of the region or the country the expectation is 0: a whole town that lifts
must not become its own norm. Against other schools loaded it is the median school, for the
schools that lift are in that reference and push everyone else below 0. A clean sample has no
ordinary rounding in it: with 20 schools and more the median school is the centre there too.

What innocent things trigger it: soft rounding by a lenient but honest checker (below 0.08 it is
worded so); essay criteria, where a checker sees the boundary while marking; one checker for all
classes of a grade; re-checking of works just below the boundary by a commission; a boundary that
the school took from another year's scale; a regional rescaling of marks; a reference where strict
re-checking thins the boundaries. A tested school without a sign is not a proven clean one: `mde`
says what could have been seen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import schema
from analytics.combination import cauchy
from analytics.detectors.heterogeneity import USUAL
from analytics.detectors.lifting_pool import (
    SCHOOL,
    Groups,
    judged,
    pooled,
    refused,
    school_tests,
    schools_of,
    weighed,
)
from analytics.detectors.near_miss import MIN_WORKS
from analytics.detectors.reference import Reference, references_of_tests
from analytics.detectors.tilt import Tilted, tilted_to_schools
from analytics.scales import BOUNDARIES

REACH = 2  # points below a boundary; with 1 where 2 were lifted c is overstated by a half
SOFT_ROUNDING = 0.08  # c below it is lenient rounding: honest schools with twice the norm give .054
UNIT = "доля поднятых из не добравших"
# Of the sum, of the scopes, grades and subjects, of the three boundaries.
WEIGHTS = (3, 1, 1, 1, 1, 1, 1)
FEW_WORKS = f"меньше {MIN_WORKS} работ"


def boundary_lifting(
    score_counts: pd.DataFrame,
    tests: pd.DataFrame,
    schools: pd.DataFrame,
    clean: pd.DataFrame | None = None,
    contradicted: pd.MultiIndex | None = None,
) -> pd.DataFrame:
    """Table `evidence`: one row per year × school and per year × school × grade/subject.

    estimate: c, excess share of pupils 1–2 points below a boundary who were moved to it, with the
    interval c ± 1,96·√(1/Σw + τ²). pupils: c times the pupils expected there. p_value of a scope
    is that of z; of a school Cauchy's combination of the sum with Simes over its scopes, over its
    grades and over its subjects and with each boundary alone, so that one class, subject, grade or
    mark is found: a school that lifts over «2» only is lost in a sum over three boundaries. (Three
    times the least p, as one would do without Cauchy, found 58 % of schools lifting 40 % in one
    subject where this finds 79 %, at the same size.) clean: observed works in the columns of
    `score_counts`. contradicted: (test_id, school_id) that used another scale and are not tested.
    """
    levelled = _levelled(score_counts, tests, schools, clean)
    groups = school_tests(levelled, tests, REACH, ("", *BOUNDARIES))
    if groups[""].empty:
        return schema.empty("evidence")
    if contradicted is not None and len(contradicted):
        groups = {b: refused(rows, contradicted) for b, rows in groups.items()}
    return schema.conform(evidence_of_groups(groups), "evidence")


def sensitivity(
    score_counts: pd.DataFrame,
    tests: pd.DataFrame,
    schools: pd.DataFrame,
    clean: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The school's c for reaches of 1, 2 and 3 points: year, school_id, r1, r2, r3.

    Boundaries too near for a reach keep the room they have. A share that falls with the reach
    says that only the nearest misses were lifted. Null where the school has under 60 works; a
    school with no usable test has no row.
    """
    levelled = _levelled(score_counts, tests, schools, clean)
    columns = []
    for reach in (1, 2, 3):
        groups = school_tests(levelled, tests, reach)[""]
        if groups.empty:
            return pd.DataFrame(columns=[*SCHOOL, "r1", "r2", "r3"])
        sums = pooled(weighed(groups, USUAL[""])[0], SCHOOL)
        columns.append(sums["c"].where(sums["n"] >= MIN_WORKS).rename(f"r{reach}"))
    found = pd.concat(columns, axis=1).reset_index().astype({"school_id": "str"})
    return found.sort_values(SCHOOL, ignore_index=True)


def _levelled(
    score_counts: pd.DataFrame,
    tests: pd.DataFrame,
    schools: pd.DataFrame,
    clean: pd.DataFrame | None,
) -> list[tuple[Reference, Tilted]]:
    """References of the tests, each moved to the levels of its schools."""
    references = references_of_tests(score_counts, tests, schools, clean)
    return [(reference, tilted_to_schools(reference)) for reference in references]


def evidence_of_groups(groups: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Evidence of the schools of each year and of the scopes of each school.

    groups: `school_tests` of all boundaries and of each alone.
    """
    together = groups[""]
    used, sigma = weighed(together, USUAL[""])
    whole, spreads = schools_of(used, sigma, USUAL[""])
    parts = {
        by: judged(pooled(used, [*SCHOOL, by]), spreads) for by in ("scope", "grade", "subject")
    }
    at = [schools_of(*weighed(groups[b], USUAL[b]), USUAL[b])[0] for b in BOUNDARIES]
    views = [
        whole["p_value"],
        *(_simes(part["p_value"].droplevel(2)) for part in parts.values()),
        *(school["p_value"] for school in at),
    ]
    seen = pd.concat(views, axis=1).reindex(whole.index)
    p = pd.Series(cauchy(seen, WEIGHTS), index=whole.index).where(whole["p_value"].notna())
    scopes = _rows(together, parts["scope"], [*SCHOOL, "scope"])
    return pd.concat([_rows(together, whole.assign(p_value=p), SCHOOL).assign(scope=""), scopes])


def _simes(p: pd.Series) -> pd.Series:
    """Simes' p of each year × school: the least of m·p(i)/i over its m ordered p; null of none."""
    ordered = p.sort_values(kind="stable", na_position="last")
    within = ordered.groupby(level=SCHOOL, observed=True)
    rank = within.cumcount() + 1
    return (ordered * within.transform("count") / rank).groupby(level=SCHOOL, observed=True).min()


def _rows(groups: pd.DataFrame, found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Evidence of all that has works, tested or not; keys as columns."""
    own, n = Groups.of(groups, keys), groups["n"].to_numpy()
    usable = groups["usable"].to_numpy()
    # Where no test serves, the reason with most works behind it speaks; tests come in order.
    speaks = own.first(np.argsort(np.where(usable, 1, -n), kind="stable"))
    heads = {"works": own.sums(n), "usable": own.sums(usable) > 0}
    rows = pd.DataFrame(heads, index=own.index).join(found.drop(columns="third"), how="left")
    reason = groups["reason"].take(speaks).set_axis(rows.index).astype("str")
    tested = rows["p_value"].notna()
    few = rows["usable"] & ~tested
    return (
        rows.assign(
            detector="boundary_lifting",
            n=rows["n"].fillna(rows["works"]),
            estimate=rows["c"],
            unit=UNIT,
            reference=_labels(groups[groups["usable"]], rows["usable"]),
            pupils=(rows["c"] * rows["near"]).clip(lower=0),
            pupils_low=(rows["ci_low"] * rows["near"]).clip(lower=0),
            pupils_high=(rows["ci_high"] * rows["near"]).clip(lower=0),
            status=np.select([tested, few], ["tested", "not_enough_data"], "not_applicable"),
            reason=reason.mask(few, FEW_WORKS).where(~tested),
        )
        .drop(columns=["works", "usable", "c", "variance", "near"])
        .reset_index()
    )


def _labels(used: pd.DataFrame, usable: pd.Series) -> pd.Series:
    """What the tests of each row were compared with, «; » between several; null where none was.

    used: usable tests. usable: of each row, its index names the keys.
    """
    present = used["reference"].cat.remove_unused_categories().cat
    labels, keys = present.categories, usable.index.names
    if len(labels) == 1:
        return pd.Series(labels[0], index=usable.index, dtype="str").where(usable)
    pairs = used[keys].assign(bit=2 ** present.codes.astype("int64"))
    pairs = pairs.drop_duplicates()
    groups = Groups.of(pairs, keys)
    mask = pd.Series(groups.sums(pairs["bit"].to_numpy()).astype(np.int64), index=groups.index)
    words = {
        m: "; ".join(label for i, label in enumerate(labels) if m >> i & 1) for m in mask.unique()
    }
    return mask.map(words).astype("str")
