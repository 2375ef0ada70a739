"""Which groups are too small to be shown, and which others must go so that they stay hidden.

Thresholds: 5 is the rule of this project; 10, 20 and 50 after the FIOKO
recommendations of 2026, p. 13 and 23–26.
"""

from __future__ import annotations

from collections.abc import Mapping

SHOWN_FROM = 5
FULL_SHARES_FROM = 10  # 5–9: «информационно»
HISTOGRAM_FROM = 20
FULL_HISTOGRAM_FROM = 50

HIDDEN = "скрыто"
HIDDEN_NOTE = (
    "«скрыто» — участников меньше 5, или строка закрыта, чтобы по общему итогу нельзя было "
    "восстановить соседнюю"
)


def hidden_groups(counts: Mapping[str, int], limit: int = SHOWN_FROM) -> frozenset[str]:
    """Keys of the groups to hide where the total of all groups is shown beside them.

    Groups of 1..limit−1 are hidden. One hidden group could be found by subtraction, so the next
    smallest are hidden too, until there are two of them and at least `limit` people together.
    """
    present = sorted((n, key) for key, n in counts.items() if n > 0)
    hidden = [(n, key) for n, key in present if n < limit]
    for candidate in present[len(hidden) :]:
        if not hidden or (len(hidden) > 1 and sum(n for n, _ in hidden) >= limit):
            break
        hidden.append(candidate)
    return frozenset(key for _, key in hidden)


def caution(n: int) -> str:
    """What is said beside figures of `n` participants; empty where nothing needs saying."""
    if n == 0:
        return "нет участников"
    if n < SHOWN_FROM:
        return HIDDEN
    return "информационно" if n < FULL_SHARES_FROM else ""


def histogram_caution(n: int) -> str | None:
    """The note on a histogram of `n` works; None where it is not drawn at all."""
    if n < HISTOGRAM_FROM:
        return None
    return "ориентировочно: работ меньше 50" if n < FULL_HISTOGRAM_FROM else ""
