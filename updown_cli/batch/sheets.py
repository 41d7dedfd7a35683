"""Chains tried on pictures, side by side on one sheet."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from updown_cli.batch.candidate_labels import short_labels
from updown_cli.batch.candidates import Trial, Tried, Try, check_writes_nothing
from updown_cli.batch.inputs import Source
from updown_cli.batch.job import Worker
from updown_cli.batch.panel_lines import arrange_panels
from updown_cli.batch.record import in_time
from updown_cli.batch.settings import Settings
from updown_cli.batch.single_file import read_single
from updown_cli.batch.watcher import NOBODY, Watcher
from updown_cli.errors import InputError
from updown_cli.figures.contact_sheet import (
    ContactSheet,
    SheetPanel,
    contact_sheet_bytes,
)
from updown_cli.figures.crop_zoom import CropZoom, Looking
from updown_cli.figures.display_range import DisplayRange, own_range_of
from updown_cli.figures.html_sheet import page
from updown_cli.figures.preview import (
    MOST_MAPS,
    PictureFile,
    Preview,
    check_is_flat,
    picture_file,
    preview_images,
)
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading, check_pixels
from updown_cli.op.shape import by_x
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.step_errors import in_step


@dataclass(frozen=True, kw_only=True)
class SheetSettings:
    """What a sheet shows: how pictures are computed, looked at, and whether with times."""

    run: Settings
    looking: Looking
    times: bool = True
    on_page: bool = False
    full: bool = False
    watcher: Watcher = NOBODY


@dataclass
class SourceRow:
    """An input and every try on it, as panels; of a try with several channels one for each."""

    name: str
    size: tuple[int, int]
    panels: list[list[SheetPanel]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


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
    warnings += _left_out(picture, preview_images(picture, trials.tones, picture.white))
    height, width = picture.shape.size
    outcomes = [trials.attempt(chain) for chain in tries]
    succeeded = [tried.chain for tried, _ in outcomes if tried.error is None]
    fitting = Trials.of(source, picture, succeeded, how)
    if fitting.field != trials.field:  # what failed at its work had a part in the crop
        trials = fitting
        outcomes = [one if one[0].error else trials.attempt(one[0].chain) for one in outcomes]
    yield from (tried for tried, _ in outcomes)
    panels = [trials.source_panels(), *(shown for _, shown in outcomes)]
    yield SourceRow(source.path, (width, height), panels, warnings)


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


@dataclass(frozen=True)
class Trials:
    """One input, and the part of it that all of its panels show."""

    source: Source
    picture: Picture
    tones: DisplayRange
    field: CropZoom
    how: SheetSettings

    @classmethod
    def of(
        cls, source: Source, picture: Picture, tries: Sequence[Try], how: SheetSettings
    ) -> Trials:
        """Return the trials on a picture.

        What is magnified follows from the sizes of all results that there can be.
        """
        tones = own_range_of(picture)
        view = preview_images(picture, tones, picture.white)[0]
        trials = [Trial(source, picture, Worker(chain.pipeline, how.run)) for chain in tries]
        sizes = [size for trial in trials for size in _sizes(trial)]
        with in_step(source.path):
            field = how.looking.field(view, sizes)
        return cls(source, picture, tones, field, how)

    def source_panels(self) -> list[SheetPanel]:
        """Return the panels of the input itself: one, or one for each channel of an array."""
        facts = [str(self.picture.shape), *_extremes(self.tones)]
        crop = [f"crop {self.field.region} at {self.field.zoom}x"] * bool(self.field.region)
        shown = preview_images(self.picture, self.tones, self.picture.white)
        return [self._panel("source", facts, view, crop) for view in shown]

    def attempt(self, chain: Try) -> tuple[Tried, list[SheetPanel]]:
        """Return the outcome of one try and its panels; one that fails says why."""
        tried = Tried(source=self.source.path, chain=chain)
        worker = Worker(chain.pipeline, self.how.run, self.how.watcher)
        trial = Trial(self.source, self.picture, worker)
        self.how.watcher.begin("ops")
        try:
            found, tones = trial.run(tried, timed=self.how.times)
        except InputError as error:
            tried.error = error
            return tried, [SheetPanel(chain.label, reason=str(error))]
        shown = preview_images(found, tones, self.picture.white)
        tried.warnings += _left_out(found, shown)
        if self.field.skips((shown[0].image.height, shown[0].image.width)):
            tried.warnings.append("the crop leaves out pixels; choose a larger --zoom")
        return tried, [self._result_panel(tried, view, tones) for view in shown]

    def _result_panel(self, tried: Tried, view: Preview, tones: DisplayRange) -> SheetPanel:
        facts = [", ".join(filter(None, (by_x(tried.shape or ()), in_time(tried.seconds))))]
        if tried.psnr is not None:
            ssim = "" if tried.ssim is None else f", SSIM {tried.ssim:.4f}"
            facts.append(f"PSNR {tried.psnr:.2f} dB{ssim}")
        return self._panel(tried.chain.label, [*facts, *_extremes(tones)], view)

    def _page_file(self, view: Preview) -> PictureFile | None:
        """Return the picture for a page, if there is to be one."""
        if not self.how.on_page:
            return None
        return view.whole_file() if self.how.full else view.page_file()

    def _panel(
        self, title: str, facts: Sequence[str], view: Preview, looks: Sequence[str] = ()
    ) -> SheetPanel:
        picture, part = self.field.shown(view), self.field.magnified(view)
        factor = self.field.factor_of((view.image.height, view.image.width))
        file = self._page_file(view)
        reduced = file is not None and file.reduced > 1
        times = "x" if factor > 1 else ""
        return SheetPanel(
            title if view.channel is None else f"{title}, channel {view.channel}",
            tuple(facts),
            (*[f"shown at {factor}{times}"] * (factor != 1), *looks),
            picture,
            part,
            self.field.frame(picture.size),
            file=file,
            part_file=picture_file(part) if reduced and part else None,
            size=view.image.size,
        )


def _extremes(tones: DisplayRange) -> list[str]:
    """Return the values of black and white where they are not those of the type."""
    return [f"black {tones.black:.4g}, white {tones.white:.4g}"] * (not tones.are_a_type_s)


def _left_out(picture: Picture, shown: Sequence[Preview]) -> list[str]:
    """Return what to say of channels that are not shown."""
    if len(shown) < MOST_MAPS or picture.shape.channels == MOST_MAPS:
        return []
    return [f"of {picture.shape.channels} channels the first {MOST_MAPS} are shown"]


def _sizes(trial: Trial) -> list[tuple[int, int]]:
    """Return height and width of a result, if there can be one."""
    try:
        return [trial.size()]
    except (InputError, ValueError):
        return []


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
    flat = [(row.name, row.size, [p for group in row.panels for p in group]) for row in rows]
    return page(flat, full_names(tries))


def full_names(tries: Sequence[Try]) -> list[str]:
    """Return the tries as they were typed, for those whose name is shorter."""
    return [f"{t.label}: {t.text}" for t in tries if t.label != " ".join(t.text.split())]
