"""Publish: drafts the tables, the site and the workbooks that go back to the schools."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from pipelines.collect import Collected
from pipelines.fingerprint import package_versions
from pipelines.home import Home
from pipelines.readers.layouts import labels
from pipelines.store import Draft
from reports.passport import RunFacts
from reports.returned import returned_workbooks
from reports.site import render_site


def publish(
    home: Home,
    collected: Collected,
    tables: Mapping[str, pd.DataFrame],
    *,
    as_of: date,
    snapshot: str,
) -> Draft:
    """Everything that a run leaves behind, drafted beside the previous results."""
    draft = Draft(home)
    for name, frame in sorted(tables.items()):
        draft.put_table(name, frame)
    draft.put_table("quarantine/works", collected.placed.loc[collected.rejected])
    versions = package_versions()
    facts = RunFacts(as_of=as_of, version=versions.pop("mmuko"), snapshot=snapshot,
                     packages=versions, kinds=labels())  # fmt: skip
    pages = {name: frame for name, frame in tables.items() if name != "works"}
    for relative, content in render_site(pages, facts):
        draft.put_page(relative, content)
    returned = returned_workbooks(collected.placed, collected.rejected, collected.addresses, tables)
    for school_id, content in returned:
        draft.put_file(f"returned/{school_id}.xlsx", content)
    return draft
