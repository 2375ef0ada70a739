"""Fixtures of the pages: the small town, empty tables, and what a run says about itself."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics import schema
from reports.passport import RunFacts
from tests.reports.small_town import small_town


@pytest.fixture
def town_tables() -> dict[str, pd.DataFrame]:
    return small_town()


@pytest.fixture
def facts() -> RunFacts:
    return RunFacts(date(2022, 7, 22), "0.1.0", "abc123def4567890", {"pandas": "3.1.0"})


@pytest.fixture
def empty_tables() -> dict[str, pd.DataFrame]:
    return {name: schema.empty(name) for name in schema.TABLES}
