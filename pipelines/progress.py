"""Tells what is being done: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

PLAIN_EVERY = 10.0  # seconds between lines of a long step where there is no terminal


class Progress:
    """Steps of a run, one after another."""

    def __init__(self, *, live: bool | None = None) -> None:
        self._live = sys.stdout.isatty() if live is None else live

    @contextlib.contextmanager
    def step(self, title: str, total: int = 0) -> Iterator[Callable[[], None]]:
        """One step; the function it yields counts one of `total` things done."""
        started = time.monotonic()
        if self._live:
            with self._bar(title, total) as advance:
                yield advance
        else:
            print(f"{title}…", flush=True)
            with self._lines(title, total) as advance:
                yield advance
        self.say(f"{title}: {time.monotonic() - started:.1f} с".replace(".", ","))

    def say(self, text: str) -> None:
        """One line of news."""
        print(text, flush=True)

    @contextlib.contextmanager
    def _bar(self, title: str, total: int) -> Iterator[Callable[[], None]]:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = [TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()]
        if total:
            columns.insert(2, MofNCompleteColumn())
        with Bars(*columns, transient=True) as bars:
            task = bars.add_task(title, total=total or None)
            yield lambda: bars.advance(task)

    @contextlib.contextmanager
    def _lines(self, title: str, total: int) -> Iterator[Callable[[], None]]:
        count, told = 0, time.monotonic()

        def advance() -> None:
            nonlocal count, told
            count += 1
            if time.monotonic() - told >= PLAIN_EVERY:
                told = time.monotonic()
                print(f"{title}: {count} из {total}", flush=True)

        yield advance
