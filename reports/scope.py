"""Whom a page is about and which tests it covers; what its sections have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from reports.blocks import Cell
from reports.disclosure import FULL_SHARES_FROM, HIDDEN, caution
from reports.edition import WHOLE, Edition
from reports.members import Group, Record, School, Test, Town
from reports.wording import DASH, number, out_of, part, percent, plural

CHART_ROWS = 20  # rows of a chart that still fits a printed page


@dataclass(frozen=True)
class Scope:
    """A municipality (`school` is None) or a school of it, and the tests of one year."""

    edition: Edition
    town: Town
    school: School | None
    year: int
    tests: tuple[Test, ...]

    @cached_property
    def group(self) -> Group:
        """The group whose figures lead."""
        if self.school:
            return Group("school", self.school.school_id, self.school.name)
        return self.whole

    @cached_property
    def whole(self) -> Group:
        return Group("municipality", self.town.key, self.town.name)

    @property
    def school_id(self) -> str:
        return self.school.school_id if self.school else WHOLE

    def link(self, school: School) -> str:
        """The page of a school for the year of this page."""
        return self.edition.school_link(school, self.year)

    def references(self, test: Test) -> list[Group]:
        """The wider groups that the figures of a test stand beside."""
        region = self.edition.region(test.test_id)
        return [self.whole] * bool(self.school) + [region] * bool(region)

    def marks(self, test: Test) -> Record | None:
        """The group's row of `marks_summary`; None where there is none or it is hidden."""
        if self.is_hidden(test):
            return None
        return self.edition.marks(test.test_id, self.town.key, self.school_id)

    def is_hidden(self, test: Test) -> bool:
        """True where the group is too small in this test, or closes a smaller neighbour."""
        if self.school:
            return self.edition.is_hidden(test.test_id, self.school.school_id)
        row = self.edition.marks(test.test_id, self.town.key)
        return row is not None and caution(row["n"]) == HIDDEN

    def shown_schools(self, test: Test) -> list[tuple[School, Record]]:
        """Schools of the municipality with their marks, by number, the hidden ones left out."""
        found = []
        for school in self.town.schools:
            row = self.edition.marks(test.test_id, self.town.key, school.school_id)
            if row and row["n"] and not self.edition.is_hidden(test.test_id, school.school_id):
                found.append((school, row))
        return found


def share_cell(count: int | None, total: int | None, tone: str = "") -> Cell:
    """«34,1 %» over «28 из 82»; marked as informational below ten."""
    share = part(count, total)
    if share is None or count is None or total is None:
        return Cell(DASH, tone="muted")
    small = " · информ." if total < FULL_SHARES_FROM else ""
    return Cell(percent(share), f"{out_of(count, total)}{small}", tone=tone)


def hidden_cell() -> Cell:
    return Cell(HIDDEN, tone="muted")


def mean_cell(value: float | None, digits: int = 2) -> Cell:
    return Cell(number(value, digits))


def sources(edition: Edition, tests: Sequence[Test], what: str = "файлы о работах") -> str:
    """«Источник: файлы о работах — 14 файлов»; the template adds the link to the passport."""
    files = {
        row["source_id"]
        for test in tests
        for row in edition.rows("intake", test.test_id)
        if row["status"] != "rejected"
    }
    count = plural(len(files), "файл", "файла", "файлов")
    return f"Источник: {what} — {count}" if files else f"Источник: {what}"


def chunks(items: Sequence, size: int = CHART_ROWS) -> list[Sequence]:
    """The items in runs of nearly equal length, none longer than `size`."""
    runs = -(-len(items) // size)
    bounds = [round(k * len(items) / runs) for k in range(runs + 1)] if runs else []
    return [items[a:b] for a, b in pairwise(bounds)]
