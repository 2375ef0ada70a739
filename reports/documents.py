"""All documents of a municipality, in the order of the contents, and the links that lead there.

A new kind of document is one module with its pages and its links, named here once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reports.blocks import Cell, Page
from reports.edition import Edition
from reports.exam_pages import exam_links, exam_pages
from reports.members import Town
from reports.school import school_pages
from reports.town import certificate_links, town_pages

PAGES: tuple[Callable[[Edition, Town], Iterator[Page]], ...] = (
    town_pages,
    exam_pages,
)
LINKS: tuple[Callable[[Edition, Town], list[Cell]], ...] = (
    certificate_links,
    exam_links,
)


def document_pages(edition: Edition, town: Town) -> Iterator[Page]:
    """Every page about the municipality, then about its schools, that the edition may hold."""
    for pages in PAGES:
        yield from _allowed(edition, pages(edition, town))
    for school in town.schools:
        yield from _allowed(edition, school_pages(edition, town, school))


def document_links(edition: Edition, town: Town) -> tuple[Cell, ...]:
    """Links of the contents to the latest document of every kind."""
    links = [link for find in LINKS for link in find(edition, town)]
    return tuple(links) or (Cell("данных нет", href=town.page),)


def _allowed(edition: Edition, pages: Iterator[Page]) -> Iterator[Page]:
    return (page for page in pages if not (edition.public and page.internal))
