"""Shared fixtures. Tests stand on small inlined frames and on the synthetic town."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real layouts beside the repository; absent on most machines."""
    if not SAMPLES.is_dir():
        pytest.skip("рядом с репозиторием нет папки shared/samples с настоящими таблицами")
    return SAMPLES
