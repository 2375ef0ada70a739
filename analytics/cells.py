"""Works by test × school: sums of the analysis are taken over these cells and pooled upwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Cells:
    """Works by cell, one cell per test × school that has works.

    table: test_id, school_id, municipality ("" where it is not known); row i is cell i.
    towns: test_id, municipality; row j is all schools of a municipality in one test.
    code: (works,) the cell of each work; town: (cells,) the row of `towns` of each cell.
    present: (works,) who took part: not absent, with a score.
    """

    table: pd.DataFrame
    towns: pd.DataFrame
    code: NDArray[np.int64]
    town: NDArray[np.int64]
    present: NDArray[np.bool_]

    def count(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many works are chosen in each cell; chosen: (works,)."""
        return np.bincount(self.code[chosen], minlength=len(self.table))

    def total(self, values: NDArray[np.int64], chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Sum of whole numbers over the chosen works of each cell, exact below 2^53."""
        sums = np.bincount(self.code[chosen], weights=values[chosen], minlength=len(self.table))
        return sums.astype(np.int64)

    def groups(self) -> pd.DataFrame:
        """test_id, group, group_id: the schools by cell, then the municipalities by town."""
        schools = self.table[["test_id", "school_id"]].rename(columns={"school_id": "group_id"})
        towns = self.towns.rename(columns={"municipality": "group_id"})
        return pd.concat(
            [schools.assign(group="school"), towns.assign(group="municipality")],
            ignore_index=True,
        )

    def pooled(self, sums: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sums by cell, shape (cells, …), followed by those of the municipalities, as `groups`."""
        towns = np.zeros((len(self.towns), *sums.shape[1:]), dtype=sums.dtype)
        np.add.at(towns, self.town, sums)
        return np.concatenate([sums, towns])


def cells(works: pd.DataFrame, schools: pd.DataFrame) -> Cells:
    """Sorts works into cells. Raises KeyError naming schools that `schools` does not hold."""
    tests, test_ids = pd.factorize(works["test_id"], sort=True)
    owners, school_ids = pd.factorize(works["school_id"], sort=True)
    keys, code = np.unique(tests.astype(np.int64) * len(school_ids) + owners, return_inverse=True)
    test, owner = np.divmod(keys, max(len(school_ids), 1))
    place_codes, places = pd.factorize(_municipalities(school_ids, schools), sort=True)
    town_keys, town = np.unique(test * len(places) + place_codes[owner], return_inverse=True)
    town_test, town_place = np.divmod(town_keys, max(len(places), 1))
    table = {
        "test_id": test_ids[test],
        "school_id": school_ids[owner],
        "municipality": places[place_codes[owner]],
    }
    towns = {"test_id": test_ids[town_test], "municipality": places[town_place]}
    absent = works["absent"].to_numpy(dtype=bool, na_value=True)
    present = ~absent & works["score"].notna().to_numpy()
    return Cells(_texts(table), _texts(towns), code, town, present)


def _texts(columns: dict[str, pd.Index]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(list(v), dtype="str") for name, v in columns.items()})


def _municipalities(school_ids: pd.Index, schools: pd.DataFrame) -> pd.Series:
    unknown = school_ids.difference(pd.Index(schools["school_id"]))
    if len(unknown):
        raise KeyError(f"works of schools that the table of schools lacks: {list(unknown)}")
    return schools.set_index("school_id")["municipality"].reindex(school_ids).fillna("")
