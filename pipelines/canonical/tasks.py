"""The tasks of the tests: from the headers of the files, and from the task tables that fit them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics import schema
from pipelines.canonical.tests import HeaderOfFile, id_of

# A task table of another year or variant gives itself away by works that exceed its maxima; a
# slip of the pen does so in single works (in real files in 0–2 % of them, else in over 20 %).
CONTRADICTED_SHARE = 0.05
_PROCEDURES = {"vpr": "ВПР", "oge": "ОГЭ", "ege": "ЕГЭ", "gve": "ГВЭ", "diagnostic": "ДР"}
EXAMS = ("oge", "ege", "gve")
_DESCRIPTION = ["skill", "block", "kes", "kt"]


def build_tasks(
    tests: pd.DataFrame, headers: Sequence[HeaderOfFile], task_tables: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table `tasks` with `table_source` (the file of a maximum), and the faults of task tables.

    A task table knows neither year nor procedure: it serves every test of its grade and subject
    that has as many tasks. Its maxima are used only if they add up to the test's maximum.
    task_tables: the columns of `tasks` with grade and subject instead of test_id, and source_id.
    The faults: source_id, code, value, expected.
    """
    own = pd.DataFrame(
        [
            (id_of(h.header), position, task.task, task.max_points, task.level)
            for h in headers
            if h.pupil_rows and id_of(h.header)
            for position, task in enumerate(h.header.tasks, start=1)
        ],
        columns=["test_id", "position", "task", "max_points", "level"],
    ).drop_duplicates(["test_id", "position"])
    own["max_points"] = own["max_points"].astype("Int64")
    fitting, faults = _fitting(task_tables, tests)
    table, reordered = _in_order(fitting, own, tests)
    merged = own.merge(
        table, how="left", on=["test_id", "position"], validate="1:1", suffixes=("", "_table")
    )
    # A name in the header of a file with its maximum is the test's own; bare numbers are positions.
    numbered = merged["max_points"].isna()
    usable = numbered | (merged["task"] == merged["task_table"])
    tabled = numbered & merged["task_table"].notna()
    merged = merged.assign(
        task=merged["task"].mask(tabled, merged["task_table"]),
        table_source=merged["source_id"].where(tabled & merged["max_points_table"].notna()),
        **{
            c: merged[c].fillna(merged[f"{c}_table"].where(usable)) for c in ("max_points", "level")
        },
        **{c: merged[c].where(usable) for c in _DESCRIPTION},
    )
    faults = pd.concat([faults, reordered], ignore_index=True)
    return merged[[*schema.TABLES["tasks"].columns, "table_source"]], faults


def without_contradicted(
    tasks: pd.DataFrame, works: pd.DataFrame, tests: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Table `tasks` without the maxima that the works contradict, and the faults of their tables.

    A whole table loses its maxima for a test as soon as one task of it is exceeded in more than
    CONTRADICTED_SHARE of the works.
    """
    excess = _excess(tasks[tasks["table_source"].notna()], works)
    wrong = excess[excess["over"] > CONTRADICTED_SHARE * excess["n"]]
    doubtful = tasks["test_id"].isin(wrong["test_id"]) & tasks["table_source"].notna()
    settled = tasks.assign(max_points=tasks["max_points"].mask(doubtful))
    faults = pd.DataFrame(
        {
            "source_id": wrong["table_source"].astype("str"),
            "code": "task_table_contradicted",
            "value": wrong["task"].astype("str"),
            "expected": [
                f"{int(r.max_points)}, а больше — у {int(r.over)} из {int(r.n)}: {r.title}"
                for r in wrong.merge(_titles(tests), how="left", on="test_id").itertuples()
            ],
        }
    )
    return schema.conform(settled.drop(columns="table_source"), "tasks"), faults


def with_seen_maxima(tasks: pd.DataFrame, works: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Table `tasks` of exams with the most points that anybody has where no maximum is known.

    The masks of exams print no maxima of short answers. Where the maximum of the whole exam is
    known, what was seen is taken only if the sum then comes to it; a task that nobody solved has
    no maximum. Key: test_id, position.
    """
    procedure = tests.set_index("test_id")["procedure"]
    open_ = tasks["max_points"].isna() & tasks["test_id"].map(procedure).isin(EXAMS)
    if not open_.any():
        return tasks
    wanted = tasks[open_]
    points = [c for c in works if _is_points(c)]
    most = works.groupby("test_id", observed=True)[points].max()
    rows = most.index.get_indexer(wanted["test_id"])
    columns = pd.Index(points).get_indexer("p" + wanted["position"].astype("str"))
    seen = pd.Series(0, index=wanted.index, dtype="Int64")
    met = (rows >= 0) & (columns >= 0)
    seen[met] = most.to_numpy(dtype=np.int64, na_value=0)[rows[met], columns[met]]
    filled = tasks.assign(max_points=tasks["max_points"].fillna(seen.mask(seen == 0)))
    totals = filled.groupby("test_id", observed=True)["max_points"].agg(
        lambda points: points.sum() if points.notna().all() else pd.NA
    )
    printed = tests.set_index("test_id")["max_score"]
    against = printed.notna() & (totals.reindex(printed.index).astype("Int64") != printed)
    contradicted = set(printed.index[against.fillna(True).astype(bool)])
    doubtful = open_ & tasks["test_id"].isin(contradicted)
    return filled.assign(max_points=filled["max_points"].mask(doubtful))


def above_maximum(works: pd.DataFrame, tasks: pd.DataFrame) -> np.ndarray:
    """(works, K) bool: which points of which works are above the maximum of their task."""
    count = sum(_is_points(c) for c in works)
    codes, test_ids = pd.factorize(works["test_id"])
    maxima = np.full((len(test_ids), count), np.iinfo(np.int8).max, dtype=np.int8)
    known = tasks[tasks["max_points"].notna() & tasks["test_id"].isin(test_ids)]
    known = known[known["position"] <= count]
    rows = pd.Index(test_ids).get_indexer(known["test_id"])
    columns = known["position"].to_numpy(dtype=np.int64) - 1
    maxima[rows, columns] = known["max_points"].to_numpy(dtype=np.int64)
    above = np.zeros((len(works), count), dtype=bool)
    for k in range(count):
        above[:, k] = works[f"p{k + 1}"].to_numpy(dtype=np.int8, na_value=0) > maxima[codes, k]
    return above


def prepared_tasks(tasks: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Tasks for the rules, each with the `max_score` of its test."""
    return tasks.merge(tests[["test_id", "max_score"]], how="left", on="test_id", validate="m:1")


def _excess(tasks: pd.DataFrame, works: pd.DataFrame) -> pd.DataFrame:
    """`tasks` with the number of works (n) and of those above the maximum (over)."""
    codes, test_ids = pd.factorize(works["test_id"])
    above = above_maximum(works, tasks)
    present = ~works["absent"].to_numpy(dtype=bool)
    sizes = np.bincount(codes[present], minlength=len(test_ids))
    rows = pd.Index(test_ids).get_indexer(tasks["test_id"])
    over = np.zeros((len(test_ids), above.shape[1]), dtype=np.int64)
    for k in range(above.shape[1]):
        over[:, k] = np.bincount(codes[above[:, k]], minlength=len(test_ids))
    met = tasks[rows >= 0]
    columns = met["position"].to_numpy(dtype=np.int64) - 1
    return met.assign(n=sizes[rows[rows >= 0]], over=over[rows[rows >= 0], columns])


def _fitting(task_tables: pd.DataFrame, tests: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the task tables that fit a test, one per test × position, and the misfits."""
    by_table = task_tables.groupby(["source_id", "grade", "subject"], as_index=False, observed=True)
    sizes = by_table.agg(count=("position", "size"), total=("max_points", "sum"))
    pairs = tests[tests["tasks"].notna()].merge(
        sizes, how="inner", on=["grade", "subject"], validate="m:m"
    )
    pairs = pairs.merge(_titles(tests), how="left", on="test_id", validate="m:1")
    same_count = pairs["count"] == pairs["tasks"]
    fits = pairs[same_count].drop_duplicates("test_id")
    sums = (fits["max_score"].isna() | (fits["total"] == fits["max_score"])).astype(bool)
    faults = pd.concat(
        [
            _misfit(pairs[~same_count], "task_table_count", "count", "tasks"),
            _misfit(fits[~sums], "task_table_sum", "total", "max_score"),
        ],
        ignore_index=True,
    )
    rows = fits.assign(sums=sums)[["test_id", "source_id", "grade", "subject", "sums"]].merge(
        task_tables, how="inner", on=["source_id", "grade", "subject"], validate="m:m"
    )
    rows["max_points"] = rows["max_points"].astype("Int64").where(rows["sums"].astype(bool))
    columns = ["test_id", "position", "task", "max_points", "level", *_DESCRIPTION, "source_id"]
    return rows[columns], faults


def _in_order(
    table: pd.DataFrame, own: pd.DataFrame, tests: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of task tables whose tasks stand as in the masks of an exam, and faults of the others.

    In the masks all short answers come first; a table with a long answer among them is told by
    the maxima that a protocol prints for the long ones.
    """
    both = own.merge(table, how="inner", on=["test_id", "position"], validate="1:1",
                     suffixes=("", "_table"))  # fmt: skip
    exams = tests.loc[tests["procedure"].isin(EXAMS), "test_id"]
    known = both["max_points"].notna() & both["max_points_table"].notna()
    other = known & (both["max_points"] != both["max_points_table"]).fillna(False).astype(bool)
    wrong = both[other & both["test_id"].isin(exams)].drop_duplicates("test_id")
    faults = pd.DataFrame(
        {
            "source_id": wrong["source_id"].astype("str"),
            "code": "task_table_order",
            "value": wrong["task"].astype("str"),
            "expected": wrong.merge(_titles(tests), how="left", on="test_id", validate="m:1")[
                "title"
            ].to_numpy(),
        }
    )
    return table[~table["test_id"].isin(wrong["test_id"])], faults


def _misfit(pairs: pd.DataFrame, code: str, given: str, wanted: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source_id": pairs["source_id"].astype("str"),
            "code": code,
            "value": pairs[given].astype("str"),
            "expected": pairs[wanted].astype("str") + ": " + pairs["title"].astype("str"),
        }
    )


def _titles(tests: pd.DataFrame) -> pd.DataFrame:
    titles = [
        f"{_PROCEDURES[t.procedure]} {t.year}, {t.subject}, {t.grade} класс"
        for t in tests.itertuples()
    ]
    return pd.DataFrame({"test_id": tests["test_id"].to_numpy(), "title": titles}, dtype="str")


def _is_points(column: str) -> bool:
    return column[:1] == "p" and column[1:].isdigit()
