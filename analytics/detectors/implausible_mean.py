"""D2, implausible mean: results higher than the cohort's earlier results let expect.

Value added. Where the school wrote the same subject one grade lower a year earlier, y is what its
standing exceeds the line through all schools (`beyond_expected`): a strong school that was strong
before has y near 0. Codes of pupils change every year, so it is schools that are linked.

Level. Without an earlier test y is only the distance of the mean from the reference. A strong
school is no sign of anything: such a row has its own unit and never makes a verdict.

What innocent things trigger it: a new strong teacher or profile class, weak pupils absent or gone,
an earlier test written in a bad year. A test whose reference is near its maximum is left out.
"""

from __future__ import annotations

import pandas as pd

from analytics import schema
from analytics.cohorts import cohort_steps
from analytics.detectors.school_effects import SCHOOL, effects, yardstick
from analytics.detectors.scopes import as_evidence
from analytics.detectors.standing import (
    FEW_WORKS,
    MIN_WORKS,
    beyond_expected,
    standings,
)

USUAL_TAU = 0.20  # standard deviations of pupils
VALUE_ADDED = "ст. откл. сверх ожидаемого"
LEVEL = "ст. откл. от сравнения (только уровень)"
CELL = ["year", "school_id", "scope", "n", "y", "se2", "reference", "reason"]
ROW = [*SCHOOL, "scope"]


def implausible_mean(
    score_counts: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Table `evidence`: value added where there is an earlier test of the cohort, else the level.

    estimate: standard deviations of pupils; `unit` says which of the two it is. The whole-school
    row pools value added over the subjects that have it, and levels only where none has.
    """
    places = standings(score_counts, tests[tests["procedure"] == "vpr"], schools)
    levels = places.assign(se2=1.0 / places["n"])[CELL]
    added = beyond_expected(places, cohort_steps(tests), "test_id", "test_before")[CELL]
    added = added[added["reason"].isna()]
    better, plain = _rows(added, VALUE_ADDED), _rows(levels, LEVEL)
    known = pd.MultiIndex.from_frame(better.loc[better["status"] == "tested", ROW])
    plain = plain[~pd.MultiIndex.from_frame(plain[ROW]).isin(known)]
    better = better[better["status"] == "tested"]
    return schema.conform(pd.concat([better, plain]), "evidence")


def _rows(cells: pd.DataFrame, unit: str) -> pd.DataFrame:
    tested = cells[cells["reason"].isna()]
    sticks = {y: yardstick(rows, USUAL_TAU) for y, rows in tested.groupby("year", observed=True)}
    rows = effects(cells, sticks, MIN_WORKS, FEW_WORKS)
    return as_evidence(rows, "implausible_mean", unit, (FEW_WORKS,))
