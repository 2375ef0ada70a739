"""All the layouts that are known, in the order in which a workbook is offered to them."""

from __future__ import annotations

from types import ModuleType

from pipelines.readers import (
    federal_list,
    federal_markers,
    school_registry,
    task_table,
    vpr_collection,
    vpr_context,
    vpr_distribution,
    vpr_export_2020,
    vpr_export_2021,
    vpr_export_2022,
    vpr_individual,
    vpr_journal,
    vpr_marks,
)
from pipelines.readers.reading import Workbook

# Each module has KIND, LABEL, recognises(workbook), read(workbook).
LAYOUTS: tuple[ModuleType, ...] = (
    vpr_export_2020,
    vpr_export_2021,
    vpr_export_2022,
    vpr_individual,
    vpr_collection,
    vpr_distribution,
    vpr_marks,
    vpr_journal,
    vpr_context,
    federal_markers,
    federal_list,
    task_table,
    school_registry,
)


def layout_of(workbook: Workbook) -> ModuleType | None:
    """The layout that claims `workbook`, None if nobody knows it."""
    return next((layout for layout in LAYOUTS if layout.recognises(workbook)), None)


def labels() -> dict[str, str]:
    """Russian names of the layouts by kind."""
    return {layout.KIND: layout.LABEL for layout in LAYOUTS}
