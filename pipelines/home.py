"""The folder that the program works in: what lies where, and its settings."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import PipelineError


class Settings(BaseModel):
    """`mmuko.toml`; every field may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    # Schools that neither the registry nor the files place anywhere belong to this municipality.
    municipality: str = "Муниципалитет не указан"


@dataclass(frozen=True)
class Home:
    """A home: `raw/` is only read; `processed/` and `reports/site/` are made by the program."""

    root: Path
    settings: Settings = field(default_factory=Settings)

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def processed(self) -> Path:
        return self.root / "processed"

    @property
    def site(self) -> Path:
        return self.root / "reports" / "site"

    @property
    def state(self) -> Path:
        """The program's own things: cache of read files, lock, staging, Prefect's database."""
        return self.processed / ".mmuko"

    @property
    def key(self) -> Path:
        """The key of the persons' codes: outside of everything that is handed on or published."""
        return self.root / ".mmuko" / "key"


def open_home(root: Path) -> Home:
    """The home at `root`. Raises PipelineError when it has no raw/ or its settings are wrong."""
    if not (root / "raw").is_dir():
        raise PipelineError(
            f"В папке «{root.resolve()}» нет папки raw с таблицами. Создайте её и положите туда"
            " файлы или укажите другую папку: mmuko run --home ПАПКА."
        )
    path = root / "mmuko.toml"
    if not path.exists():
        return Home(root.resolve())
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return Home(root.resolve(), Settings(**values))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise PipelineError(f"Не удалось прочитать настройки «{path}»: {error}") from error
