"""How numbers and names are written in Russian documents: the only place that formats them.

Shares are 0..1 inside and percents here. Rounding is half-up, as in school practice.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "—"
GROUPED_FROM = 10_000  # «1529», but «67 558»
EVERY_NTH_TOLERANCE = Decimal("0.04")  # «каждый пятый» for 19,2–20,8 %

_NTH = {
    2: "второй",
    3: "третий",
    4: "четвёртый",
    5: "пятый",
    6: "шестой",
    7: "седьмой",
    8: "восьмой",
    9: "девятый",
    10: "десятый",
}
_PUPILS = {
    1: "первоклассник",
    2: "второклассник",
    3: "третьеклассник",
    4: "четвероклассник",
    5: "пятиклассник",
    6: "шестиклассник",
    7: "семиклассник",
    8: "восьмиклассник",
    9: "девятиклассник",
    10: "десятиклассник",
    11: "одиннадцатиклассник",
}
_MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)


def _decimal(value: float | int | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


@lru_cache(maxsize=65_536)  # the same few thousand figures stand on every page
def number(value: float | int | Decimal | None, digits: int = 0) -> str:
    """«1529», «67 558», «−0,5»: half-up to `digits` decimals; a missing value is a dash."""
    if value is None:
        return DASH
    rounded = _decimal(value).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    separator = "," if abs(rounded) >= GROUPED_FROM else ""
    text = f"{abs(rounded):{separator}f}".replace(",", NBSP).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def percent(share: float | Decimal | None, digits: int = 1) -> str:
    """«34,1 %» from a share of 0..1."""
    if share is None:
        return DASH
    return f"{number(_decimal(share) * 100, digits)}{NBSP}%"


def part(count: int | None, total: int | None) -> Decimal | None:
    """The exact share `count` / `total`; None where it has no meaning."""
    if count is None or not total:
        return None
    return Decimal(int(count)) / Decimal(int(total))


def out_of(count: int, total: int) -> str:
    """«28 из 82»."""
    return f"{number(count)}{NBSP}из{NBSP}{number(total)}"


def share_of(count: int | None, total: int | None) -> str:
    """«34,1 % (28 из 82)»; a dash where there is nobody."""
    share = part(count, total)
    return DASH if share is None else f"{percent(share)} ({out_of(count, total)})"


def signed(value: float | Decimal | None, digits: int = 1) -> str:
    """«+0,4», «−1,2», «0,0»."""
    if value is None:
        return DASH
    text = number(value, digits)
    return f"+{text}" if value > 0 and text.strip("0,") else text


def change(difference: float | Decimal | None) -> str:
    """«+10,2 п.п.» from a difference of two shares."""
    if difference is None:
        return DASH
    return f"{signed(_decimal(difference) * 100)}{NBSP}п.п."


def interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """«12,0–34,5 %» from two shares."""
    if low is None or high is None:
        return DASH
    return f"{number(_decimal(low) * 100, digits)}–{percent(high, digits)}"


def p_value(p: float | None) -> str:
    """«p < 0,001» or «p = 0,034»."""
    if p is None:
        return DASH
    return f"p{NBSP}<{NBSP}0,001" if p < 0.001 else f"p{NBSP}={NBSP}{number(p, 3)}"


def form(count: int, one: str, few: str, many: str) -> str:
    """The form of a noun after `count`: 1 школа, 2 школы, 5 школ, 11 школ, 21 школа."""
    tens, units = abs(count) % 100, abs(count) % 10
    if units == 1 and tens != 11:
        return one
    return few if 2 <= units <= 4 and not 12 <= tens <= 14 else many


def plural(count: int, one: str, few: str, many: str) -> str:
    """«5 школ»."""
    return f"{number(count)}{NBSP}{form(count, one, few, many)}"


def every_nth(count: int, total: int) -> str | None:
    """«каждый пятый» where the share is one fifth to within 4 % of itself, else None."""
    share = part(count, total)
    if not share:
        return None
    nth = int((1 / share).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    near = abs(share * nth - 1) <= EVERY_NTH_TOLERANCE
    return f"каждый {_NTH[nth]}" if near and nth in _NTH else None


def pupil(grade: int) -> str:
    """«шестиклассник»."""
    return _PUPILS.get(grade, f"ученик {grade} класса")


def in_words(day: date) -> str:
    """«22 июля 2026 г.»."""
    return f"{day.day}{NBSP}{_MONTHS[day.month - 1]} {day.year}{NBSP}г."


def listing(items: list[str]) -> str:
    """«а», «а и б», «а, б и в»."""
    return " и ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def upper_first(text: str) -> str:
    """The text with its first letter capital, the rest untouched."""
    return text[:1].upper() + text[1:]


def by_number(name: str) -> tuple[int, int, str]:
    """Sorting key of school names: by the number after «№», those without one last, by name."""
    found = re.search(r"№\s*(\d{1,9})", name) or re.search(r"(\d{1,9})", name)
    return (0, int(found[1]), name) if found else (1, 0, name)
