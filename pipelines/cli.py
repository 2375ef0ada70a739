"""The command line. Heavy libraries are imported inside the commands, so that help is instant."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines.errors import PipelineError

DONE, DONE_WITH_REJECTED, WRONG_CALL, NOT_DONE = 0, 1, 2, 3

app = typer.Typer(
    help="mmuko — наблюдение за качеством образования в муниципалитете: от таблиц ВПР до справки.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

HomeOption = Annotated[
    Path, typer.Option("--home", help="Папка с raw/ (по умолчанию — текущая).", metavar="ПАПКА")
]


@app.command(help="Основная работа: прочитать raw/, проверить, посчитать, сделать документы.")
def run(home: HomeOption = Path(".")) -> None:
    from datetime import date

    from pipelines.home import open_home
    from pipelines.progress import Progress
    from pipelines.run import run as run_main_job
    from pipelines.summary import tell_outcome

    place = open_home(home)
    progress = Progress()
    outcome = run_main_job(place, as_of=date.today(), progress=progress)
    for line in tell_outcome(place, outcome):
        progress.say(line)
    if outcome.manifest["rows"]["rejected"] or outcome.manifest["files_by_status"].get("rejected"):
        raise typer.Exit(DONE_WITH_REJECTED)


@app.command(help="Только прочитать и проверить файлы; замечания с адресами ячеек — на экран.")
def check(files: Annotated[list[Path], typer.Argument(metavar="ФАЙЛ…")]) -> None:
    from pipelines.check import check_files

    found = check_files(files)
    for line in found.lines:
        typer.echo(line)
    if found.rejected:
        raise typer.Exit(DONE_WITH_REJECTED)


@app.command(help="Сделать учебный город: 21 школа, три года, все виды таблиц, грязь и ответы.")
def demo(folder: Annotated[Path, typer.Argument(metavar="ПАПКА")]) -> None:
    from pipelines.demo.town import write_town

    write_town(folder)
    typer.echo(f"Учебный город записан: {folder.resolve()}. Дальше: mmuko run --home {folder}")


@app.command(help="Открыть сайт с документами в браузере.")
def view(home: HomeOption = Path(".")) -> None:
    import webbrowser

    from pipelines.home import open_home

    page = open_home(home).site / "index.html"
    if not page.exists():
        raise PipelineError(f"Документов ещё нет: сначала выполните mmuko run --home {home}.")
    webbrowser.open(page.as_uri())
    typer.echo(page)


@app.command(help="Проверить, что всё готово к работе: версии, права, место на диске, Prefect.")
def doctor(home: HomeOption = Path(".")) -> None:
    from pipelines.doctor import examine

    lines, healthy = examine(home)
    for line in lines:
        typer.echo(line)
    if not healthy:
        raise typer.Exit(NOT_DONE)


def main() -> None:
    """Entry point: exit codes 0 done, 1 done with rejected input, 2 wrong call, 3 not done."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8")  # Windows consoles default to another code page
    try:
        app()
    except PipelineError as error:
        print(error, file=sys.stderr)
        sys.exit(NOT_DONE)
