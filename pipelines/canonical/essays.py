"""Rows of the final essay under the ids of their schools."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipelines.canonical.reports import by_school
from pipelines.canonical.schools import Directory
from pipelines.canonical.stack import Read


def place_essays(reads: Sequence[Read], directory: Directory) -> pd.DataFrame:
    """Table `essays` with `known_school` for the rules: whether the registry lists the school."""
    rows = by_school(reads, "essays", directory)
    listed = directory.schools.loc[directory.schools["in_registry"].astype(bool), "school_id"]
    return rows.assign(known_school=rows["school_id"].isin(listed))
