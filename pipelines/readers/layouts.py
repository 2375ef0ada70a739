"""All the layouts that are known, in the order in which a workbook is offered to them."""

from __future__ import annotations

from types import ModuleType

from pipelines.readers import (
    essay,
    exam_appeals,
    exam_csv,
    exam_ege,
    exam_oge,
    exam_oge_dense,
    exam_point_register,
    exam_school_summary,
    federal_list,
    federal_markers,
    medal_list,
    mover_list,
    olympiad_list,
    olympiad_pass,
    olympiad_protocol,
    olympiad_recheck,
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
from pipelines.readers.persons import Context
from pipelines.readers.reading import Reading, Workbook

# Protocols that name persons: read(workbook, context) makes codes of the names.
WITH_PERSONS: tuple[ModuleType, ...] = (
    essay,
    medal_list,
    mover_list,
    exam_appeals,
    exam_csv,
    exam_ege,
    exam_oge_dense,
    exam_oge,
    olympiad_recheck,
    olympiad_protocol,
    olympiad_list,
)

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
    exam_school_summary,
    exam_point_register,
    olympiad_pass,
    *WITH_PERSONS,
)


def layout_of(workbook: Workbook) -> ModuleType | None:
    """The layout that claims `workbook`, None if nobody knows it."""
    return next((layout for layout in LAYOUTS if layout.recognises(workbook)), None)


def read_as(layout: ModuleType, workbook: Workbook, context: Context) -> Reading:
    """What `layout` reads from a workbook; only readers of persons see the context."""
    if layout in WITH_PERSONS:
        return layout.read(workbook, context)
    return layout.read(workbook)


def labels() -> dict[str, str]:
    """Russian names of the layouts by kind."""
    return {layout.KIND: layout.LABEL for layout in LAYOUTS}
