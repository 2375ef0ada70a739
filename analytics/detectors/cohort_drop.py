"""D5, cohort drop: grade 4 stood high, and the same pupils a year later in grade 5 did not.

d = z of grade 4 in the year − z of grade 5 in the next (table `cohorts`). Grade 4 is taught and
checked by other people than grade 5, so a drop much larger than those of other schools puts the
earlier result in doubt: the row stands in the year of grade 4. How much honest cohorts move is
seen in the steps 5→6, 6→7, 7→8 of the same years (the empirical null; with fewer than 20 such
values in the step 4→5 itself, at least the usual τ). Where cohorts move more at 4→5 than later,
the errors are widened until the schools below the median fit (`widened`): a drop pushes up only.

In 1,500 simulated towns of 21 schools with three subjects, τ .25 at the later steps: any false
flag (q < .05) in .02 of the towns if τ is .25 at 4→5 too, in .04….06 if it is .35, in .09 if .5;
a drop of .8 sd in three schools is found in .42 (.24 with .35), of 1.2 sd in .90. With the τ of
the later steps alone the first power is .7, but the false flags at .35 are .2….4.

What innocent things trigger it: classes merged or split after grade 4, a move to another building,
pupils who leave for a gymnasium, a new programme in grade 5.
"""

from __future__ import annotations

import pandas as pd

from analytics import schema
from analytics.cohorts import cohorts
from analytics.detectors.reference import AREA_SCHOOLS, REGION, TOO_LARGE, TOWN_SCHOOLS
from analytics.detectors.school_effects import (
    effects,
    widened,
    with_absentees,
    writers,
    yardstick,
)
from analytics.detectors.scopes import as_evidence
from analytics.detectors.spread import ENOUGH
from analytics.detectors.standing import ALL_EQUAL
from analytics.references import ALL_SCHOOLS

GRADE = 4
USUAL_TAU = 0.25
MIN_WORKS = 10
LARGEST_PART = 0.5  # of all the schools loaded
UNIT = "ст. откл."
NO_COHORT = (
    "нет работ той же параллели в 4 классе и через год в 5 классе с известным наибольшим баллом"
)
FEW_WORKS = f"меньше {MIN_WORKS} участников в одной из двух работ"


def cohort_drop(
    score_counts: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Table `evidence`: estimate is the drop in standard deviations of pupils, n the grade-4 works.

    Scopes are subjects of grade 4; the whole-school row pools them.
    """
    tests = tests[tests["procedure"] == "vpr"]
    steps = _steps(score_counts, tests, schools)
    own, placebo = steps[steps["grade"] == GRADE], steps[steps["grade"] > GRADE]
    tested, null = (part[part["reason"].isna()] for part in (own, placebo))
    # A school moves by itself in every step, so each step has its own schools.
    null = null.assign(school_id=null["school_id"] + "/" + null["grade"].astype("str"))
    sticks = {}
    for year, rows in tested.groupby("year", observed=True):
        others = null[null["year"] == year]
        known = others["school_id"].nunique() >= ENOUGH
        sticks[year] = widened(yardstick(others if known else rows, USUAL_TAU), rows)
    rows = effects(own, sticks, MIN_WORKS, FEW_WORKS)
    rows = with_absentees(rows, writers(score_counts, tests), NO_COHORT)
    return schema.conform(as_evidence(rows, "cohort_drop", UNIT, (FEW_WORKS,)), "evidence")


def _steps(score_counts: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Cells of all steps by the earlier test: year, grade, school_id, scope, n, y, se2, …"""
    rows = cohorts(score_counts, tests, schools)
    facts = tests[["test_id", "year", "grade"]].rename(columns={"test_id": "test_before"})
    rows = rows.merge(facts, how="left", on="test_before", validate="m:1")
    loaded = rows["reference"] == ALL_SCHOOLS
    pair = rows.groupby(["test_before", "test_id"], observed=True)
    large = loaded & (
        (rows["n"] > LARGEST_PART * pair["n"].transform("sum"))
        | (rows["n_before"] > LARGEST_PART * pair["n_before"].transform("sum"))
    )
    few = (rows["n"] < MIN_WORKS) | (rows["n_before"] < MIN_WORKS)
    reason = pd.Series(None, index=rows.index, dtype="str")
    y = (-rows["change"]).where(~few & ~large)
    middle = y.groupby([rows["test_before"], rows["test_id"]]).transform("median")
    several = len(schools["municipality"].dropna().unique()) > 1
    return rows.assign(
        scope=rows["grade"].astype("str") + "/" + rows["subject"],
        y=y - middle.where(loaded, 0.0),
        se2=1 / rows["n"].astype("float64") + 1 / rows["n_before"].astype("float64"),
        n=rows["n_before"],
        reference=pd.Series(REGION, index=rows.index, dtype="str").mask(
            loaded, AREA_SCHOOLS if several else TOWN_SCHOOLS
        ),
        reason=reason.mask(y.isna(), ALL_EQUAL).mask(large, TOO_LARGE).mask(few, FEW_WORKS),
    )[["year", "grade", "school_id", "scope", "n", "y", "se2", "reference", "reason"]]
