"""Benchmarks: `python -m tests.benchmarks` (make bench). Ratios of one run; nothing is asserted.

The town is the real one beside the repository where it is there, else the synthetic one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from python_calamine import CalamineWorkbook

from pipelines.collect import collect
from pipelines.demo.spreadsheets import SheetDraft, write_workbook
from pipelines.home import Home
from pipelines.progress import Progress
from pipelines.raw_files import scan
from pipelines.read import read_files

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
REGION_COPIES = 20
REGION_FILES = 92


class Silent(Progress):
    """No lines between the figures."""

    def say(self, text: str) -> None:
        pass


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="mmuko-bench-") as folder:
        home = Home(town(Path(folder)))
        raw = timed("calamine, сырые строки всего города", lambda: read_raw(home.raw))
        ours = timed("чтение города: канонические строки и замечания", lambda: read_town(home))
        print(f"  отношение {ours / raw:.2f} (предел 3)")
        shutil.rmtree(home.processed, ignore_errors=True)
        first = run_command("запуск на городе с нуля (предел 60 с, 1,5 ГБ)", home)
        second = run_command("второй запуск без изменений", home)
        print(f"  отношение ко времени первого {second / first:.2f} (предел 0,5)")
        region = Home(make_region(home.raw, Path(folder) / "region"))
        raw = timed("calamine, сырые строки области", lambda: read_raw(region.raw))
        ours = timed("область: чтение и проверка (предел 6 ГБ)", lambda: collect_region(region))
        print(f"  отношение {ours / raw:.2f} (предел 3)")


def town(folder: Path) -> Path:
    """A home with the real town, or the synthetic one."""
    root = folder / "town"
    if (SAMPLES / "city").is_dir():
        shutil.copytree(SAMPLES / "city", root / "raw", copy_function=shutil.copyfile)
    else:
        from pipelines.demo import write_town

        write_town(root)
    return root


def read_raw(raw: Path) -> int:
    """What any reader of these files must spend: calamine's rows, one file after another."""
    rows = 0
    for path in sorted(raw.rglob("*.xlsx")):
        try:
            book = CalamineWorkbook.from_path(path)
            for name in book.sheet_names:
                rows += len(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        except Exception as error:  # the synthetic town has broken files on purpose
            print(f"  {path.name}: {error}")
    return rows


def read_town(home: Home) -> None:
    read_files(home, scan(home.raw), Silent(live=False))


def collect_region(home: Home) -> None:
    reads, _ = read_files(home, scan(home.raw), Silent(live=False))
    found = collect(home, reads)
    rows = found.tables["intake"][["rows_read", "rows_accepted", "rows_rejected"]].sum()
    print(f"  {len(reads)} файлов, строк {rows.to_dict()}")


def make_region(raw: Path, root: Path) -> Path:
    """The town's pupil files with every school repeated under other logins, in 92 files."""
    pupil_files = [p for p in sorted(raw.rglob("*.xlsx")) if is_pupil_file(p)]
    largest = sorted(pupil_files, key=lambda p: -p.stat().st_size)
    split = set(largest[: max(0, REGION_FILES - len(pupil_files))])
    for path in pupil_files:
        copies = range(REGION_COPIES)
        parts = (copies[:10], copies[10:]) if path in split else (copies,)
        for number, part in enumerate(parts):
            folder = root / "raw" / f"часть {number + 1}" / path.parent.relative_to(raw)
            repeat(path, folder / path.name, part)
    return root


def is_pupil_file(path: Path) -> bool:
    return "distributions" not in path.parts and path.name != "schools.xlsx"


def repeat(source: Path, target: Path, copies: range) -> None:
    """One pupil file with the rows of all its schools under `copies` of their logins."""
    book = CalamineWorkbook.from_path(source)
    drafts = []
    for name in book.sheet_names:
        head, *rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        at = next(
            (i for i, h in enumerate(head) if h in ("user", "логин школы", "Пользователь")), 0
        )
        body = [
            [f"{c[:3]}{copy + 10}{c[3:]}" if i == at else c for i, c in enumerate(row)]
            for copy in copies
            for row in rows
        ]
        drafts.append(SheetDraft(name, [head, *body]))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(target, drafts)


def timed(title: str, work: Callable[[], object]) -> float:
    """Seconds of `work`, printed with the peak memory of this process and its children."""
    with PeakMemory() as memory:
        started = time.perf_counter()
        work()
        seconds = time.perf_counter() - started
    print(f"{title}: {seconds:.1f} с, {memory.peak / 2**30:.2f} ГБ", flush=True)
    return seconds


def run_command(title: str, home: Home) -> float:
    command = [sys.executable, "-m", "pipelines.cli", "run", "--home", str(home.root)]

    def work() -> None:
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)

    return timed(title, work)


class PeakMemory:
    """Peak of resident memory of all children (and of this process beyond what it had)."""

    def __enter__(self) -> PeakMemory:
        self.peak = 0
        self._start = psutil.Process().memory_info().rss
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._done.wait(0.05):
            total = max(0, me.memory_info().rss - self._start)
            for child in me.children(recursive=True):
                try:
                    total += child.memory_info().rss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)


if __name__ == "__main__":
    main()
