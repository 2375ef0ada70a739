"""Reads the files of raw/: every file once, unchanged ones from what an earlier run kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pipelines import reading_pool, sources
from pipelines.canonical.stack import Read
from pipelines.fingerprint import reader_fingerprint
from pipelines.home import Home
from pipelines.progress import Progress
from pipelines.pupil_key import pupil_key
from pipelines.raw_files import RawFile
from pipelines.readers.reading import ProblemLog, Reading

LISTS = {"tasks", "codifier"}  # tables whose content does not say which grade they serve


def read_files(home: Home, files: Sequence[RawFile], progress: Progress) -> tuple[list[Read], int]:
    """Readings of all files, and how many of them were kept from earlier runs."""
    store = home.state / "sources"
    key = pupil_key(home)
    # Readings hold codes made with the key: with another key everything is read again.
    code = f"{reader_fingerprint()} {hashlib.sha256(key).hexdigest()}"
    folders = {
        file: sources.kept_folder(store, file.source_id, file.relative, code)
        for file in files
        if file.fault is None
    }
    jobs = [
        reading_pool.Job(file.path, file.relative, folder, key)
        for file, folder in folders.items()
        if not folder.exists()
    ]
    with progress.step(f"Чтение файлов ({len(jobs)})", len(jobs)) as advance:
        reading_pool.read_all(jobs, done=lambda job: advance())
    sources.forget_others(store, set(folders.values()))
    reads = [
        Read(
            file.source_id,
            file.relative,
            sources.recall(folders[file]) if file in folders else _not_opened(file),
        )
        for file in files
    ]
    return _without_copies(reads), len(folders) - len(jobs)


def _not_opened(file: RawFile) -> Reading:
    """The reading of a file that the guard did not let through."""
    code, value = file.fault  # type: ignore[misc]
    return _empty_reading(reading_pool.UNKNOWN, code, value)


def _empty_reading(kind: str, code: str, value: str) -> Reading:
    log = ProblemLog()
    log.add(code, value=value)
    return Reading(kind=kind, problems=log.frame())


def _without_copies(reads: Sequence[Read]) -> list[Read]:
    """Of files with the same content only the first, by path, is taken."""
    first: dict[str, Read] = {}
    return [_once(read, first.setdefault(read.source_id, read)) for read in reads]


def _once(read: Read, earlier: Read) -> Read:
    if read is earlier or not read.reading.tables or _serves_another_grade(read, earlier):
        return read
    copy = _empty_reading(read.reading.kind, "duplicate_file", earlier.path)
    return Read(read.source_id, read.path, copy)


def _serves_another_grade(read: Read, earlier: Read) -> bool:
    """The same list of codes under another grade's path is no copy."""
    tables, others = read.reading.tables, earlier.reading.tables
    return set(tables) <= LISTS and any(not tables[n].equals(others[n]) for n in tables)
