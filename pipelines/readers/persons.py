"""Persons of exam protocols: a keyed code in place of the name, made before anything is stored."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.readers.tokens import Tokens

CODE_LENGTH = 20  # hex digits; 80 bits keep a million pupils apart
_LOOK_ALIKES = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")  # Latin letters → Cyrillic ones
_NAMES = re.compile(r"[А-ЯЁ][А-ЯЁа-яё.\-]*(?:,? [А-ЯЁ][А-ЯЁа-яё.\-]*){0,3}")
_BETWEEN = "\x1f"  # stands in no name, so that «Ан» + «на» is not «А» + «нна»


@dataclass(frozen=True)
class Context:
    """What a reader of persons' files is given beside the file: the key of the persons' codes."""

    key: bytes


def name_part(value: object) -> str:
    """A part of a name for comparison: capitals, Е for Ё, Cyrillic letters, single blanks."""
    text = unicodedata.normalize("NFKC", str(value)).upper().replace("Ё", "Е")
    text = text.translate(_LOOK_ALIKES)
    return " ".join(text.replace("–", "-").replace("—", "-").replace("-", " ").split())


def like_a_person(text: str) -> bool:
    """Whether a text may be a name: one to four words, each with a capital."""
    return _NAMES.fullmatch(text) is not None


def person_codes(
    parts: list[Tokens], school: pd.api.extensions.ExtensionArray, key: bytes
) -> pd.api.extensions.ExtensionArray:
    """HMAC-SHA256 of surname, name, patronymic and the school's code, one code per row.

    Null where the surname (the first of `parts`) or the school is blank: such a row cannot be told
    from another one.
    """
    named: list[NDArray[np.object_]] = [
        np.asarray(part.texts(name_part), dtype=object) for part in parts
    ]
    schools = np.asarray(school, dtype=object)
    rows = pd.MultiIndex.from_arrays([*named, schools])
    codes, distinct = rows.factorize()
    coded = [_code(person, key) for person in distinct]
    return pd.array(coded, dtype="str").take(codes)


def _code(person: tuple[object, ...], key: bytes) -> str | None:
    if not person[0] or pd.isna(person[-1]):
        return None
    message = _BETWEEN.join(map(str, person)).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:CODE_LENGTH]
