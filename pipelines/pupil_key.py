"""The key of the codes that stand for persons: made once per home, kept apart from results."""

from __future__ import annotations

import os

from pipelines.errors import PipelineError, StorageError
from pipelines.home import Home

KEY_BYTES = 32


def pupil_key(home: Home) -> bytes:
    """The home's key; made at random on first use, readable to its owner only.

    Without the same key a pupil's codes of two runs do not match. Raises PipelineError if the file
    is damaged, StorageError if it cannot be written.
    """
    try:
        if not home.key.exists():
            _make(home)
        key = home.key.read_bytes()
    except OSError as error:
        raise StorageError(
            f"Не удалось прочитать или создать ключ кодов участников «{home.key}»:"
            f" {error.strerror or error}. Проверьте права на папку."
        ) from error
    if len(key) != KEY_BYTES:
        raise PipelineError(
            f"Файл ключа кодов участников «{home.key}» повреждён. Верните его из копии; если копии"
            " нет, удалите его: будет создан новый, и коды участников изменятся."
        )
    return key


def _make(home: Home) -> None:
    """Writes the key beside its place and moves it there whole."""
    home.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = home.key.with_name(f"{home.key.name}.{os.getpid()}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(os.urandom(KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(home.key)
