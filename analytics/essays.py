"""The final essay by school: who passed at which attempt, and which criteria were not met."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import schema
from analytics.funnel import LEVELS, MIN_SCHOOLS, funnels, over_dispersed, share_z
from analytics.intervals import clopper_pearson
from analytics.schema import ESSAY_CRITERIA, WHOLE_MUNICIPALITY

PLACED_FROM = 10  # participants: fewer are no group to compare (the small-number policy)
REQUIREMENTS = ["r1", "r2"]
_TOWN = ["municipality", "year"]
_SCHOOL = [*_TOWN, "school_id"]
_PUPIL = [*_SCHOOL, "identity"]
_COUNTS = ["n", "n_first", "n_retake", "n_not", "n_unfinished", "n_absent"]


def essay_results(essays: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Table `essay_results`: every school of a year, and '*' pooled over a municipality's pupils.

    n: pupils with a result on some day; n = n_first + n_retake + n_not. A day on which a pupil was
    absent, was removed or did not finish is no attempt; whoever has such days alone is n_unfinished
    or, never having come, n_absent. share_first = n_first/n with its exact interval. funnel: that
    share against the municipality's, over-dispersion counted in, from 10 participants and 5
    schools on, so "below" is a lower share of passes.
    """
    attempts = _attempts(essays, schools)
    pupils = _by_pupil(attempts)
    counted = pupils.groupby(_SCHOOL, as_index=False, observed=True)[_COUNTS].sum()
    towns = counted.groupby(_TOWN, as_index=False, observed=True)[_COUNTS].sum()
    towns = towns.assign(town_first=_share(towns["n_first"], towns["n"]))
    rows = pd.concat([counted, towns[[*_TOWN, *_COUNTS]].assign(school_id=WHOLE_MUNICIPALITY)])
    rows = rows.merge(towns[[*_TOWN, "town_first"]], how="left", on=_TOWN, validate="m:1")
    low, high = clopper_pearson(rows["n_first"], rows["n"])
    rows = rows.assign(share_first=_share(rows["n_first"], rows["n"]), ci_low=low, ci_high=high)
    return _declared(rows.assign(funnel=_places(rows)), "essay_results")


def essay_criteria(essays: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Table `essay_criteria`: the share of works that did not meet each criterion.

    Of every pupil the first day with a result. A work that fails a requirement is not judged by
    the criteria K1…K5 and does not count there. Criteria that a protocol does not give are no rows.
    """
    first = _judged(_attempts(essays, schools)).drop_duplicates(_PUPIL)
    failed = first[list(ESSAY_CRITERIA)].eq(other=False).fillna(value=False).astype(bool)
    stopped = failed[REQUIREMENTS].any(axis=1)
    marks = first[list(ESSAY_CRITERIA)].astype("boolean")
    own = [c for c in ESSAY_CRITERIA if c not in REQUIREMENTS]
    marks[own] = marks[own].mask(stopped)
    key = [*_SCHOOL, "kind"]
    long = first[key].join(marks).melt(id_vars=key, var_name="criterion", value_name="met")
    long = long.dropna(subset="met").assign(failed=lambda f: ~f["met"].astype(bool))
    sums = (
        pd.concat([long, long.assign(school_id=WHOLE_MUNICIPALITY)])
        .groupby([*key, "criterion"], as_index=False, observed=True)
        .agg(n=("failed", "size"), n_failed=("failed", "sum"))
    )
    low, high = clopper_pearson(sums["n_failed"], sums["n"])
    sums = sums.assign(share_failed=_share(sums["n_failed"], sums["n"]), ci_low=low, ci_high=high)
    whole = sums[sums["school_id"] == WHOLE_MUNICIPALITY]
    whole = whole.rename(columns={"share_failed": "town_share"})
    of_town = [*_TOWN, "kind", "criterion"]
    rows = sums.merge(whole[[*of_town, "town_share"]], how="left", on=of_town, validate="m:1")
    return _declared(rows, "essay_criteria")


def _attempts(essays: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of the days, with the municipality ("" if unknown) and `identity`.

    identity: the keyed code of the name, else that of the same participant's code in the same
    school and year, else the participant's code.
    """
    key = ["year", "school_id", "pupil"]
    named = essays.loc[essays["person"].notna(), [*key, "person"]].drop_duplicates()
    named = named[~named.duplicated(key, keep=False)].rename(columns={"person": "named"})
    places = schools.set_index("school_id")["municipality"]
    rows = essays.merge(named, how="left", on=key, validate="m:1")
    rows = rows.assign(
        municipality=rows["school_id"].map(places).fillna("").astype("str"),
        identity=rows["person"].fillna(rows["named"]).fillna(rows["pupil"]),
    )
    return rows.sort_values([*_PUPIL, "exam_date", "pupil"], kind="stable", ignore_index=True)


def _judged(attempts: pd.DataFrame) -> pd.DataFrame:
    return attempts[attempts["passed"].notna()]


def _by_pupil(attempts: pd.DataFrame) -> pd.DataFrame:
    """One row per pupil with 0/1 in the columns of _COUNTS."""
    came = (~attempts["absent"].astype(bool)).groupby([attempts[c] for c in _PUPIL]).any()
    judged = _judged(attempts).astype({"passed": "int64"})
    marks = judged.groupby(_PUPIL, observed=True).agg(
        first=("passed", "first"), ever=("passed", "max")
    )
    marks = marks.reindex(came.index)
    none = marks["ever"].isna()
    flags = {
        "n": ~none,
        "n_first": marks["first"] == 1,
        "n_retake": (marks["first"] == 0) & (marks["ever"] == 1),
        "n_not": marks["ever"] == 0,
        "n_unfinished": none & came,
        "n_absent": none & ~came,
    }
    return pd.DataFrame(flags).astype("int64").reset_index()


def _places(rows: pd.DataFrame) -> pd.Series:
    """The place of every school in the funnel of its municipality and year; null for '*'."""
    place = pd.Series(None, index=rows.index, dtype="str")
    is_school = (rows["school_id"] != WHOLE_MUNICIPALITY) & (rows["n"] > 0)
    own = rows[is_school]
    if own.empty:
        return place
    counts = pd.DataFrame(
        {
            "test_id": own.groupby(_TOWN, observed=True).ngroup(),
            "k": own["n_first"].astype("float64"),
            "n": own["n"].astype("float64"),
        }
    )
    found = counts.reset_index().merge(
        funnels(counts), how="left", on="test_id", validate="m:1"
    ).set_index("index")  # fmt: skip
    z = share_z(found["k"], found["n"], found["p0"])
    z = over_dispersed(z, found["n"], found["tau2"])
    bounds = [-LEVELS["998"], -LEVELS["95"], LEVELS["95"], LEVELS["998"]]
    names = pd.Series(np.take(schema.FUNNEL_PLACES, np.digitize(z, bounds)), index=found.index)
    fit = (found["n"] >= PLACED_FROM) & (found["schools"] >= MIN_SCHOOLS)
    place.loc[found.index[fit]] = names[fit]
    return place


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part.astype("float64") / whole.where(whole > 0).astype("float64")


def _declared(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    rows = rows.assign(municipality=rows["municipality"].where(rows["municipality"] != ""))
    return schema.conform(rows[list(schema.TABLES[name].columns)], name)
