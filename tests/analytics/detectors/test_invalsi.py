"""The Italian index: figures by hand, the planted classes, and no random start."""

import numpy as np
import pandas as pd
import pytest

from analytics.detectors.invalsi import (
    FEW_CLASSES,
    FEW_WORKS,
    class_figures,
    invalsi_index,
    outlier_membership,
)


def test_figures_by_hand() -> None:
    points = np.array([[1, 1, 0, 0], [2, 0, 2, 2]], dtype=np.int8)
    n, figures = class_figures(
        points, np.array([1, 2]), np.array([0, 1, 1, 0]), np.zeros(4, int), 1
    )
    # Shares of 3 points: 1, 1/3, 2/3, 2/3; Gini of the tasks 1 − 1/2 and 1 − (1/16 + 9/16).
    assert n.tolist() == [4]
    assert figures[0] == pytest.approx([2 / 3, np.sqrt(1 / 18), (0.5 + 0.375) / 2, 2 / 8])


def _classes(rng, classes=200, given=20) -> tuple[np.ndarray, np.ndarray]:
    """Classes of 12–27 pupils, 30 tasks; in the first `given` four pupils of five have the key."""
    group = np.repeat(np.arange(classes), rng.integers(12, 28, classes))
    ability = rng.normal(size=len(group)) + rng.normal(0, 0.5, classes)[group]
    points = rng.random((30, len(group))) < 1 / (1 + np.exp(rng.normal(size=(30, 1)) - ability))
    told = (group < given) & (rng.random(len(group)) < 0.8)
    points[:, told] |= rng.random((30, told.sum())) < 0.95
    skipped = (~points & (rng.random(points.shape) < 0.15)).sum(axis=0)
    found = class_figures(points.astype(np.int8), np.ones(30, int), skipped, group, classes)
    return found[1], np.arange(classes) < given


def test_classes_with_the_key_stand_out() -> None:
    # Design: area under the curve .998 on 400 classes.
    figures, given = _classes(np.random.default_rng(1))
    index = outlier_membership(figures)
    assert (index[given][:, None] > index[~given]).mean() > 0.98
    assert (index[~given] > 0.5).mean() < 0.03


def test_the_start_is_not_random_and_the_order_does_not_matter() -> None:
    figures, _ = _classes(np.random.default_rng(2))
    index = outlier_membership(figures)
    assert np.array_equal(index, outlier_membership(figures))
    assert outlier_membership(figures[::-1])[::-1] == pytest.approx(index, abs=1e-6)


def test_equal_classes_have_an_index_without_a_crash() -> None:
    assert np.isfinite(outlier_membership(np.ones((25, 4)))).all()


def test_index_of_schools_and_its_reasons(answered_town) -> None:
    town = answered_town(np.random.default_rng(3), schools=12, tests=2)
    found = invalsi_index(town.works, town.tasks)
    assert list(found.columns) == [
        "test_id",
        "school_id",
        "classes",
        "n",
        "invalsi_index",
        "reason",
    ]
    assert len(found) == 24
    assert found["invalsi_index"].between(0, 1).all()
    assert (found["classes"] == 2).all()
    few = answered_town(np.random.default_rng(3), schools=9, tests=1)
    assert set(invalsi_index(few.works, few.tasks)["reason"]) == {FEW_CLASSES}
    first = town.works["school_id"] == "s00"
    one = town.works[~first | (first.cumsum() <= 9)]
    row = invalsi_index(one, town.tasks).set_index("school_id").loc["s00"]
    assert (row["reason"], row["n"]) == (FEW_WORKS, 0)
    assert pd.isna(row["invalsi_index"])
    assert invalsi_index(town.works.iloc[:0], town.tasks).empty
