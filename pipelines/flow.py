"""The flow of the main job as Prefect sees it. Import it only after `run.prepare_prefect`."""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
from prefect import flow
from prefect import task as prefect_task
from prefect.cache_policies import NO_CACHE

from pipelines import fingerprint, store
from pipelines.analyse import analyse
from pipelines.canonical.stack import Read
from pipelines.collect import Collected, collect
from pipelines.home import Home
from pipelines.progress import Progress
from pipelines.publish import publish
from pipelines.raw_files import scan
from pipelines.read import read_files
from pipelines.run import Outcome

# Results stay in memory: the skip of unchanged input is our own manifest, not Prefect's cache.
task = partial(prefect_task, cache_policy=NO_CACHE, persist_result=False)


def start(home: Home, as_of: date, progress: Progress) -> Outcome:
    """Runs the flow; its arguments stay here, for Prefect would store them.

    Starting Prefect's server takes longer than reading and checking a town and leaves a core idle:
    both are done meanwhile, and the tasks of the flow take over what is under way.
    """
    files = scan(home.raw)
    snapshot = fingerprint.input_fingerprint(home, files)
    previous = store.read_manifest(home)
    unchanged = is_done(home, previous, snapshot)

    @flow(name="Основной запуск", persist_result=False)
    def main_job() -> Outcome:
        if unchanged:
            return Outcome(previous, unchanged=True)
        _, reused = take_readings()
        collected = take_rows()
        tables = compute(collected, progress)
        draft = draft_documents(home, collected, tables, as_of, snapshot, progress)
        manifest = build_manifest(tables, reused, as_of, snapshot, previous)
        put_in_place(draft, manifest, progress)
        return Outcome(manifest, unchanged=False)

    @task(name="Чтение файлов")
    def take_readings() -> tuple[list[Read], int]:
        return reading.result()

    @task(name="Проверка строк")
    def take_rows() -> Collected:
        return checking.result()

    def check_rows() -> Collected:
        reads, _ = reading.result()
        with progress.step("Проверка строк"):
            return collect(home, reads)

    with ThreadPoolExecutor(max_workers=2) as ahead:
        if not unchanged:
            reading = ahead.submit(read_files, home, files, progress)
            ahead.submit(_import_ahead)
            checking = ahead.submit(check_rows)
        return main_job()


def _import_ahead() -> None:
    """Loads what the later steps need."""
    for name in ("great_expectations", "scipy.special", "openpyxl", "jinja2", "plotly.offline"):
        importlib.import_module(name)


def is_done(home: Home, previous: dict[str, Any], snapshot: str) -> bool:
    """True if the last run saw these very files with this very program and its site is there."""
    known = (previous.get("inputs"), previous.get("code"))
    same = known == (snapshot, fingerprint.code_fingerprint())
    return same and (home.site / "index.html").exists()


def build_manifest(
    tables: dict[str, pd.DataFrame],
    reused: int,
    as_of: date,
    snapshot: str,
    previous: dict[str, Any],
) -> dict[str, Any]:
    """What `processed/manifest.json` says of this run."""
    intake = tables["intake"]
    return {
        "run": int(previous.get("run", 0)) + 1,
        "as_of": as_of.isoformat(),
        "inputs": snapshot,
        "code": fingerprint.code_fingerprint(),
        "packages": fingerprint.package_versions(),
        "files": dict(zip(intake["path"], intake["source_id"], strict=True)),
        "files_reused": reused,
        "files_by_status": {k: int(v) for k, v in intake["status"].value_counts().items()},
        "rows": {
            name: int(intake[f"rows_{name}"].sum()) for name in ("read", "accepted", "rejected")
        },
        "problems": {k: int(v) for k, v in tables["problems"]["severity"].value_counts().items()},
        "tables": {name: len(frame) for name, frame in sorted(tables.items())},
    }


@task(name="Расчёты")
def compute(collected: Collected, progress: Progress) -> dict[str, pd.DataFrame]:
    with progress.step("Расчёты"):
        return {**collected.tables, **analyse(collected.tables)}


@task(name="Документы")
def draft_documents(
    home: Home,
    collected: Collected,
    tables: dict[str, pd.DataFrame],
    as_of: date,
    snapshot: str,
    progress: Progress,
) -> store.Draft:
    with progress.step("Документы"):
        return publish(home, collected, tables, as_of=as_of, snapshot=snapshot)


@task(name="Запись результатов")
def put_in_place(draft: store.Draft, manifest: dict[str, Any], progress: Progress) -> None:
    with progress.step("Запись результатов"):
        draft.commit(manifest)
