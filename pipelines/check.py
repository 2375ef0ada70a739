"""Reads and judges single files without a home, without Prefect and without storing anything."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.collect import collect
from pipelines.errors import PipelineError
from pipelines.home import Home
from pipelines.progress import Progress
from pipelines.raw_files import look
from pipelines.read import read_files
from pipelines.readers.layouts import labels

SHOWN_PER_FILE = 200
SEVERITIES = {"stop": "ОТЛОЖЕНО", "warn": "ПРОВЕРЬТЕ", "note": "к сведению"}


@dataclass(frozen=True)
class Findings:
    """Lines for the user, and whether anything was set aside."""

    lines: list[str]
    rejected: bool


def check_files(paths: Sequence[Path]) -> Findings:
    """Faults of `paths` with their cells, as the main job would find them.

    Raises PipelineError for a path that is not there.
    """
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise PipelineError(f"Файла «{path}» нет.")
    files = [look(path, path.as_posix()) for path in paths]
    with tempfile.TemporaryDirectory(prefix="mmuko-") as folder:
        home = Home(Path(folder))
        reads, _ = read_files(home, files, Progress())
        tables = collect(home, reads).tables
    intake, problems = tables["intake"], tables["problems"]
    lines = []
    for file in intake.itertuples():
        lines += _file_lines(file, problems[problems["path"] == file.path])
    return Findings(lines, bool((intake["status"] != "accepted").any()))


def _file_lines(file, problems: pd.DataFrame) -> list[str]:
    kind = labels().get(file.kind, "вид не распознан") if isinstance(file.kind, str) else "—"
    head = (
        f"{file.path}: {kind}; прочитано строк {file.rows_read}, принято {file.rows_accepted},"
        f" отложено {file.rows_rejected}"
    )
    lines = [head]
    for p in problems.head(SHOWN_PER_FILE).itertuples():
        sheet = f"лист «{p.sheet}»" if isinstance(p.sheet, str) else ""
        cell = f"ячейка {p.cell}" if isinstance(p.cell, str) else ""
        place = " · ".join(part for part in (sheet, cell) if part)
        where = f"{place}: " if place else ""
        lines.append(f"  {SEVERITIES[p.severity]} · {where}{p.message}. {p.hint}.")
    if len(problems) > SHOWN_PER_FILE:
        lines.append(f"  … и ещё {len(problems) - SHOWN_PER_FILE}")
    return lines
