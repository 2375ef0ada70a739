"""`mmuko demo`: a synthetic municipality with everything a real one has, the dirt included."""

from __future__ import annotations

from pathlib import Path

from pipelines.demo.bad_files import write_bad_files
from pipelines.demo.delivery import Delivery
from pipelines.demo.exam_delivery import write_exam_truth, write_exams
from pipelines.demo.olympiads import write_olympiads
from pipelines.demo.town import build_town
from pipelines.demo.truth import FileCount, write_truth
from pipelines.errors import PipelineError

_SPOILT = "vpr/2020/4/Математика.xlsx"  # the whole file that some bad files are made of


def write_town(folder: Path, *, seed: int = 197) -> None:
    """Writes a made-up municipality: `folder`/raw with its tables, `folder`/truth with the answers.

    The same seed gives the same bytes. Raises PipelineError rather than mix its files with others.
    """
    raw, truth = folder / "raw", folder / "truth"
    if raw.is_dir() and any(raw.iterdir()) and not (truth / "planted.csv").exists():
        raise PipelineError(
            f"В папке «{raw.resolve()}» уже есть файлы. Придуманный город нельзя смешивать с"
            " настоящими таблицами: укажите другую папку, например mmuko demo demo."
        )
    town = build_town(seed)
    delivery = Delivery(raw, town, seed)
    delivery.write()
    olympiads = write_olympiads(raw, town, seed)
    exams = write_exams(raw, town, seed)
    bad = write_bad_files(raw, raw / _SPOILT)
    counts = [*delivery.counts, *olympiads.counts, *exams.counts]
    counts += [FileCount(c.file, "", 0) for c in bad]
    dirt = [*delivery.dirt, *olympiads.dirt, *exams.dirt, *bad]
    write_truth(truth, town, delivery.sittings, counts, dirt)
    write_exam_truth(truth, exams)
