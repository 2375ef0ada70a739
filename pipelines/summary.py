"""What a finished run says in the terminal."""

from __future__ import annotations

from pipelines.home import Home
from pipelines.run import Outcome

STATUSES = {
    "accepted": "приняты",
    "partly": "приняты частично",
    "rejected": "отложены",
    "unknown": "не распознаны",
}


def tell_outcome(home: Home, outcome: Outcome) -> list[str]:
    """Lines for the user: what was taken, what was set aside, where the documents are."""
    manifest = outcome.manifest
    if outcome.unchanged:
        return [
            f"С прошлого запуска (№ {manifest['run']}) ничего не изменилось; документы прежние.",
            f"Документы: {home.site / 'index.html'}",
        ]
    states = manifest["files_by_status"]
    rows = manifest["rows"]
    lines = [
        "Файлы: "
        + ", ".join(f"{STATUSES[s]} {states[s]}" for s in STATUSES if states.get(s))
        + f"; без повторного чтения {manifest['files_reused']}.",
        f"Строки: прочитано {rows['read']} = принято {rows['accepted']} + отложено"
        f" {rows['rejected']}.",
    ]
    problems = manifest["problems"]
    if problems:
        total = sum(problems.values())
        lines.append(f"Замечаний: {total}; список — в паспорте данных и в возвратах школам.")
    lines += [
        f"Возвраты школам: {home.processed / 'returned'}",
        f"Документы: {home.site / 'index.html'}",
    ]
    return lines
