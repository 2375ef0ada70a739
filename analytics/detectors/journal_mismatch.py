"""D3, journal mismatch: ВПР marks given the journal marks, against other schools.

P(v | j): how pupils of the other schools with the journal mark j were marked in the same test.
y = mean over the school's works of v − E[v | j], in marks. Two sides: above 0 the ВПР is marked
higher than the journal lets expect, below 0 the journal is higher than the ВПР. Journal marks
differ honestly from school to school (τ about .15), which leaves this detector little power: it
never makes a red verdict alone.

What innocent things trigger it: strict or lenient journals, marks for diligence, a ВПР on material
that the class had just revised.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import schema
from analytics.detectors.reference import NO_OTHERS, TOO_LARGE
from analytics.detectors.school_effects import effects, with_absentees, yardstick
from analytics.detectors.scopes import as_evidence, other_schools
from analytics.schema import MARKS

Array = NDArray[np.float64]

USUAL_TAU = 0.15  # marks
MIN_WORKS = 30
MIN_OTHERS = 5  # works of other schools with the same journal mark
MIN_SCHOOLS = 5  # for the median school
LARGEST_PART = 0.5
UNIT = "отметки"
FEW_WORKS = f"меньше {MIN_WORKS} работ с отметками за ВПР и в журнале"
NO_MARKS = "нет работ, где известны и отметка за ВПР, и отметка в журнале"
NO_SPREAD = "в других школах отметки за ВПР по журналу не различаются"


def journal_mismatch(
    works: pd.DataFrame, tests: pd.DataFrame, schools: pd.DataFrame
) -> pd.DataFrame:
    """Table `evidence`: estimate in marks, p_value two-sided, z with the sign of the side.

    No pupils: a school's way of giving marks is not a number of raised works.
    """
    facts = tests.loc[tests["procedure"] == "vpr", ["test_id", "year", "grade", "subject"]]
    taken = works.loc[~works["absent"].astype("boolean").fillna(value=True).astype(bool)]
    roster = taken[["test_id", "school_id"]].drop_duplicates()
    roster = roster.merge(facts, how="inner", on="test_id", validate="m:1")
    cells = _cells(taken).merge(facts, how="inner", on="test_id", validate="m:1")
    cells = cells.assign(
        scope=cells["grade"].astype("str") + "/" + cells["subject"],
        reference=other_schools(schools) + " (устойчивая оценка)",
    )
    tested = cells[cells["reason"].isna()]
    sticks = {y: yardstick(rows, USUAL_TAU) for y, rows in tested.groupby("year", observed=True)}
    rows = with_absentees(effects(cells, sticks, MIN_WORKS, FEW_WORKS), roster, NO_MARKS)
    rows = rows.assign(p_value=2 * np.minimum(rows["p_value"], 1 - rows["p_value"]))
    return schema.conform(as_evidence(rows, "journal_mismatch", UNIT, (FEW_WORKS,)), "evidence")


def _cells(works: pd.DataFrame) -> pd.DataFrame:
    """test_id, school_id, n, y, se2, reason; the median school of a test stands at 0."""
    known = works[works["mark"].isin(MARKS) & works["journal_mark"].isin(MARKS)]
    test, tests = pd.factorize(known["test_id"], sort=True)
    school, schools = pd.factorize(known["school_id"], sort=True)
    keys, cell = np.unique(test * max(len(schools), 1) + school, return_inverse=True)
    journal = known["journal_mark"].to_numpy(dtype=np.int64) - MARKS[0]
    mark = known["mark"].to_numpy(dtype=np.int64) - MARKS[0]
    size = len(MARKS)
    own = np.bincount(cell * size**2 + journal * size + mark, minlength=len(keys) * size**2)
    own = own.reshape(len(keys), size, size).astype(np.float64)
    test, school = np.divmod(keys, max(len(schools), 1))
    whole = np.zeros((len(tests), size, size))
    np.add.at(whole, test, own)
    n, y, se2, share = _compared(own, whole[test] - own)
    reason = np.select(
        [share == 1, share > LARGEST_PART, n == 0, se2 <= 0],
        [NO_OTHERS, TOO_LARGE, NO_MARKS, NO_SPREAD],
        None,
    )
    rows = pd.DataFrame(
        {
            "test_id": np.asarray(tests)[test],
            "school_id": np.asarray(schools)[school],
            "n": n.astype(np.int64),
            "y": np.where(pd.isna(reason), y, np.nan),
            "se2": se2,
            "reason": reason,
        }
    ).astype({"test_id": "str", "school_id": "str", "reason": "str"})
    groups = rows["y"].groupby(rows["test_id"])
    enough = groups.transform("count") >= MIN_SCHOOLS
    return rows.assign(y=rows["y"] - groups.transform("median").where(enough, 0.0))


def _compared(own: Array, others: Array) -> tuple[Array, Array, Array, Array]:
    """Works compared, mean of v − E[v | j], its variance, the school's part of all works.

    own, others: (cells, journal mark, ВПР mark). se² = Σ n_j V_j/n² + Σ n_j² V_j/(N_j n²), the
    second for the noise of the reference.
    """
    v = np.arange(own.shape[2])
    total = others.sum(axis=2)
    enough = total >= MIN_OTHERS
    n_j = np.where(enough, own.sum(axis=2), 0.0)
    safe = np.where(enough, total, 1.0)
    mean = others @ v / safe
    variance = np.maximum(others @ v**2 / safe - mean**2, 0.0)
    n = n_j.sum(axis=1)
    safe_n = np.where(n > 0, n, 1.0)
    excess = np.where(enough, own @ v - own.sum(axis=2) * mean, 0.0).sum(axis=1)
    se2 = (n_j * variance * (1 + n_j / safe)).sum(axis=1) / safe_n**2
    sizes = own.sum(axis=(1, 2))
    return n, excess / safe_n, se2, sizes / np.maximum(sizes + others.sum(axis=(1, 2)), 1.0)
