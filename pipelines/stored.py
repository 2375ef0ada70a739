"""What the last finished run left in `processed/`, read back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analytics import schema


def stored_tables(folder: Path, names: Iterable[str] | None = None) -> dict[str, pd.DataFrame]:
    """Tables of `folder` by name, all but `works` unless named; a missing one is empty."""
    wanted = [n for n in schema.TABLES if n != "works"] if names is None else list(names)
    return {name: _table(folder / f"{name}.parquet", name) for name in wanted}


def _table(path: Path, name: str) -> pd.DataFrame:
    return schema.conform(pd.read_parquet(path), name) if path.exists() else schema.empty(name)
