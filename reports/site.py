"""The static site: every page and asset as bytes; nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from analytics import schema
from reports.blocks import Bullets, Chart, Notice, Page, Statement, Table
from reports.contents import contents
from reports.detectors_page import detector_sections
from reports.documents import document_pages
from reports.edition import Edition, prepare
from reports.faults import PROBLEMS_FILE, problems_csv
from reports.passport import RunFacts, balance_words, passport_sections
from reports.tables import table_html
from reports.test_page import test_page
from reports.wording import in_words

ASSETS = ("style.css", "charts.js")
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def render_site(
    tables: Mapping[str, pd.DataFrame], facts: RunFacts, *, public: bool = True
) -> Iterator[tuple[str, bytes]]:
    """Yields (path relative to the edition's folder, content) of every page and asset.

    tables: the tables of analytics/schema.py by name, `works` is ignored; a missing one is empty.
    public: the edition for everybody, else the one for official use.
    """
    edition = prepare(tables, public=public)
    yield from _assets()
    yield PROBLEMS_FILE, problems_csv(edition.tables["problems"])
    yield "index.html", _render("contents", facts, contents=contents(edition))
    yield (
        "passport.html",
        _render(
            "passport",
            facts,
            sections=passport_sections(edition, facts),
            balance=balance_words(edition.tables["intake"]),
            problems_file=PROBLEMS_FILE,
        ),
    )
    yield "detectors.html", _render("detectors", facts, sections=detector_sections())
    yield "dictionary.html", _render("dictionary", facts, tables=schema.TABLES.values())
    for page in _documents(edition):
        yield page.path, _render("document", facts, page=page)


def _documents(edition: Edition) -> Iterator[Page]:
    for town in edition.towns:
        yield from document_pages(edition, town)
    for test in (*edition.tests.values(), *edition.exams.values()):
        yield test_page(edition, test)


def _assets() -> Iterator[tuple[str, bytes]]:
    from plotly.offline import get_plotlyjs  # late: the import is slow

    yield "assets/plotly.min.js", get_plotlyjs().encode()
    for name in ASSETS:
        yield f"assets/{name}", files("reports").joinpath("assets", name).read_bytes()


def _render(template: str, facts: RunFacts, **values: object) -> bytes:
    made = _environment().get_template(f"{template}.html.j2")
    return made.render(facts=facts, today=in_words(facts.as_of), **values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"spec": spec_json, "table_html": table_html}
    environment.tests |= {
        name: lambda block, kind=kind: isinstance(block, kind)
        for name, kind in {
            "table": Table,
            "chart": Chart,
            "notice": Notice,
            "bullets": Bullets,
            "statement": Statement,
        }.items()
    }
    return environment


def spec_json(spec: Mapping[str, object]) -> Markup:
    """The spec as JSON that cannot end the element it stands in."""
    text = json.dumps(spec, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for character, escaped in _UNSAFE.items():
        text = text.replace(character, escaped)
    return Markup(text)
