"""Rows of the olympiad under the ids of their schools, and the rows whose school is not known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics import schema
from pipelines.canonical.school_names import schools_by_name
from pipelines.canonical.schools import Directory
from pipelines.canonical.stack import Read, stack

BY_NAME = ("olympiad", "rechecks")
KEPT = (*BY_NAME, "pass_scores")


def place_olympiad(
    reads: Sequence[Read], directory: Directory, addresses: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Tables KEPT and one fault per row without a school (source_id, sheet, row, code, …).

    Of repeated rows the one with a score comes first: it is the one that stays.
    addresses: Excel letters (source_id, sheet, column, letters).
    """
    passes = stack(reads, "pass_scores", [*schema.TABLES["pass_scores"].columns])
    rows = {"pass_scores": passes[list(schema.TABLES["pass_scores"].columns)]}
    faults = []
    for name in BY_NAME:
        columns = list(schema.TABLES[name].columns)
        stacked = stack(reads, name, [*(c for c in columns if c != "school_id"), "school"])
        told = stacked.dropna(subset=["year", "stage", "subject"])  # the others told of as files
        placed = told.assign(school_id=schools_by_name(told["school"].astype("str"), directory))
        lost = placed["school_id"].isna()
        homeless = _without_registry(told) if directory.schools.empty else None
        faults.append(_unknown(placed[lost], addresses) if homeless is None else homeless)
        kept = placed.loc[~lost].sort_values("score", key=pd.isna, kind="stable")
        rows[name] = kept[columns].reset_index(drop=True)
    return rows, pd.concat(faults, ignore_index=True)


def _without_registry(rows: pd.DataFrame) -> pd.DataFrame:
    """One fault per file where no school is known at all, rather than one per row."""
    return rows[["source_id"]].drop_duplicates().assign(code="olympiad_without_registry")


def _unknown(rows: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    letters = addresses[addresses["column"] == "school_id"].drop(columns="column")
    found = rows[["source_id", "sheet", "row", "school"]].merge(
        letters, how="left", on=["source_id", "sheet"], validate="m:1"
    )
    cell = found["letters"].astype("str") + found["row"].astype("Int64").astype("str")
    return found[["source_id", "sheet", "row"]].assign(
        code="olympiad_school_unknown",
        cell=np.where(found["letters"].notna(), cell, None),
        column="ОО",
        value=found["school"].astype("str"),
    )
