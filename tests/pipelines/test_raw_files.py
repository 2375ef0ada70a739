"""What lies in raw/: order, links."""

from pathlib import Path

import pytest

from pipelines.raw_files import scan


def test_files_come_in_order_and_what_systems_leave_is_not_seen(tmp_path: Path) -> None:
    (tmp_path / "б").mkdir()
    for name in ("б/в.txt", "а.txt", "README.md", "Thumbs.db"):
        (tmp_path / name).write_text("текст")
    (tmp_path / "а.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1"))
    found = {f.relative: f.fault for f in scan(tmp_path)}
    assert list(found) == ["а.txt", "а.xls", "б/в.txt"]
    assert found["а.xls"] is None
    assert found["а.txt"] == ("not_a_spreadsheet", ".txt")


def test_links_are_named_and_not_followed(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    secret = tmp_path / "secret.xlsx"
    secret.write_bytes(b"PK\x03\x04")
    try:
        (raw / "ссылка.xlsx").symlink_to(secret)
        (raw / "папка").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("система не разрешает создавать ссылки")
    found = scan(raw)
    assert [f.fault[0] for f in found] == ["link_set_aside", "link_set_aside"]
    assert all(f.source_id == "" for f in found)
