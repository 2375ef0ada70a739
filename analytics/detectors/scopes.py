"""From cells (test × school) to rows of evidence: a whole school, and each grade and subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import schema

ROW = ["year", "school_id", "scope"]
NO_PARTICIPANTS = "нет участников"
NO_POINTS = "нет работ с баллами за все задания"


def stacked(parts: Iterable[Mapping[str, NDArray]], dtypes: Mapping[str, str]) -> pd.DataFrame:
    """One frame of the columns that were found test by test, with columns also where none was."""
    found = list(parts)
    columns = {name: [part[name] for part in found] for name in dtypes}
    return pd.DataFrame(
        {
            name: pd.Series(np.concatenate(columns[name]) if found else [], dtype=dtype)
            for name, dtype in dtypes.items()
        }
    )


def took_part(works: pd.DataFrame) -> NDArray[np.bool_]:
    """(works,) pupils who are not absent."""
    return ~works["absent"].to_numpy(dtype=bool, na_value=True)


def by_test(
    works: pd.DataFrame, taken: NDArray[np.bool_]
) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Each test_id of `works`, in order, and the places of its taken works."""
    test, names = pd.factorize(works["test_id"], sort=True)
    rows = np.flatnonzero(taken)
    rows = rows[np.argsort(test[rows], kind="stable")]
    ends = np.searchsorted(test[rows], np.arange(len(names) + 1))
    return zip(names, (rows[slice(*ends[k : k + 2])] for k in range(len(names))), strict=True)


def cells_of(classes: pd.DataFrame, sums: list[str]) -> pd.DataFrame:
    """`sums` of the classes without a reason per test × school, `reason` where it has none."""
    keys = ["test_id", "school_id"]
    counted = classes["reason"].isna()
    kept = classes[keys].assign(**classes[sums].where(counted, 0))
    cells = kept.groupby(keys, as_index=False, observed=True).sum()
    reasons = classes[[*keys, "reason"]].sort_values([*keys, "reason"], na_position="first")
    reasons = reasons.drop_duplicates(keys)
    return cells.merge(reasons, how="left", on=keys, validate="1:1")


def cell_grid(works: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Every test × school that has works, with what a detector found there.

    found: test_id, school_id, n, reason (null where the cell can be tested) and sums of the
    detector; a cell that `found` lacks has nothing to look at. Adds `present`, works of those who
    took part.
    """
    test, tests = pd.factorize(works["test_id"], sort=True)
    school, schools = pd.factorize(works["school_id"], sort=True)
    cell, cells = test * len(schools) + school, len(tests) * len(schools)
    seen = np.flatnonzero(np.bincount(cell, minlength=cells))
    present = np.bincount(cell[took_part(works)], minlength=cells)[seen]
    test, school = np.divmod(seen, max(len(schools), 1))
    grid = pd.DataFrame(
        {"test_id": tests[test], "school_id": schools[school], "present": present}
    ).merge(found, how="left", on=["test_id", "school_id"], validate="1:1")
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
    groups = both.groupby(ROW, as_index=False, observed=True)
    rows = groups[["n", *sums]].sum()
    row = groups.ngroup().to_numpy()  # −1 where the test has no grade or subject
    order = np.lexsort((-both["present"].to_numpy(), ~tested.to_numpy(), row))
    first = order[np.searchsorted(row[order], np.arange(len(rows)))]
    return rows.assign(reason=both["reason"].iloc[first].array)


def as_evidence(
    rows: pd.DataFrame, detector: str, unit: str, not_enough: tuple[str, ...]
) -> pd.DataFrame:
    """Table `evidence`: numbers are kept where the row was tested, null elsewhere.

    rows: year, school_id, scope, n, reason and any columns of evidence. A reason that starts with
    one of `not_enough` is a lack of data, any other says that the detector does not apply.
    """
    full = rows.reindex(columns=list(schema.TABLES["evidence"].columns))
    full["detector"] = detector
    tested = full["reason"].isna()
    figures = ["estimate", "ci_low", "ci_high", "z", "p_value", "mde", "reference"]
    figures += ["pupils", "pupils_low", "pupils_high"]
    full[figures] = full[figures].where(tested)
    full["unit"] = pd.Series(unit, index=full.index, dtype="str").where(tested)
    lacking = full["reason"].fillna("").str.startswith((NO_PARTICIPANTS, NO_POINTS, *not_enough))
    status = np.where(lacking, "not_enough_data", "not_applicable")
    full["status"] = np.where(tested, "tested", status)
    return schema.conform(full, "evidence")


def other_schools(schools: pd.DataFrame) -> str:
    """What the schools are compared with, in words."""
    several = len(schools["municipality"].dropna().unique()) > 1
    return "другие школы области" if several else "другие школы города"
