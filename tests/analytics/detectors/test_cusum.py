"""The cumulative sum over years: by hand, and the chances of false and true alarms."""

import numpy as np
import pandas as pd
import pytest

from analytics import schema
from analytics.detectors.cusum import FEW_YEARS, cusum, reach_chance


def _evidence(*rows: tuple, detector: str = "boundary_lifting") -> pd.DataFrame:
    """Whole-school rows as (year, school_id, z); z None where it was not tested."""
    frame = pd.DataFrame(rows, columns=["year", "school_id", "z"])
    frame["status"] = np.where(frame["z"].notna(), "tested", "not_enough_data")
    facts = {"detector": detector, "scope": "", "n": 100, "reference": "другие школы города"}
    columns = schema.TABLES["evidence"].columns
    missing = [c for c in columns if c not in frame and c not in facts]
    return schema.conform(frame.assign(**facts, **dict.fromkeys(missing)), "evidence")


def test_sum_by_hand() -> None:
    found = cusum(
        _evidence((2020, "а", 1.5), (2021, "а", 2.0), (2022, "а", -4.0), (2023, "а", 1.0))
    )
    assert found["status"].tolist() == ["not_enough_data", "tested", "tested", "tested"]
    assert found["estimate"].tolist()[1:] == [2.5, 0.0, 0.5]
    assert found["n"].tolist() == [100, 200, 300, 400]
    assert found.loc[0, "reason"] == FEW_YEARS
    assert found.loc[2, "p_value"] == 1.0
    assert set(found["detector"]) == {"cusum"}


def test_a_year_without_z_leaves_the_sum() -> None:
    found = cusum(_evidence((2020, "а", 2.0), (2021, "а", None), (2022, "а", 2.0)))
    assert found["status"].tolist() == ["not_enough_data", "not_enough_data", "tested"]
    assert found.loc[2, "estimate"] == 3.0
    assert found["n"].tolist() == [100, 100, 200]
    # Two years seen, at the level of the alarm.
    assert found.loc[2, "p_value"] == pytest.approx(reach_chance(np.array([3.0]), 2)[0], rel=1e-3)


@pytest.mark.parametrize(
    ("years", "shift", "published", "tolerance"),
    [
        # Simulated rates of design: false alarms of N(0, 1), true ones of a lasting shift.
        (3, 0.0, 0.0073, 0.0004),
        (5, 0.0, 0.021, 0.001),
        (10, 0.0, 0.062, 0.001),
        (3, 1.5, 0.53, 0.005),
        (5, 1.5, 0.86, 0.005),
        (3, 1.0, 0.22, 0.005),
        (5, 1.0, 0.51, 0.005),
    ],
)
def test_chance_of_an_alarm(years, shift, published, tolerance) -> None:
    assert reach_chance(np.array([3.0]), years, shift)[0] == pytest.approx(published, abs=tolerance)


def test_one_year_is_the_normal_tail() -> None:
    found = reach_chance(np.array([0.5, 3.0, 30.0]), 1)
    assert found == pytest.approx([0.1586553, 2.326291e-4, 5.3e-205], rel=2e-2)


def test_p_is_not_below_its_level_without_an_excess() -> None:
    z = np.random.default_rng(5).normal(size=(400, 5))
    rows = [(2020 + t, f"{s:03d}", z[s, t]) for s in range(400) for t in range(5)]
    last = cusum(_evidence(*rows)).query("year == 2024")
    assert len(last) == 400
    assert (last["p_value"] < 0.05).mean() < 0.05
    assert (last["estimate"] >= 3).mean() < 0.05


def test_a_lasting_shift_is_found_though_no_year_is_remarkable() -> None:
    found = cusum(_evidence(*((2020 + t, "а", 1.6) for t in range(4))))
    assert found["estimate"].iloc[-1] == pytest.approx(4.4)
    assert found["p_value"].iloc[-1] < 0.002
    assert found["z"].iloc[-1] > 3


def test_only_whole_schools_of_the_one_detector_count() -> None:
    own = _evidence((2020, "а", 2.0), (2021, "а", 2.0))
    other = _evidence((2020, "а", 9.0), (2021, "а", 9.0), detector="low_variance")
    scoped = own.assign(scope="4/Математика", z=9.0)
    mixed = pd.concat([scoped, other, own], ignore_index=True)
    pd.testing.assert_frame_equal(cusum(mixed), cusum(own))
    assert cusum(mixed, "low_variance")["estimate"].iloc[-1] == 17.0


def test_order_of_rows_does_not_matter() -> None:
    own = _evidence(*((2020 + t, s, 1.0 + t) for t in range(3) for s in "абв"))
    pd.testing.assert_frame_equal(cusum(own), cusum(own.sample(frac=1, random_state=1)))


def test_no_evidence_is_no_rows() -> None:
    assert cusum(schema.empty("evidence")).empty


def test_mde_is_the_sum_of_a_shift_found_in_four_of_five() -> None:
    found = cusum(_evidence((2020, "а", 0.0), (2021, "а", 0.0), (2022, "а", 0.0)))
    # Three years: a shift of 1.96 a year raises the alarm with .80; 3 · (1.96 − .5).
    assert found["mde"].iloc[-1] == pytest.approx(4.38, abs=0.02)
