"""The command line. Heavy libraries are imported inside the commands, so that help is instant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from pipelines.errors import PipelineError

DONE, DONE_WITH_REJECTED, WRONG_CALL, NOT_DONE = 0, 1, 2, 3

# What argparse says about a wrong call, in the user's language.
_WRONG_CALLS = (
    ("the following arguments are required: ", "не хватает: "),
    ("unrecognized arguments: ", "лишнее в вызове: "),
    ("expected one argument", "нужно одно значение"),
    ("invalid choice: ", "нет такой команды: "),
    (" (choose from ", " (есть "),
    ("argument ", ""),
)


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage, actions, groups, prefix=None) -> None:
        super().add_usage(usage, actions, groups, "Вызов: " if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """argparse that speaks Russian."""

    def __init__(self, **settings: object) -> None:
        super().__init__(add_help=False, allow_abbrev=False, formatter_class=_Formatter, **settings)
        self._positionals.title = "Что указать"
        self._optionals.title = "Настройки"
        self.add_argument("-h", "--help", action="help", help="показать эту справку")

    def error(self, message: str) -> NoReturn:
        for english, russian in _WRONG_CALLS:
            message = message.replace(english, russian)
        self.exit(WRONG_CALL, f"Неверный вызов: {message}. Справка: {self.prog} --help\n")


def build_parser() -> argparse.ArgumentParser:
    """All commands with their Russian help."""
    parser = _Parser(
        prog="mmuko",
        description="Наблюдение за качеством образования в муниципалитете: от таблиц ВПР до"
        " справки. Коды выхода: 0 — сделано, 1 — сделано, часть строк или файлов отложена,"
        " 2 — неверный вызов, 3 — запуск не удался.",
    )
    commands = parser.add_subparsers(title="Команды", metavar="КОМАНДА", required=True)

    def command(name: str, action, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(action=action)
        return added

    def home_option(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--home", type=Path, default=Path("."), metavar="ПАПКА",
            help="папка, в которой лежит raw (по умолчанию — текущая)",
        )  # fmt: skip

    home_option(command("run", _run, "прочитать raw, проверить, посчитать, сделать документы"))
    files = command("check", _check, "только прочитать и проверить файлы; замечания — на экран")
    files.add_argument("files", type=Path, nargs="+", metavar="ФАЙЛ")
    folder = command("demo", _demo, "сделать учебный город: 21 школа, три года, все виды таблиц")
    folder.add_argument("folder", type=Path, metavar="ПАПКА")
    home_option(command("view", _view, "открыть документы в браузере"))
    home_option(command("doctor", _doctor, "проверить, всё ли готово к работе"))
    return parser


def _run(arguments: argparse.Namespace) -> int:
    from datetime import date

    from pipelines.home import open_home
    from pipelines.progress import Progress
    from pipelines.run import run
    from pipelines.summary import tell_outcome

    home = open_home(arguments.home)
    outcome = run(home, as_of=date.today(), progress=Progress())
    print(*tell_outcome(home, outcome), sep="\n")
    rejected = outcome.manifest["rows"]["rejected"]
    states = outcome.manifest["files_by_status"]
    return DONE_WITH_REJECTED if rejected or states.get("rejected") else DONE


def _check(arguments: argparse.Namespace) -> int:
    from pipelines.check import check_files

    found = check_files(arguments.files)
    print(*found.lines, sep="\n")
    return DONE_WITH_REJECTED if found.rejected else DONE


def _demo(arguments: argparse.Namespace) -> int:
    from pipelines.demo import write_town

    write_town(arguments.folder)
    print(f"Учебный город записан: {arguments.folder.resolve()}")
    print(f"Дальше: mmuko run --home {arguments.folder}")
    return DONE


def _view(arguments: argparse.Namespace) -> int:
    import webbrowser

    from pipelines.home import open_home

    page = open_home(arguments.home).site / "index.html"
    if not page.exists():
        raise PipelineError(
            f"Документов ещё нет: сначала выполните mmuko run --home {arguments.home}."
        )
    webbrowser.open(page.as_uri())
    print(page)
    return DONE


def _doctor(arguments: argparse.Namespace) -> int:
    from pipelines.doctor import examine

    lines, healthy = examine(arguments.home)
    print(*lines, sep="\n")
    return DONE if healthy else NOT_DONE


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point: ends with one of the exit codes; a bug keeps its traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # Windows consoles default to another code page
    arguments = build_parser().parse_args(argv)
    try:
        sys.exit(arguments.action(arguments))
    except PipelineError as error:
        print(error, file=sys.stderr)
        sys.exit(NOT_DONE)


if __name__ == "__main__":
    main()
