"""Cards of the detectors and their measured size and power, read from analytics/norms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

from analytics import norms, schema
from reports.sign_words import name_of

PAGE = "detectors.html"
# Columns of analytics/norms/detectors.csv; a list stands in one cell with «|» between its items.
TEXTS = ("tests", "null", "assumptions", "min_n", "counterpart")
LISTS = ("innocent", "checks")


@dataclass(frozen=True)
class Card:
    """What a detector tests and what else may look like it; empty texts where no card is given."""

    detector: str
    name: str
    tests: str = ""
    null: str = ""
    assumptions: str = ""
    min_n: str = ""
    counterpart: str = ""
    innocent: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()

    @property
    def href(self) -> str:
        return f"{PAGE}#{self.detector}"


def card(detector: str) -> Card:
    """The card of a detector; one with its name only while the table of cards has no row of it."""
    return _cards().get(detector, Card(detector, name_of(detector)))


@cache
def _cards() -> dict[str, Card]:
    frame = _optional("detectors")
    rows = [] if frame is None else frame.astype("str").to_dict("records")
    return {
        r["detector"]: Card(
            r["detector"],
            name_of(r["detector"]),
            **{field: r.get(field, "") for field in TEXTS},
            **{field: _items(r.get(field, "")) for field in LISTS},
        )
        for r in rows
        if r["detector"] in schema.DETECTORS
    }


def calibration() -> pd.DataFrame | None:
    """Measured size and power by detector; None until they were measured."""
    return _optional("calibration")


def _optional(name: str) -> pd.DataFrame | None:
    if not files("analytics.norms").joinpath(f"{name}.csv").is_file():
        return None
    return norms.norm(name)


def _items(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
