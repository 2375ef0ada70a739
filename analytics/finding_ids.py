"""The name by which a finding is cited in documents, answers of schools and decisions."""

from __future__ import annotations

import pandas as pd

from analytics import schema

CODES = {
    **{name: f"D{number}" for number, name in enumerate(schema.DETECTORS, start=1)},
    schema.VERDICT: "V",
}


def finding_id(found: pd.DataFrame) -> pd.Series:
    """«2021-911007-D1-4/Математика»: year, school, detector's number, scope; V is the verdict.

    found: year, school_id, detector, scope, the key of table `findings`; one id per row.
    """
    whole = (
        found["year"].astype("str")
        + "-"
        + found["school_id"].astype("str")
        + "-"
        + found["detector"].map(CODES).astype("str")
    )
    return whole.mask(found["scope"] != "", whole + "-" + found["scope"].astype("str"))
