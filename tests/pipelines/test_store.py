"""A run is stored as a whole or not at all."""

import errno
import json
import os
from pathlib import Path

import pandas as pd
import pytest

from pipelines import store
from pipelines.errors import AnotherRunError, StorageError
from pipelines.home import Home

FRAME = pd.DataFrame({"school_id": ["1", "2"], "n": pd.array([3, None], dtype="Int64")})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "raw").mkdir()
    return Home(tmp_path)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and ".mmuko" not in p.parts
    }


def write_run(home: Home, run: int, pages: tuple[str, ...] = ("index.html",)) -> None:
    draft = store.Draft(home)
    draft.put_table("schools", FRAME)
    for page in pages:
        draft.put_page(page, f"run {run}".encode())
    draft.commit({"run": run})


def test_a_run_replaces_everything_of_the_previous_one(home: Home) -> None:
    write_run(home, 1, ("index.html", "old/page.html"))
    (home.processed / "README.md").write_text("kept")
    write_run(home, 2)
    assert contents(home.site) == {"index.html": b"run 2"}
    assert set(contents(home.processed)) == {"manifest.json", "schools.parquet", "README.md"}
    assert store.read_manifest(home) == {"run": 2}


def test_a_run_killed_before_the_commit_leaves_the_previous_results(home: Home) -> None:
    write_run(home, 1)
    before = contents(home.processed), contents(home.site)
    draft = store.Draft(home)
    draft.put_table("schools", FRAME.head(0))
    draft.put_page("index.html", b"half")
    assert (contents(home.processed), contents(home.site)) == before
    write_run(home, 2)
    assert store.read_manifest(home) == {"run": 2}


@pytest.mark.parametrize("killed_after", range(8))
def test_a_run_killed_while_it_is_put_in_place_is_finished_by_the_next_start(
    home: Home, monkeypatch: pytest.MonkeyPatch, killed_after: int
) -> None:
    write_run(home, 1, ("index.html", "old.html"))
    calls = 0
    replace = os.replace

    def dying(source: object, target: object) -> None:
        nonlocal calls
        if calls == killed_after:
            raise KeyboardInterrupt
        calls += 1
        replace(source, target)

    monkeypatch.setattr(os, "replace", dying)
    try:
        write_run(home, 2, ("index.html", "new.html"))
        killed = False
    except KeyboardInterrupt:
        killed = True
    monkeypatch.setattr(os, "replace", replace)
    # Moves: the journal, then for processed/ and for the site a list and two files.
    assert killed == (killed_after < 7)
    store.Draft(home)
    if killed_after == 0:
        assert store.read_manifest(home) == {"run": 1}
        assert contents(home.site) == {"index.html": b"run 1", "old.html": b"run 1"}
    else:
        assert store.read_manifest(home) == {"run": 2}
        assert contents(home.site) == {"index.html": b"run 2", "new.html": b"run 2"}


def test_the_same_frame_gives_the_same_bytes(tmp_path: Path) -> None:
    store.write_table(tmp_path / "a.parquet", FRAME)
    store.write_table(tmp_path / "b.parquet", FRAME.copy())
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_works_are_stored_by_test_with_their_own_points_only(home: Home) -> None:
    works = pd.DataFrame(
        {
            "test_id": ["a", "b"],
            "p1": pd.array([1, 0], dtype="Int8"),
            "p2": pd.array([None, 2], dtype="Int8"),
        }
    )
    draft = store.Draft(home)
    draft.put_table("works", works)
    draft.commit({})
    assert list(pd.read_parquet(home.processed / "works" / "a.parquet")) == ["test_id", "p1"]
    assert list(pd.read_parquet(home.processed / "works" / "b.parquet")) == ["test_id", "p1", "p2"]


def test_a_second_run_at_the_same_time_is_refused(home: Home) -> None:
    refused = pytest.raises(AnotherRunError, match="уже идёт другой запуск")
    with store.exclusive(home), refused, store.exclusive(home):
        pass
    with store.exclusive(home):
        pass


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "кончилось место"), (errno.EACCES, "Нет права на запись")]
)
def test_a_disk_that_does_not_take_it_is_told_in_words(
    home: Home, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    write_run(home, 1)
    before = contents(home.processed)

    def refuse(*arguments: object) -> None:
        raise OSError(number, "refused", "processed/schools.parquet")

    monkeypatch.setattr(store, "write_table", refuse)
    with pytest.raises(StorageError, match=words):
        write_run(home, 2)
    assert contents(home.processed) == before


def test_the_manifest_is_readable_json(home: Home) -> None:
    write_run(home, 7)
    assert json.loads((home.processed / "manifest.json").read_text(encoding="utf-8")) == {"run": 7}
