"""When the final essay is passed: the rule over its requirements and criteria."""

from __future__ import annotations

import pandas as pd

from analytics.norms import norm


def criteria(rule: str | None = None) -> list[str]:
    """Columns r1…k5 in their order; with `rule` those that are "required" or "one_of"."""
    table = norm("essay_criteria")
    return list(table.loc[table["rule"].eq(rule) | (rule is None), "criterion"])


def passed_by_rule(marks: pd.DataFrame) -> pd.Series:
    """Whether the criteria make a work passed; null where what is known does not decide it.

    marks: r1, r2, k1…k5 as boolean, null where not given. Passed: every required one and at least
    one of the others. Source: norms/essay_criteria.csv.
    """
    required = marks[criteria("required")].astype("boolean")
    others = marks[criteria("one_of")].astype("boolean")
    passed = pd.Series(True, index=marks.index, dtype="boolean")
    for column in required:
        passed &= required[column]
    any_of = pd.Series(False, index=marks.index, dtype="boolean")
    for column in others:
        any_of |= others[column]
    return passed & any_of
