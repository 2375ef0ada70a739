"""What the results depend on, as short hashes: the code and the inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from pipelines.home import Home
from pipelines.raw_files import RawFile

PACKAGES = ("analytics", "expectations", "pipelines", "reports")
ENGINES = ("great-expectations", "numpy", "pandas", "plotly", "pyarrow", "python-calamine", "scipy")


@cache
def code_fingerprint() -> str:
    """Hash of all the program's own files and of the versions of what computes."""
    return _digest(_contents([files(package) for package in PACKAGES]))


@cache
def reader_fingerprint() -> str:
    """Hash of what decides how a file is read."""
    return _digest(_contents([files("pipelines.readers"), files("analytics.norms")]))


def input_fingerprint(home: Home, raw: Sequence[RawFile]) -> str:
    """Hash of the files of raw/ (paths and contents) and of the settings."""
    listed = [[file.relative, file.source_id, file.fault] for file in raw]
    content = json.dumps([listed, home.settings.model_dump()], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def package_versions() -> dict[str, str]:
    """Versions of the program and of the packages whose results it prints."""
    return {name: version(name) for name in ("mmuko", *ENGINES)}


def _contents(folders: Iterable[Traversable]) -> Iterable[bytes]:
    for folder in folders:
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.is_dir():
                if entry.name not in ("__pycache__", "site"):
                    yield from _contents([entry])
            elif not entry.name.endswith(".pyc"):
                yield entry.name.encode()
                yield entry.read_bytes()


def _digest(contents: Iterable[bytes]) -> str:
    digest = hashlib.sha256(json.dumps(package_versions(), sort_keys=True).encode())
    for content in contents:
        digest.update(content)
    return digest.hexdigest()
