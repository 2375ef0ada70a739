"""Shared fixtures. Tests stand on small inlined frames and on the synthetic town."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
REFERENCE = SAMPLES.parent / "reference"


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real layouts beside the repository; absent on most machines."""
    if not SAMPLES.is_dir():
        pytest.skip("рядом с репозиторием нет папки shared/samples с настоящими таблицами")
    return SAMPLES


@pytest.fixture(scope="session")
def reference() -> Path:
    """Published data and figures of statistical packages; absent on most machines."""
    if not REFERENCE.is_dir():
        pytest.skip("рядом с репозиторием нет папки shared/reference с опубликованными примерами")
    return REFERENCE


@pytest.fixture(scope="session")
def demo_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic municipality: raw/ and truth/ in one folder. Tests must not write into it."""
    from pipelines.demo import write_town

    folder = tmp_path_factory.mktemp("demo_town")
    write_town(folder)
    return folder


@pytest.fixture(scope="session")
def collected_demo(demo_town: Path, tmp_path_factory: pytest.TempPathFactory):
    """The synthetic town read and checked, without Prefect: the tables of `collect`."""
    from pipelines.collect import collect
    from pipelines.home import Home
    from pipelines.progress import Progress
    from pipelines.raw_files import scan
    from pipelines.read import read_files

    home = Home(tmp_path_factory.mktemp("demo_home"))
    reads, _ = read_files(home, scan(demo_town / "raw"), Progress(live=False))
    return collect(home, reads)
