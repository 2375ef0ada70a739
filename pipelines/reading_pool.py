"""Reads files in worker processes with a limit on time and memory.

A parser of hostile input may panic, hang or eat memory; then its process ends, not the run.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from pebble import ProcessExpired, ProcessPool

from pipelines import sources
from pipelines.readers.reading import ProblemLog, Reading

SECONDS_PER_FILE = 180
BYTES_PER_WORKER = 3 * 2**30
WATCH_SECONDS = 0.05
UNKNOWN = ""  # `kind` of a reading whose layout nobody knows


@dataclass(frozen=True)
class Job:
    """One file to read: where it is, how it is called, where its reading is to be kept, and the
    key of the codes that stand for persons."""

    path: Path
    relative: str
    folder: Path
    key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Limits:
    """What one file may cost."""

    seconds: float = SECONDS_PER_FILE
    bytes: int = BYTES_PER_WORKER


def read_all(
    jobs: Iterable[Job],
    *,
    limits: Limits = Limits(),
    done: Callable[[Job], None] = lambda job: None,
) -> None:
    """Reads every job and keeps its reading; a job that fails keeps a reading with the reason.

    Calls `done` after each. The largest files go first, so that all cores stay busy to the end.
    """
    ordered = sorted(jobs, key=lambda job: (-job.path.stat().st_size, job.relative))
    suspects = _read_in_pool(ordered, os.cpu_count() or 1, limits, done)
    for job in suspects:
        # A process may also die of what the file before it left behind: a file is blamed only
        # if it fails in a process of its own.
        for blamed, reason in _read_in_pool([job], 1, limits, done).items():
            _keep_failure(blamed, *reason)
            done(blamed)


def _read_in_pool(
    jobs: list[Job], workers: int, limits: Limits, done: Callable[[Job], None]
) -> dict[Job, tuple[str, str]]:
    """Reads the jobs; returns those whose process ended, with the code and value of the reason."""
    if not jobs:
        return {}
    failed: dict[Job, tuple[str, str]] = {}
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(max_workers=min(len(jobs), workers), context=context)
    with pool, _watched(limits.bytes) as fat:
        futures = [
            (job, pool.schedule(read_one, args=(job,), timeout=limits.seconds)) for job in jobs
        ]
        for job, future in futures:
            try:
                future.result()
            except FutureTimeout:
                _keep_failure(job, "reading_took_too_long", f"{limits.seconds:g} с")
            except (ProcessExpired, BrokenProcessPool) as error:
                memory = f"{limits.bytes // 2**20} МБ"
                failed[job] = (
                    ("reading_took_too_much_memory", memory)
                    if fat
                    else ("reader_crashed", f"процесс оборвался ({error})")
                )
                continue
            done(job)
    return failed


def read_one(job: Job) -> None:
    """Opens, recognises and reads one file; runs in a worker process."""
    from pipelines.readers.layouts import WITH_PERSONS, layout_of, read_as
    from pipelines.readers.opening import open_workbook
    from pipelines.readers.persons import Context

    with _silenced_stderr():
        try:
            workbook = open_workbook(job.path, job.relative)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # calamine's panic is not an Exception
            _keep_failure(job, "not_readable", _first_line(error))
            return
        layout = layout_of(workbook)
        if layout is None:
            _keep_failure(job, "unknown_layout", _looks_like(workbook.sheets))
            return
        try:
            reading = read_as(layout, workbook, Context(job.key))
        except Exception as error:  # our own fault, but the other files must go on
            # What an error says may quote a cell, and there the cells hold names.
            said = type(error).__name__ if layout in WITH_PERSONS else _first_line(error)
            _keep_failure(job, "reader_crashed", f"{layout.KIND}: {said}", layout.KIND)
            return
        sources.keep(reading, job.folder)


def _keep_failure(job: Job, code: str, value: str, kind: str = UNKNOWN) -> None:
    log = ProblemLog()
    log.add(code, value=value)
    sources.keep(Reading(kind=kind, problems=log.frame()), job.folder)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _looks_like(sheets: tuple) -> str:
    """What an unknown workbook begins with, so that its owner knows it again."""
    from pipelines.readers.cells import text
    from pipelines.readers.persons import like_a_person

    for sheet in sheets:
        for row in sheet.rows[:30]:
            filled = ["(текст)" if like_a_person(c) else c for c in map(text, row) if c]
            if filled:
                return f"лист «{sheet.name}», первые ячейки: {'; '.join(filled[:4])}"
    return "листы пусты"


@contextlib.contextmanager
def _watched(limit: int) -> Iterator[set[int]]:
    """Ends child processes that hold more than `limit` bytes; yields their pids as they end."""
    ended: set[int] = set()
    finished = threading.Event()

    def watch() -> None:
        me = psutil.Process()
        while not finished.wait(WATCH_SECONDS):
            for child in me.children():
                with contextlib.suppress(psutil.Error):
                    if child.memory_info().rss > limit:
                        ended.add(child.pid)
                        child.kill()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield ended
    finally:
        finished.set()
        watcher.join()


@contextlib.contextmanager
def _silenced_stderr() -> Iterator[None]:
    """A panicking parser prints a trace of its own; the user gets a message instead."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
