"""The catalogue of messages about faults, keyed by code: one TOML file per family."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd


@dataclass(frozen=True)
class Message:
    """How a fault is told: severity, what happened, what to do."""

    severity: str
    message: str
    hint: str


@cache
def catalogue() -> dict[str, Message]:
    """All messages by code. Raises ValueError if two files declare the same code."""
    messages: dict[str, Message] = {}
    for resource in sorted(files(__name__).iterdir(), key=lambda r: r.name):
        if not resource.name.endswith(".toml"):
            continue
        for code, entry in tomllib.loads(resource.read_text(encoding="utf-8")).items():
            if code in messages:
                raise ValueError(f"message {code} is declared twice, again in {resource.name}")
            messages[code] = Message(**entry)
    return messages


def tell(problems: pd.DataFrame) -> pd.DataFrame:
    """Adds `severity`, `message`, `hint` to problems; needs `code`, `value`, `expected`, `column`.

    Raises KeyError naming the codes that the catalogue does not have.
    """
    unknown = set(problems["code"].unique()) - set(catalogue())
    if unknown:
        raise KeyError(f"no message for codes {sorted(unknown)}")
    entries = [catalogue()[code] for code in problems["code"]]
    fields = problems[["value", "expected", "column"]].fillna("").to_dict("records")
    return problems.assign(
        severity=pd.Series([e.severity for e in entries], dtype="str", index=problems.index),
        message=pd.Series(
            [e.message.format(**f) for e, f in zip(entries, fields, strict=True)],
            dtype="str",
            index=problems.index,
        ),
        hint=pd.Series([e.hint for e in entries], dtype="str", index=problems.index),
    )
