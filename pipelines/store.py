"""Stores a run as a whole: everything is drafted first, then put in place in one short step.

A run killed at any moment leaves the previous results whole: before the journal is written nothing
of them was touched; after it, the next start finishes the step.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from pipelines.errors import AnotherRunError, StorageError
from pipelines.home import Home

MANIFEST = "manifest.json"
_PARTITIONED = "works"  # one file per test


@contextlib.contextmanager
def exclusive(home: Home) -> Iterator[None]:
    """Holds the home for one run. Raises AnotherRunError at once if another run holds it."""
    with _told():
        home.state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home.state / "run.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise AnotherRunError(
                f"В папке «{home.root}» уже идёт другой запуск. Дождитесь его окончания и"
                " повторите. Прежние результаты не изменены."
            ) from error
    try:
        yield
    finally:
        lock.release()


class Draft:
    """The results of a run before they are in place. Use inside `exclusive`."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.state / "draft"
        self._journal = home.state / "journal.json"
        with _told():
            self._finish_interrupted()
            shutil.rmtree(self._folder, ignore_errors=True)
            (self._folder / "processed").mkdir(parents=True)
            (self._folder / "site").mkdir()

    def put_table(self, name: str, frame: pd.DataFrame) -> None:
        """Drafts one table; `works` becomes one file per test, without the other tests' points."""
        with _told():
            target = self._folder / "processed"
            if name == _PARTITIONED:
                (target / name).mkdir()
                for test_id, part in frame.groupby("test_id", observed=True, sort=True):
                    write_table(target / name / f"{test_id}.parquet", _without_empty_points(part))
            else:
                path = target / f"{name}.parquet"
                path.parent.mkdir(parents=True, exist_ok=True)
                write_table(path, frame)

    def put_page(self, relative: str, content: bytes) -> None:
        """Drafts one file of the site."""
        self._put(self._folder / "site" / relative, content)

    def put_file(self, relative: str, content: bytes) -> None:
        """Drafts one file of processed/ that is not a table."""
        self._put(self._folder / "processed" / relative, content)

    def commit(self, manifest: dict[str, Any]) -> None:
        """Puts everything in place; what the run did not make is removed."""
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        self.put_file(MANIFEST, text.encode())
        with _told():
            self._write_journal()
            self._finish_interrupted()

    def _put(self, path: Path, content: bytes) -> None:
        with _told():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def _write_journal(self) -> None:
        draft = self._journal.with_suffix(".draft")
        with draft.open("w", encoding="utf-8") as stream:
            stream.write('"ready"')
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self._journal)

    def _finish_interrupted(self) -> None:
        """Carries the drafted results over; each step may be repeated after an interruption."""
        if not self._journal.exists():
            return
        self._home.site.parent.mkdir(parents=True, exist_ok=True)
        _carry(self._folder / "processed", self._home.processed, keep={self._home.state.name})
        _carry(self._folder / "site", self._home.site, keep=set())
        self._journal.unlink()
        shutil.rmtree(self._folder, ignore_errors=True)


def read_manifest(home: Home) -> dict[str, Any]:
    """The manifest of the last finished run, empty if there was none."""
    path = home.processed / MANIFEST
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Parquet with zstd; the same frame gives the same bytes."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, path, compression="zstd")


def _without_empty_points(part: pd.DataFrame) -> pd.DataFrame:
    points = [c for c in part if c[:1] == "p" and c[1:].isdigit()]
    filled = [int(c[1:]) for c in points if part[c].notna().any()]
    last = max(filled, default=0)
    return part.drop(columns=[c for c in points if int(c[1:]) > last])


def _carry(source: Path, target: Path, keep: set[str]) -> None:
    """Moves every file of `source` over `target` and removes what `source` never had.

    What is already moved is remembered by its absence in `source`, so the list of the wanted files
    is written down before the first move.
    """
    listing = source.parent / f"{source.name}.list"
    if not listing.exists():
        names = sorted(p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file())
        draft = listing.with_suffix(".draft")
        draft.write_text(json.dumps(names), encoding="utf-8")
        draft.replace(listing)
    wanted = json.loads(listing.read_text(encoding="utf-8"))
    for name in wanted:
        if (source / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(source / name, target / name)
    foreign = keep | {"README.md"}
    for path in sorted(target.rglob("*"), reverse=True):
        relative = path.relative_to(target)
        if relative.parts[0] in foreign or relative.as_posix() in wanted:
            continue
        if path.is_dir() and not path.is_symlink():
            with contextlib.suppress(OSError):  # not empty: it holds wanted files
                path.rmdir()
        else:
            path.unlink()


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tells a full disk and refused writing in the user's words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                "На диске кончилось место, результаты этого запуска не записаны; прежние целы."
                " Освободите место и повторите запуск."
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StorageError(
                f"Нет права на запись: «{error.filename}». Закройте открытые файлы результатов и"
                " проверьте права на папку; прежние результаты целы."
            ) from error
        raise
