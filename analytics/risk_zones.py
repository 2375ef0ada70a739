"""The zone of risk of a school: red, yellow or green by its markers, or not checked at all."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics import schema
from analytics.schema import RISK_LEVELS
from analytics.thresholds import threshold

INFORMATIVE = ("Z9",)  # told, but a zone does not rest on it: it makes no school green
_SCHOOL = ["year", "school_id"]


def risk_zones(markers: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Table `risk_zones`; markers: table `risk_markers`, results: table `exam_results`.

    A marker counts once, at the worst level it has in any subject of the school. stage: «results»
    once the year has results of the ЕГЭ, «may» while it has only the lists drawn up before.
    """
    held = set(results.loc[results["procedure"] == "ege", "year"])
    worst = marker_levels(markers)
    counts = worst[_SCHOOL].assign(
        **{level: worst["level"] == level for level in ("red", "yellow", "info", "not_checked")},
        checked=worst["level"] != "not_checked",
        decided=(worst["level"] != "not_checked") & ~worst["marker"].isin(INFORMATIVE),
    )
    rows = counts.groupby(_SCHOOL, as_index=False, observed=True).sum()
    rows = rows.assign(
        zone=zones(rows["red"], rows["yellow"], rows["decided"]),
        stage=np.where(rows["year"].isin(held), "results", "may"),
    )
    return schema.conform(rows.drop(columns="decided"), "risk_zones")


def marker_levels(markers: pd.DataFrame) -> pd.DataFrame:
    """The worst level of each year × school × marker over its subjects."""
    order = {level: place for place, level in enumerate(RISK_LEVELS)}
    ordered = markers.assign(order=markers["level"].map(order)).sort_values(
        [*_SCHOOL, "marker", "order", "subject"], kind="stable"
    )
    first = ordered.drop_duplicates([*_SCHOOL, "marker"])
    return first[[*_SCHOOL, "marker", "level"]].reset_index(drop=True)


def zones(red: pd.Series, yellow: pd.Series, decided: pd.Series) -> np.ndarray:
    """red: any red marker or three yellow; yellow: one or two; green: none of those checked.

    Counts of markers by school; decided: checked markers that a zone may rest on.
    """
    many = yellow >= int(threshold("risk_yellow_for_red"))
    return np.select(
        [(red > 0) | many, yellow > 0, decided > 0], ["red", "yellow", "green"], "not_checked"
    )


def zone_of(levels: Iterable[str]) -> str:
    """The zone that these levels of markers make, the informative ones left out."""
    found = pd.Series(list(levels), dtype="str")
    counts = [pd.Series([int((found == level).sum())]) for level in ("red", "yellow")]
    return str(zones(*counts, pd.Series([int((found != "not_checked").sum())]))[0])
