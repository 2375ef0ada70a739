"""What one file gave, kept under the hash of its content: an unchanged file is read once."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.readers.reading import ProblemLog, Reading, Task, TestHeader

FORMAT = 2  # of the kept readings; raised when readers give something else for the same file


def content_hash(path: Path) -> str:
    """sha256 of the file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def kept_folder(store: Path, source_id: str, relative: str, code: str) -> Path:
    """Where the reading of a file lies. The path counts, for it may name the year or the subject;
    `code` is the fingerprint of the readers, so that a new version reads everything again."""
    place = hashlib.sha256(f"{FORMAT}\n{code}\n{relative}".encode()).hexdigest()[:12]
    return store / f"{source_id[:24]}-{place}"


def keep(reading: Reading, folder: Path) -> None:
    """Writes `reading` so that the folder is either whole or absent."""
    draft = folder.with_name(f"{folder.name}.{os.getpid()}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    frames = dict(reading.tables)
    if len(reading.problems):
        frames["problems"] = reading.problems
    for name, frame in frames.items():
        table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
        pq.write_table(table, draft / f"{name}.parquet", compression="zstd")
    meta = {
        "kind": reading.kind,
        "test": None if reading.test is None else dataclasses.asdict(reading.test),
        "tests": [dataclasses.asdict(test) for test in reading.tests],
        "tables": sorted(reading.tables),
        "faultless": reading.problems.empty,
        "rows_read": reading.rows_read,
        "addresses": [[*key, letters] for key, letters in sorted(reading.addresses.items())],
    }
    (draft / "reading.json").write_text(json.dumps(meta, ensure_ascii=False), encoding="utf-8")
    if folder.exists():  # the same content under the same path, read by a run at the same moment
        shutil.rmtree(draft)
    else:
        draft.rename(folder)


def recall(folder: Path) -> Reading:
    """The reading that `keep` wrote."""
    meta = json.loads((folder / "reading.json").read_text(encoding="utf-8"))
    return Reading(
        kind=meta["kind"],
        problems=ProblemLog().frame() if meta["faultless"] else _frame(folder, "problems"),
        test=None if meta["test"] is None else _header(meta["test"]),
        tests=tuple(_header(test) for test in meta["tests"]),
        tables={name: _frame(folder, name) for name in meta["tables"]},
        rows_read=meta["rows_read"],
        addresses={(sheet, column): letters for sheet, column, letters in meta["addresses"]},
    )


def _header(values: dict[str, Any]) -> TestHeader:
    return TestHeader(**{**values, "tasks": tuple(Task(**task) for task in values["tasks"])})


def _frame(folder: Path, name: str) -> pd.DataFrame:
    # One core reads many small files faster than several do.
    return pq.read_table(folder / f"{name}.parquet", use_threads=False).to_pandas()


def forget_others(store: Path, wanted: set[Path]) -> None:
    """Removes readings of files that are no longer in raw/, and drafts of killed runs."""
    for folder in store.iterdir() if store.is_dir() else ():
        if folder not in wanted:
            shutil.rmtree(folder, ignore_errors=True)
