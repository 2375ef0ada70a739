"""What a row of `findings` says in words: verdict, effect, uncertainty, what could be seen at all.

Nothing here accuses: a sign is a reason to check.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from analytics import schema
from analytics.detectors.boundary_lifting import SOFT_ROUNDING
from reports.members import Record
from reports.wording import DASH, NBSP, form, number, p_value, percent, upper_first

BOUNDARY = "boundary_lifting"
FLAGS = schema.FLAGS
NOTICED = 0.05  # p from which a small excess is spoken of; above it is no excess at all
SURE = 0.05  # q of the red verdict; from it to .20 a sign is amber at most

# Words of a state, then its tone.
STATES = {
    "red": ("признаки риска, требуется проверка", "low"),
    "amber": ("отдельные признаки, требуется дополнительный анализ", "doubt"),
    "none": ("признаков не найдено", ""),
    "not_enough_data": ("не проверено: данных мало", "muted"),
    "not_applicable": ("не проверено: метод неприменим", "muted"),
}
PEOPLE = "участник"  # a unit that counts pupils
SUM = "накопленная сумма"  # a unit that the sentence says itself
SOFT = "мягкое округление"
SOFT_FACT = (
    "Под границами отметок работ чуть меньше, на границах чуть больше, чем в сравнении "
    "({estimate} не добравших 1–2 балла). Такая величина — мягкое округление в пользу ученика, "
    "оно бывает и при честной проверке"
)


@cache
def _texts() -> dict[str, dict[str, str]]:
    path = files("reports").joinpath("templates", "signs.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def name_of(detector: str) -> str:
    """«Подъём до границы отметки»."""
    return _texts()[detector]["name"]


def is_soft(record: Record) -> bool:
    """Lifting above nothing and below 0,08 of the near misses: what lenient rounding gives."""
    estimate = record["estimate"]
    return record["detector"] == BOUNDARY and estimate is not None and 0 < estimate < SOFT_ROUNDING


def state_words(record: Record) -> tuple[str, str]:
    """Words and tone of a state; a small excess on the boundaries is named for what it is."""
    words, tone = STATES[record["status"]]
    return (f"{words}; {SOFT}", tone) if is_soft_sign(record) else (words, tone)


def is_soft_sign(record: Record) -> bool:
    """A soft excess that is an excess: flagged, or not explained by chance alone."""
    p = record["p_value"]
    stands_out = record["status"] in FLAGS or (p is not None and p < NOTICED)
    return is_soft(record) and stands_out


def fact(record: Record) -> str:
    """One sentence: what stands out and by how much."""
    texts, value = _texts()[record["detector"]], record["estimate"]
    text = SOFT_FACT if is_soft(record) else texts["fact"]
    if value is not None and value < 0 and "below" in texts:  # a detector of two sides
        text, value = texts["below"], -value
    return sentence(text.format(estimate=amount(record, value)))


def sentence(text: str) -> str:
    """The text with one full stop at its end."""
    return f"{text.rstrip('.')}."


def amount(record: Record, value: float | None) -> str:
    """«42,2 %» for a share, «0,41 ст. откл.» for the rest."""
    unit = record["unit"] or ""
    if value is None or _is_share(unit):
        return percent(value)
    if unit.startswith(SUM):
        return number(value, 2)
    return f"{number(value, _digits(unit))}{NBSP}{unit}".strip()


def estimate_limits(record: Record) -> str:
    """«от 33,8 до 50,7 %», the unit said once; a dash where there is no interval."""
    low, high = record["ci_low"], record["ci_high"]
    if low is None or high is None:
        return DASH
    if _is_share(record["unit"] or ""):
        return f"от {number(100 * low, 1)} до {percent(high)}"
    digits = _digits(record["unit"] or "")
    return f"от {number(low, digits)} до {number(high, digits)}"


def size(record: Record) -> str:
    """The estimate with its interval and the same in pupils, said once where both are one."""
    limits = estimate_limits(record)
    interval = "" if limits == DASH else f" (95{NBSP}%: {limits})"
    estimate = amount(record, record["estimate"]) + interval
    count = pupils(record)
    if count and (record["unit"] or "").startswith(PEOPLE):
        return sentence(upper_first(count))
    return sentence("; ".join(filter(None, [estimate, count])))


def _digits(unit: str) -> int:
    return 1 if unit.startswith(PEOPLE) else 2


def _is_share(unit: str) -> bool:
    return unit.startswith("доля")


def pupils(record: Record) -> str:
    """«около 168 участников (95 % интервал: от 134 до 202)»; empty where it has no meaning."""
    count = record["pupils"]
    if count is None:
        return ""
    whole = int(number(count).replace(NBSP, ""))
    words = f"около {number(whole)}{NBSP}{form(whole, 'участника', 'участников', 'участников')}"
    low, high = record["pupils_low"], record["pupils_high"]
    if low is None or high is None:
        return words
    return f"{words} (95{NBSP}% интервал: от {number(low)} до {number(high)})"


def certainty(record: Record) -> str:
    """How sure, first in words, then in figures, and what the comparison was made with."""
    q = record["q_value"]
    if q is None:
        words = "Отдельно от других признаков не оценивается"
    elif q <= SURE:
        words = "Случайностью объясняется плохо"
    else:
        words = "Может быть и случайностью"
    figures = [p_value(record["p_value"])] if record["p_value"] is not None else []
    if q is not None:
        figures.append(f"с поправкой на число школ {p_value(q).replace('p', 'q', 1)}")
    figures.append(f"работ: {number(record['n'])}")
    beside = f" Сравнение: {record['reference']}." if record["reference"] else ""
    return f"{words}: {', '.join(figures)}.{beside}"


def seen_from(record: Record | None) -> str:
    """What a school without signs could hide: the smallest lifting found with power of 80 %."""
    if record is None or record["mde"] is None:
        why = f" ({record['reason']})" if record and record["reason"] else ""
        return f"Подъём до границ отметок не проверен{why}, поэтому и об отсутствии говорить рано."
    works = f"при таком числе работ (n = {number(record['n'])})"
    if record["mde"] >= 1:
        return f"Нет признаков — не значит «чисто»: {works} подъём увидеть нельзя."
    return (
        f"Нет признаков — не значит «чисто»: {works} виден лишь подъём от "
        f"{percent(record['mde'])} не добравших 1–2 балла (находится в 80{NBSP}% случаев)."
    )
