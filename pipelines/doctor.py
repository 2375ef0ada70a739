"""Looks whether everything the main job needs is there."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipelines.errors import PipelineError
from pipelines.fingerprint import package_versions
from pipelines.home import Home, open_home
from pipelines.run import prepare_prefect

NEEDED_BYTES = 2 * 2**30
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def examine(root: Path) -> tuple[list[str], bool]:
    """Lines «всё в порядке / не в порядке» and whether the main job can be run."""
    lines = [f"Python {sys.version.split()[0]}"]
    lines += [f"{name} {version}" for name, version in package_versions().items()]
    try:
        home = open_home(root)
    except PipelineError as error:
        return [*lines, f"НЕТ  {error}"], False
    checks = (_writing, _space, _prefect)
    results = [_outcome(check, home) for check in checks]
    browser = next((name for name in BROWSERS if shutil.which(name)), None)
    results.append(
        (f"есть браузер {browser}" if browser else "браузер не найден; сайт откройте сами", True)
    )
    lines += [f"{'да ' if good else 'НЕТ'}  {text}" for text, good in results]
    return lines, all(good for _, good in results)


def _outcome(check: Callable[[Home], str], home: Home) -> tuple[str, bool]:
    try:
        return check(home), True
    except (OSError, RuntimeError, PipelineError) as error:
        return str(error), False


def _writing(home: Home) -> str:
    home.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=home.state) as stream:
        stream.write(b"mmuko")
    return f"в «{home.processed}» можно писать"


def _space(home: Home) -> str:
    free = shutil.disk_usage(home.root).free
    text = f"свободно на диске {free / 2**30:.1f} ГБ".replace(".", ",")
    if free < NEEDED_BYTES:
        raise PipelineError(f"{text}, нужно не меньше {NEEDED_BYTES // 2**30} ГБ")
    return text


def _prefect(home: Home) -> str:
    prepare_prefect(home)
    from prefect import flow

    started = time.monotonic()

    @flow(name="Проверка готовности")
    def probe() -> bool:
        return True

    if not probe():
        raise PipelineError("сервер Prefect не отвечает")
    seconds = time.monotonic() - started
    return f"сервер Prefect запускается за {seconds:.0f} с"
