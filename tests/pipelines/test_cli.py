"""The command line: Russian help at once, exit codes, plain words instead of tracebacks."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.cli import build_parser, main


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_help_is_russian(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--help") == 0
    said = capsys.readouterr().out
    for word in ("Вызов:", "Команды", "run", "check", "demo", "view", "doctor", "Настройки"):
        assert word in said
    for english in ("usage", "options", "positional", "show this"):
        assert english not in said


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, pipelines.cli as c; c.build_parser().format_help();"
        "print(sorted({'pandas','numpy','prefect','great_expectations','plotly','scipy'}"
        " & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "не хватает: КОМАНДА"),
        (("runn",), "нет такой команды"),
        (("run", "--home"), "нужно одно значение"),
        (("check",), "не хватает: ФАЙЛ"),
        (("run", "лишнее"), "лишнее в вызове"),
    ],
)
def test_a_wrong_call_is_told_in_russian(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert call(*arguments) == 2
    assert words in capsys.readouterr().err


def test_a_folder_without_raw_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert call("run", "--home", str(tmp_path)) == 3
    said = capsys.readouterr().err
    assert "нет папки raw" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("text", ["municipality = 5", "nonsense = true", "[["])
def test_wrong_settings_are_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "mmuko.toml").write_text(text)
    assert call("run", "--home", str(tmp_path)) == 3
    assert "настройки" in capsys.readouterr().err


def test_view_without_documents_says_what_to_do_first(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "raw").mkdir()
    assert call("view", "--home", str(tmp_path)) == 3
    assert "mmuko run" in capsys.readouterr().err


def test_check_names_the_cells_and_stores_nothing(
    capsys: pytest.CaptureFixture[str], demo_town: Path
) -> None:
    dirty = demo_town / "raw" / "vpr" / "2020" / "6" / "История.xlsx"
    clean = demo_town / "raw" / "schools.xlsx"
    before = sorted(demo_town.rglob("*"))
    assert call("check", str(clean), str(dirty)) == 1
    said = capsys.readouterr().out
    assert "Выгрузка" in said or "выгрузка" in said
    assert "ОТЛОЖЕНО · лист «Sheet1» · ячейка" in said
    assert sorted(demo_town.rglob("*")) == before


def test_check_of_a_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("check", "нет такого.xlsx") == 3
    assert "нет" in capsys.readouterr().err


def test_every_command_has_help_in_russian() -> None:
    text = build_parser().format_help()
    assert text.count("\n    ") >= 5
