"""Chains tried on pictures, side by side on one sheet."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from updown_cli.batch.candidate_labels import short_labels
from updown_cli.batch.candidates import Tried, Try, check_writes_nothing
from updown_cli.batch.inputs import Source
from updown_cli.batch.panel_lines import arrange_panels
from updown_cli.batch.sheet_trials import SheetSettings, Trials, left_out
from updown_cli.batch.single_file import read_single
from updown_cli.figures.contact_sheet import (
    ContactSheet,
    SheetPanel,
    contact_sheet_bytes,
)
from updown_cli.figures.html_sheet import PageRow, page
from updown_cli.figures.picture_pairs import PicturePairs
from updown_cli.figures.preview import check_is_flat, preview_images
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading, check_pixels
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.step_errors import in_step


@dataclass
class SourceRow:
    """An input and every try on it, as panels; of a try with several channels one for each."""

    name: str
    size: tuple[int, int]
    panels: list[list[SheetPanel]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    pairs: PicturePairs = field(default_factory=PicturePairs)


def tries_of(texts: Sequence[str], pipelines: Sequence[Pipeline]) -> list[Try]:
    """Return numbered tries with short names; raise UsageError for one that writes files."""
    tries = []
    for number, (text, label, pipeline) in enumerate(
        zip(texts, short_labels(texts), pipelines, strict=True), 1
    ):
        with in_step(f"try {number}"):
            check_writes_nothing(pipeline)
        tries.append(Try(number, text, label, pipeline))
    return tries


def row_of(source: Source, tries: Sequence[Try], how: SheetSettings) -> Iterator[Tried | SourceRow]:
    """Yield what became of every try on an input, and at last the row of panels.

    Raises InputError, that names it, for an input that cannot be shown.
    """
    how.watcher.begin("load")
    picture, warnings = _first_frame(source, how.run.reading)
    trials = Trials.of(source, picture, tries, how)
    warnings += left_out(picture, preview_images(picture, trials.tones, picture.white))
    height, width = picture.shape.size
    first, outcomes = trials.source_panels(), [trials.attempt(chain) for chain in tries]
    succeeded = [tried.chain for tried, _ in outcomes if tried.error is None]
    fitting = Trials.of(source, picture, succeeded, how)
    if fitting.field != trials.field:  # what failed at its work had a part in the crop
        trials = fitting
        first, outcomes = trials.source_panels(), [trials.attempt_again(*one) for one in outcomes]
    yield from (tried for tried, _ in outcomes)
    panels = [first, *(shown for _, shown in outcomes)]
    yield SourceRow(source.path, (width, height), panels, warnings, trials.pairs.told())


def _first_frame(source: Source, reading: Reading) -> tuple[Picture, list[str]]:
    """Return an input's first frame, and what the user should know of the reading."""
    with in_step(source.path):
        source.check()
    picture = read_single(source.path, reading)
    remarks = list(picture.remarks)
    if picture.frames > 1:
        remarks.append(f"of {picture.frames} frames only the first is shown")
    with in_step(source.path):
        check_is_flat(picture)
    return replace(picture, pixels=picture.pixels[:1]), remarks


def check_room(rows: Sequence[SourceRow], max_pixels: int) -> None:
    """Raise InputError for more pictures than a sheet may have pixels, before there are more."""
    shown = [p.picture for row in rows for group in row.panels for p in group if p.picture]
    with in_step("the sheet"):
        check_pixels(sum(picture.width * picture.height for picture in shown), max_pixels)


def sheet_picture(
    rows: Sequence[SourceRow],
    tries: Sequence[Try],
    suffix: str,
    columns: int | None,
    max_pixels: int,
) -> bytes:
    """Return a file with the sheet, in the format of an ending.

    Raises InputError for a sheet that is too large.
    """
    sheet = ContactSheet(arrange_panels(rows, columns), full_names(tries))
    with in_step("the sheet"):
        check_pixels(math.prod(sheet.size), max_pixels)
        return contact_sheet_bytes(sheet, suffix)


def sheet_page(rows: Sequence[SourceRow], tries: Sequence[Try]) -> bytes:
    """Return a page that has every picture in it."""
    shown = [
        PageRow(row.name, row.size, [p for group in row.panels for p in group], row.pairs)
        for row in rows
    ]
    return page(shown, full_names(tries))


def full_names(tries: Sequence[Try]) -> list[str]:
    """Return the tries as they were typed, for those whose name is shorter."""
    return [f"{t.label}: {t.text}" for t in tries if t.label != " ".join(t.text.split())]
