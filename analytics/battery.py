"""The whole battery on the tables of one run: every detector, then one verdict per school.

`details` adds what a reader of a flag asks next: where in the school, with which reach, how much of
it the whole town and region have, and the index that other countries publish.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics import schema
from analytics.detectors.boundary_groups import boundary_groups
from analytics.detectors.boundary_lifting import boundary_lifting, sensitivity
from analytics.detectors.cohort_drop import cohort_drop
from analytics.detectors.cusum import cusum
from analytics.detectors.expected import expected_counts
from analytics.detectors.heaping import heaping
from analytics.detectors.identical_rows import identical_rows
from analytics.detectors.implausible_mean import implausible_mean
from analytics.detectors.invalsi import invalsi_index
from analytics.detectors.item_patterns import item_patterns
from analytics.detectors.journal_mismatch import journal_mismatch
from analytics.detectors.later_exam import later_exam
from analytics.detectors.low_variance import low_variance
from analytics.detectors.system_excess import system_excess
from analytics.norms import norm
from analytics.scales import contradicted_scales
from analytics.verdicts import findings

OF_SCORES = (implausible_mean, later_exam, cohort_drop)
OF_WORKS = (journal_mismatch, low_variance, heaping)
OF_TASKS = (item_patterns, identical_rows)


def battery(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Table `findings` of a run; tables: score_counts, works, tests, tasks, schools."""
    tests, schools, works = tables["tests"], tables["schools"], tables["works"]
    counts, other_scale = tables["score_counts"], contradicted_scales(works, tests)
    evidence = [boundary_lifting(counts, tests, schools, contradicted=other_scale)]
    evidence += [detect(counts, tests, schools) for detect in OF_SCORES]
    evidence += [detect(works, tests, schools) for detect in OF_WORKS]
    evidence += [detect(works, tests, tables["tasks"], schools) for detect in OF_TASKS]
    evidence.append(cusum(evidence[0]))
    return {"findings": findings(evidence, norm("detectors"))}


def details(tables: Mapping[str, pd.DataFrame], found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Tables beside the findings: of flagged schools, of all schools, of the whole system."""
    counts, tests, schools = (tables[name] for name in ("score_counts", "tests", "schools"))
    verdicts = found[found["detector"] == schema.VERDICT]
    flags = verdicts[["year", "school_id"]].assign(flagged=verdicts["status"].isin(schema.FLAGS))
    flags = flags[verdicts["p_value"].notna()]
    beside = {
        "expected_counts": expected_counts(counts, tests, schools, found),
        "boundary_windows": boundary_groups(counts, tests, schools, flags),
        "lifting_reach": sensitivity(counts, tests, schools),
        "system_excess": system_excess(counts, tests),
        "invalsi_index": invalsi_index(tables["works"], tables["tasks"]),
    }
    return {name: schema.conform(table, name) for name, table in beside.items()}
