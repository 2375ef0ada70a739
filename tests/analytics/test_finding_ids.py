"""The name of a finding: readable, one per key."""

import pandas as pd

from analytics import schema
from analytics.finding_ids import CODES, finding_id


def test_a_finding_is_named_by_year_school_detector_and_scope() -> None:
    found = pd.DataFrame(
        {
            "year": pd.array([2021, 2021, 2022], dtype="Int64"),
            "school_id": ["911007"] * 3,
            "detector": ["boundary_lifting", "boundary_lifting", schema.VERDICT],
            "scope": ["", "4/Математика", ""],
        }
    )
    assert finding_id(found).tolist() == [
        "2021-911007-D1",
        "2021-911007-D1-4/Математика",
        "2022-911007-V",
    ]


def test_every_detector_has_a_code_of_its_own() -> None:
    assert set(CODES) == {*schema.DETECTORS, schema.VERDICT}
    assert len(set(CODES.values())) == len(CODES)
    assert CODES["cusum"] == "D10"
