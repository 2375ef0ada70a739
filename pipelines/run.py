"""The main job: collect → analyse → publish, one Prefect flow under the lock of the home."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines import store
from pipelines.home import Home
from pipelines.progress import Progress


@dataclass(frozen=True)
class Outcome:
    """What a run came to: its manifest, and whether there was anything to do."""

    manifest: dict[str, Any]
    unchanged: bool


def run(home: Home, *, as_of: date, progress: Progress) -> Outcome:
    """Runs the main job; nothing is done when neither the files nor the program have changed.

    `as_of` is the date of the documents. Raises PipelineError when the job could not be done;
    the previous results are whole then.
    """
    with store.exclusive(home):
        with progress.step("Запуск Prefect"):
            prepare_prefect(home)
            from pipelines.flow import start

        return start(home, as_of, progress)


def prepare_prefect(home: Home) -> None:
    """Prefect's settings; they count only if they are set before it is imported."""
    folder = home.state / "prefect"
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "PREFECT_HOME": str(folder),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # The user reads our lines; what goes wrong comes back as an exception.
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    }
    for name, value in settings.items():
        os.environ.setdefault(name, value)
