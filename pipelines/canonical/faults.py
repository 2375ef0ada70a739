"""All faults of all files as one table `problems`, each with its file, cell, school and advice."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics import schema
from pipelines.canonical.schools import Directory
from pipelines.canonical.stack import Read
from pipelines.readers.reading import PROBLEM_COLUMNS
from reports.messages import tell

BUILT_IN = "встроенные официальные шкалы"  # what a fault of no file of raw/ is about
KEY = ["source_id", "sheet", "row"]
# A reader's code → the rule that finds the same in the table.
_TWINS = {"percents_sum": "percents_do_not_sum", "journal_sum": "journal_counts_do_not_sum"}
_SEVERITY_ORDER = {severity: order for order, severity in enumerate(schema.SEVERITIES)}


def reader_faults(reads: Sequence[Read]) -> pd.DataFrame:
    """What the readers noted: the columns of PROBLEM_COLUMNS with source_id and path."""
    empty = pd.DataFrame(columns=[*PROBLEM_COLUMNS, "source_id", "path"])
    parts = [
        read.reading.problems.assign(source_id=read.source_id, path=read.path)
        for read in reads
        if len(read.reading.problems)
    ]
    return pd.concat(parts, ignore_index=True) if parts else empty


def rule_faults(found: pd.DataFrame, reads: Sequence[Read], table: str) -> pd.DataFrame:
    """What the rules found, with the cell that Excel shows and the column's Russian name.

    found: source_id, sheet, row, code, column, value, expected, as the validation gives them.
    """
    letters = cell_addresses(reads)
    addressed = found.astype({c: "str" for c in ("source_id", "sheet", "column")}).merge(
        letters.astype("str"), how="left", on=["source_id", "sheet", "column"], validate="m:1"
    )
    cell = addressed["letters"] + addressed["row"].astype("Int64").astype("str")
    labels = {name: spec.label for name, spec in schema.TABLES[table].columns.items()}
    labels |= {f"p{k}": f"Задание № {k} по порядку" for k in range(1, schema.MAX_TASKS + 1)}
    return addressed.assign(
        cell=cell.where(addressed["letters"].notna() & addressed["row"].notna()),
        column=addressed["column"].map(lambda name: labels.get(name, name), na_action="ignore"),
        login=None,
    ).drop(columns="letters")


def not_yet_told(found: pd.DataFrame, noted: pd.DataFrame) -> pd.DataFrame:
    """Rule faults without those that a reader noted too, with the cell that only it knows."""
    twins = noted.assign(code=noted["code"].map(_TWINS)).dropna(subset="code")
    place = [*KEY, "code"]
    told = pd.MultiIndex.from_frame(twins[place].astype({"sheet": "str", "row": "Int64"}))
    mine = pd.MultiIndex.from_frame(found[place].astype({"sheet": "str", "row": "Int64"}))
    return found[~mine.isin(told)]


def report_faults(reconciliation: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Reports that give another distribution than the pupil files: source_id, code, value, …"""
    differing = reconciliation[~reconciliation["agrees"].astype(bool)]
    names = schools.set_index("school_id")["short_name"]
    is_school = differing["group"] == "school"
    return pd.DataFrame(
        {
            "source_id": differing["source_id"].astype("str"),
            "code": "report_differs_from_works",
            "value": differing["group_id"].map(names).where(is_school, differing["group_id"]),
            "expected": [
                f"в отчёте {r.n_report}, в файлах участников {r.n_works} участников; наибольшее"
                f" расхождение {r.max_gap_pct:.2f} п.п.".replace(".", ",", 1)
                for r in differing.itertuples()
            ],
        }
    )


def cell_addresses(reads: Sequence[Read]) -> pd.DataFrame:
    """Excel letters of canonical columns: one row per source_id × sheet × column."""
    return pd.DataFrame(
        [
            (read.source_id, sheet, column, letters)
            for read in reads
            for (sheet, column), letters in read.reading.addresses.items()
        ],
        columns=["source_id", "sheet", "column", "letters"],
    ).drop_duplicates(["source_id", "sheet", "column"])


def build_problems(
    faults: pd.DataFrame, opened: Sequence[Read], placed: pd.DataFrame, directory: Directory
) -> pd.DataFrame:
    """Table `problems`, sorted by file, place and severity.

    placed: works under their schools, to tell whose row is at fault.
    """
    paths = {read.source_id: read.path for read in opened}
    told = tell(faults)
    owners = placed[[*KEY, "school_id"]].drop_duplicates(KEY)
    told = told.astype({"sheet": "str", "row": "Int64"}).merge(
        owners.astype({"sheet": "str", "row": "Int64"}), how="left", on=KEY, validate="m:1"
    )
    by_login = directory.school_ids(told["login"].astype("str"))
    told = told.assign(
        path=told["path"].fillna(told["source_id"].map(paths)).fillna(BUILT_IN),
        school_id=told["school_id"].fillna(by_login.astype("str")),
        order=told["severity"].map(_SEVERITY_ORDER),
        column_order=told["cell"].astype("str").str.len(),
    ).sort_values(
        ["path", "sheet", "row", "order", "column_order", "cell", "code"],
        kind="stable",
        na_position="first",
    )
    return schema.conform(told[list(schema.TABLES["problems"].columns)], "problems")


def stopped_rows(faults: pd.DataFrame) -> pd.DataFrame:
    """Rows (KEY) that are set aside; a row without sheet and number sets the whole file aside."""
    stops = tell(faults).query("severity == 'stop'")
    return stops[KEY].drop_duplicates().astype({"sheet": "str", "row": "Int64"})


def is_stopped(frame: pd.DataFrame, stopped: pd.DataFrame) -> pd.Series:
    """Which rows of a table are set aside: by themselves, or with their whole file."""
    whole_files = stopped.loc[stopped["row"].isna(), "source_id"]
    rows = pd.MultiIndex.from_frame(stopped.dropna(subset=["sheet", "row"])[KEY])
    own = pd.MultiIndex.from_frame(frame[KEY].astype({"sheet": "str", "row": "Int64"}))
    return pd.Series(own.isin(rows), index=frame.index) | frame["source_id"].isin(whole_files)
