"""What lies in raw/: every file once, links and foreign files named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines import guard
from pipelines.sources import content_hash

# Not the analyst's: what systems and repositories leave behind.
IGNORED = {"README.md", ".gitkeep", "Thumbs.db", "desktop.ini", ".DS_Store"}


@dataclass(frozen=True)
class RawFile:
    """One file of raw/: its path from raw/ on, its hash, and why it must not be opened, if so."""

    path: Path
    relative: str
    source_id: str
    fault: tuple[str, str] | None = None


def scan(raw: Path) -> list[RawFile]:
    """Every file below `raw`, sorted by path; links are not followed."""
    return [look(path, path.relative_to(raw).as_posix()) for path in sorted(_walk(raw))]


def _walk(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        path = Path(entry.path)
        if entry.name in IGNORED:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path)
        else:
            yield path


def look(path: Path, relative: str) -> RawFile:
    """One file, told to everybody as `relative`, looked at from outside."""
    if path.is_symlink() or not path.is_file():
        # The link itself is named; what it points to is never looked at.
        return RawFile(path, relative, "", ("link_set_aside", path.name))
    try:
        fault = guard.fault(path)
        too_large = fault is not None and fault[0] == "file_too_large"
        source_id = "" if too_large else content_hash(path)
    except OSError as error:
        return RawFile(path, relative, "", ("not_readable", error.strerror or str(error)))
    return RawFile(path, relative, source_id, fault)
