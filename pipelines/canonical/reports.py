"""Rows of reports and reference files under the ids of schools and tests."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics import schema
from pipelines.canonical.schools import Directory
from pipelines.canonical.stack import TEST_KEY, Read, stack, with_test_ids

GROUP_COLUMNS = (*TEST_KEY, "group", "group_name", "group_code", "sheet", "row")
_TRAILING_CODE = r"\s*\((?:reg|sch|edu|ksh|spo)\w*\)\s*$"


def grouped_report(reads: Sequence[Read], name: str, directory: Directory) -> pd.DataFrame:
    """Rows of a report by groups of participants, with `test_id` and `group_id`.

    group_id: school_id of a school, the directory's name of a municipality, the printed name of
    the region or country.
    """
    own = [c for c in schema.TABLES[name].columns if c not in ("test_id", "group_id", "origin")]
    rows = with_test_ids(stack(reads, name, [*GROUP_COLUMNS, *own, "pct", "n_group"]))
    rows = rows[rows["test_id"].notna()]
    printed = rows["group_name"].astype("str").str.replace(_TRAILING_CODE, "", regex=True)
    is_school = rows["group"] == "school"
    is_municipality = rows["group"] == "municipality"
    group_id = printed.where(~is_municipality, directory.municipalities(printed))
    group_id = group_id.where(~is_school, directory.school_ids(rows["group_code"]))
    return rows.assign(group_id=group_id, group_name=printed, origin="report")


def by_school(
    reads: Sequence[Read], name: str, directory: Directory, columns: Sequence[str] = ()
) -> pd.DataFrame:
    """Rows of table `name` with `school_id` for `login`, in the columns of the schema."""
    declared = [c for c in schema.TABLES[name].columns if c != "school_id"]
    rows = stack(reads, name, ["login", *declared, *columns])
    rows = rows.assign(school_id=directory.school_ids(rows["login"]))
    return rows[list(schema.TABLES[name].columns)]
