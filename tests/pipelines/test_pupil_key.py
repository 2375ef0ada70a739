"""The key of the persons' codes: random, made once, apart from what is handed on."""

import os
import stat
from pathlib import Path

import pytest

from pipelines.errors import PipelineError
from pipelines.home import Home
from pipelines.pupil_key import pupil_key


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path)
    key = pupil_key(home)
    assert len(key) == 32
    assert pupil_key(home) == key
    assert not home.key.is_relative_to(home.processed)
    assert not home.key.is_relative_to(home.site.parent)
    if os.name == "posix":
        assert stat.S_IMODE(home.key.stat().st_mode) == 0o600
    assert [p.name for p in home.key.parent.iterdir()] == ["key"]


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    assert pupil_key(Home(tmp_path / "a")) != pupil_key(Home(tmp_path / "b"))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_damaged_key_is_not_used(tmp_path: Path, length: int) -> None:
    home = Home(tmp_path)
    home.key.parent.mkdir()
    home.key.write_bytes(b"x" * length)
    with pytest.raises(PipelineError, match="повреждён"):
        pupil_key(home)
