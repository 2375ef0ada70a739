"""Signs by the project's own methods on the page of a school: words first, numbers last."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Bullets, Cell, Notice, Statement
from reports.detector_cards import card
from reports.disclosure import HIDDEN, HIDDEN_NOTE
from reports.lifted_scores import lifting_charts
from reports.lifting_details import lifting_details
from reports.members import Record
from reports.scope import Scope
from reports.sign_numbers import detectors_table, scopes_table
from reports.sign_words import (
    BOUNDARY,
    FLAGS,
    STATES,
    certainty,
    fact,
    is_soft,
    seen_from,
    sentence,
    size,
    state_words,
)
from reports.signs import OWN, Signs, scope_name, why_unchecked
from reports.wording import upper_first

NO_CAUSE = (
    "Причину числа не показывают: её покажет только проверка. Это не вывод о школе и не вывод о "
    "ком-либо."
)
MEANING = {
    "red": "Результаты отличаются от ожидаемых заметнее, чем бывает случайно, и не в одном. ",
    "amber": "Результаты отличаются от ожидаемых, но уверенно говорить о признаке рано. ",
}
NO_INNOCENT = "в карточке детектора пока не описаны; без них признак читать нельзя"


def school_claim(scope: Scope, signs: Signs) -> str:
    """The verdict of the year as a heading."""
    year = scope.year
    if signs.verdict is None:
        return f"Собственными методами за {year} год не проверено"
    status = signs.verdict["status"]
    if status == "none" and signs.flagged:
        return f"Собственные методы, {year} год: отдельный признак есть, школу он не отмечает"
    if status == "none":
        return f"Признаков по собственным методам за {year} год не найдено — не значит «чисто»"
    if status in FLAGS:
        return f"Собственные методы, {year} год: {STATES[status][0]}"
    return f"Собственными методами за {year} год {STATES[status][0]}"


def school_blocks(scope: Scope, signs: Signs) -> list[Block]:
    """The verdict in words, each sign with its picture, what to check, the numbers."""
    if signs.verdict is None:
        return [_unchecked(scope, signs)]
    flagged = signs.flagged
    blocks: list[Block] = [_verdict(scope, signs)]
    for record in flagged:
        blocks.append(_sign(scope, signs, record))
        if record["detector"] == BOUNDARY:
            blocks += [*lifting_charts(scope), *lifting_details(scope)]
    if signs.is_flag:
        blocks += _checks(flagged)
    return [*blocks, detectors_table(scope, signs), *scopes_table(scope, signs)]


def _unchecked(scope: Scope, signs: Signs) -> Notice:
    if signs.hidden:
        return Notice(f"{OWN}: {HIDDEN}", f"За {scope.year} год работ слишком мало. {HIDDEN_NOTE}.")
    return Notice(f"{OWN}: не проверено", why_unchecked(scope))


def _verdict(scope: Scope, signs: Signs) -> Statement | Notice:
    record = signs.verdict
    words, tone = STATES[record["status"]]
    reason = upper_first(record["reason"] or "")
    title = f"{OWN}, {scope.year} год — {words}"
    if record["status"] in ("not_enough_data", "not_applicable"):
        why = reason or "Показаний, из которых можно сделать вывод, нет"
        return Notice(title, f"{sentence(why)} Это не значит «в норме»: вывода нет.")
    terms = [("Основание", sentence(reason))] if reason else []
    if record["status"] in FLAGS:
        terms += [
            ("Что это значит", MEANING[record["status"]] + NO_CAUSE),
            ("Насколько уверенно", certainty(record)),
        ]
    else:
        terms.append(("Что это значит", seen_from(signs.boundary)))
        if signs.boundary and is_soft(signs.boundary):
            terms.append(("На границах отметок", fact(signs.boundary)))
    return Statement(Cell(title), tuple(terms), tone)


def _sign(scope: Scope, signs: Signs, record: Record) -> Statement:
    told = card(record["detector"])
    scopes = [
        r for r in signs.scopes if r["detector"] == record["detector"] and r["status"] in FLAGS
    ]
    # A class or a subject may bear a sign where the whole school could not be tested.
    shown = record if record["estimate"] is not None or not scopes else scopes[0]
    where = sentence("; ".join(scope_name(scope, r) for r in scopes))
    terms = [
        ("Что видно", fact(shown)),
        ("Величина", size(shown)),
        ("Насколько уверенно", certainty(shown)),
        *([("Где заметнее", where)] if scopes else []),
        ("Честные объяснения", sentence("; ".join(told.innocent) or NO_INNOCENT)),
    ]
    return Statement(Cell(told.name, href=told.href), tuple(terms), state_words(shown)[1])


def _checks(flagged: Sequence[Record]) -> list[Block]:
    """What a person should do next, each step once."""
    steps = dict.fromkeys(step for r in flagged for step in card(r["detector"]).checks)
    return [Bullets("Что проверить", tuple(Cell(step) for step in steps))] if steps else []
