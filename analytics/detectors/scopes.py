"""From cells (test × school) to rows of evidence: a whole school, and each grade and subject."""

from __future__ import annotations

import pandas as pd

from analytics import schema

ROW = ["year", "school_id", "scope"]
NO_PARTICIPANTS = "нет участников"
NO_POINTS = "нет работ с баллами за все задания"


def cell_grid(works: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Every test × school that has works, with what a detector found there.

    found: test_id, school_id, n, reason (null where the cell can be tested) and sums of the
    detector; a cell that `found` lacks has nothing to look at. Adds `present`, works of those who
    took part.
    """
    present = ~works["absent"].astype("boolean").fillna(value=True)
    grid = (
        works[["test_id", "school_id"]]
        .assign(present=present.astype("int64"))
        .groupby(["test_id", "school_id"], as_index=False, observed=True)
        .agg(present=("present", "sum"))
        .merge(found, how="left", on=["test_id", "school_id"], validate="1:1")
    )
    unseen = grid["n"].isna()
    nothing = grid["present"].map(lambda n: NO_POINTS if n else NO_PARTICIPANTS)
    grid["reason"] = grid["reason"].astype("str").where(~unseen, nothing)
    sums = grid.columns.difference(["test_id", "school_id", "reason"])
    return grid.assign(**grid[sums].fillna(0))


def pooled(cells: pd.DataFrame, tests: pd.DataFrame, sums: list[str]) -> pd.DataFrame:
    """`sums` of the tested cells per year × school × scope, scope "" being the whole school.

    cells: as `cell_grid` returns them. Adds n, the works used, and `reason`: null where a cell was
    tested, else why not, taken from the cell with most works.
    """
    facts = tests[["test_id", "year", "grade", "subject"]]
    named = cells.merge(facts, how="inner", on="test_id", validate="m:1")
    named["scope"] = named["grade"].astype("str") + "/" + named["subject"]
    both = pd.concat([named, named.assign(scope="")], ignore_index=True)
    tested = both["reason"].isna()
    both[["n", *sums]] = both[["n", *sums]].where(tested, 0)
    rows = both.groupby(ROW, as_index=False, observed=True)[["n", *sums]].sum()
    reasons = (
        both.assign(untested=~tested)
        .sort_values([*ROW, "untested", "present", "test_id"], ascending=[True] * 4 + [False, True])
        .drop_duplicates(ROW)[[*ROW, "reason"]]
    )
    return rows.merge(reasons, how="left", on=ROW, validate="1:1")


def as_evidence(
    rows: pd.DataFrame, detector: str, unit: str, not_enough: tuple[str, ...]
) -> pd.DataFrame:
    """Table `evidence`: numbers are kept where the row was tested, null elsewhere.

    rows: year, school_id, scope, n, reason and any columns of evidence. A reason that starts with
    one of `not_enough` is a lack of data, any other says that the detector does not apply.
    """
    columns = [c for c in schema.TABLES["evidence"].columns if c not in rows]
    full = rows.assign(**dict.fromkeys(columns)).assign(detector=detector)
    tested = full["reason"].isna()
    figures = ["estimate", "ci_low", "ci_high", "z", "p_value", "mde", "reference"]
    figures += ["pupils", "pupils_low", "pupils_high"]
    full[figures] = full[figures].where(tested)
    full["unit"] = pd.Series(unit, index=full.index, dtype="str").where(tested)
    lacking = full["reason"].fillna("").str.startswith((NO_PARTICIPANTS, NO_POINTS, *not_enough))
    full["status"] = "tested"
    full.loc[~tested, "status"] = "not_applicable"
    full.loc[~tested & lacking, "status"] = "not_enough_data"
    return schema.conform(full[list(schema.TABLES["evidence"].columns)], "evidence")


def other_schools(schools: pd.DataFrame) -> str:
    """What the schools are compared with, in words."""
    several = len(schools["municipality"].dropna().unique()) > 1
    return "другие школы области" if several else "другие школы города"
