"""Numbers of the olympiad's indicators as cells: n beside every share, small groups closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from analytics import schema
from analytics.norms import norm
from reports.blocks import Cell
from reports.disclosure import FULL_SHARES_FROM, SHOWN_FROM, hidden_groups
from reports.members import Record, School
from reports.scope import Scope, hidden_cell
from reports.wording import DASH, NBSP, change, interval, number, out_of, percent, signed

WHOLE = schema.WHOLE_MUNICIPALITY
COUNTED = ("O1", "O3", "O4", "O5", "O7", "O9", "O10", "O12", "E1")  # numerator of denominator
DIFFERENCES = ("O6", "SIR")  # of two shares of the maximum
USED = tuple(norm("olympiad_indicators").query("marker == 'yes'")["indicator"])


@dataclass(frozen=True)
class Indicators:
    """Indicators of all subjects together of one municipality and year, by school and indicator."""

    records: Mapping[tuple[str, str], Record]

    @classmethod
    def of(cls, scope: Scope, year: int | None = None) -> Indicators:
        """Those of the year of the page, or of another one."""
        rows = scope.edition.rows("olympiad_indicators", scope.town.key, year or scope.year)
        return cls({(r["school_id"], r["indicator"]): r for r in rows if not r["subject"]})

    def get(self, school_id: str, indicator: str) -> Record | None:
        return self.records.get((school_id, indicator))

    @cached_property
    def closed(self) -> frozenset[tuple[str, str]]:
        """(school, indicator) with too few cases to be shown, and those that would tell them."""
        found: set[tuple[str, str]] = set()
        for indicator in {i for _, i in self.records}:
            counts = {
                school: int(r["denominator"])
                for (school, i), r in self.records.items()
                if i == indicator and school != WHOLE and r["denominator"]
            }
            found |= {(school, indicator) for school in hidden_groups(counts)}
        return frozenset(found)

    def shown(self, school_id: str, indicator: str) -> Record | None:
        """The record, None where there is no value or it is closed."""
        record = self.get(school_id, indicator)
        if record is None or (school_id, indicator) in self.closed or record["value"] is None:
            return None
        whole_is_small = school_id == WHOLE and 0 < (record["denominator"] or 0) < SHOWN_FROM
        return None if whole_is_small else record

    def marker(self, school: School) -> Record | None:
        return self.get(school.school_id, "MARKER")

    def cell(self, school_id: str, indicator: str) -> Cell:
        """The value with its n; closed, not computed or marked as small where it is so."""
        record = self.get(school_id, indicator)
        if (school_id, indicator) in self.closed:
            return hidden_cell()
        if record is None or record["value"] is None:
            return Cell(DASH, tone="muted")
        if self.shown(school_id, indicator) is None:
            return hidden_cell()
        return Cell(value(record), beside(record), tone="doubt" if record["flagged"] else "")


def value(record: Record) -> str:
    """«34,1 %», «+12,3 п.п.», «0,35»."""
    found = record["value"]
    if found is None:
        return DASH
    if record["indicator"] in COUNTED:
        return percent(found)
    return change(found) if record["indicator"] in DIFFERENCES else number(found, 2)


def beside(record: Record) -> str:
    """«28 из 82», «n = 60», with «информ.» under ten."""
    n = int(record["denominator"])
    counted = record["indicator"] in COUNTED
    words = out_of(int(record["numerator"]), n) if counted else f"n{NBSP}={NBSP}{number(n)}"
    return words + (" · информ." if n < FULL_SHARES_FROM else "")


def limits(record: Record) -> str:
    """The 95 % interval in the units of the indicator."""
    low, high = record["ci_low"], record["ci_high"]
    if low is None or high is None:
        return DASH
    if record["indicator"] in COUNTED:
        return interval(low, high)
    if record["indicator"] in DIFFERENCES:
        return f"{signed(100 * low)}…{signed(100 * high)}{NBSP}п.п."
    return f"{number(low, 2)}…{number(high, 2)}"


def town_value(record: Record) -> str:
    """What stands beside the school: the municipality or, for O6, its other schools."""
    return value(record | {"value": record["town_value"]})


def name(indicator: str) -> str:
    """«подтверждение результата»."""
    return _row(indicator)["name"]


def denominator(indicator: str) -> str:
    """What is counted: «победителей и призёров школьного этапа на муниципальном»."""
    return _row(indicator)["denominator"]


def proposed_rule(indicator: str) -> str:
    """The simple rule in words, empty where there is none."""
    return _row(indicator)["proposed_rule"]


def judged(record: Record, answer: str) -> str:
    """«да», «нет», «не проверено» to `proposed` or `flagged`; a dash where no rule exists."""
    rule = _row(record["indicator"])["proposed_rule" if answer == "proposed" else "side"]
    if not rule:
        return DASH
    flag = record[answer]
    return "не проверено" if flag is None else "да" if flag else "нет"


def _row(indicator: str) -> dict[str, str]:
    return norm("olympiad_indicators").set_index("indicator").loc[indicator].to_dict()
