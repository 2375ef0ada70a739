from fractions import Fraction

import pytest

from analytics.norms import norm
from analytics.thresholds import exact, reaches, threshold

TABLES = ("thresholds", "completion_thresholds", "official_markers", "low_results_procedures")


def test_a_limit_is_the_number_as_written():
    assert exact(0.285) == Fraction(57, 200)
    assert threshold("low_share") == Fraction(3, 10)
    assert threshold("official_interval_z") == Fraction(49, 25)
    with pytest.raises(KeyError):
        threshold("no_such_rule")


# In floats 0.57 · 100 is 56.99999999999999.
@pytest.mark.parametrize(
    ("part", "whole", "limit", "reached"),
    [
        (56, 100, "0.57", False),
        (57, 100, "0.57", True),
        (58, 100, "0.57", True),
        (2, 7, "0.285", True),
        (199, 700, "0.285", False),
        (0, 0, "0.3", False),
        (-1, 10, "-0.1", True),
    ],
)
def test_a_share_on_the_limit_reaches_it(part, whole, limit, reached):
    assert reaches([part], [whole], exact(limit)).tolist() == [reached]


@pytest.mark.parametrize("name", TABLES)
def test_every_norm_names_its_source_and_whether_it_is_verified(name):
    table = norm(name)
    assert len(table) > 0
    assert (table["source"].str.len() > 20).all()
    assert table["verified"].dtype == bool
