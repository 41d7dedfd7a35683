"""What is tried on one input of a sheet: its panels, and how far their pictures are apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from updown_cli.batch.candidates import Trial, Tried, Try
from updown_cli.batch.inputs import Source
from updown_cli.batch.job import Worker
from updown_cli.batch.record import in_time
from updown_cli.batch.settings import Settings
from updown_cli.batch.sheet_pairs import RowPairs, compared_values
from updown_cli.batch.watcher import NOBODY, Watcher
from updown_cli.errors import InputError
from updown_cli.figures.contact_sheet import SheetPanel
from updown_cli.figures.crop_zoom import CropZoom, Looking
from updown_cli.figures.display_range import DisplayRange, own_range_of
from updown_cli.figures.preview import (
    MOST_MAPS,
    PictureFile,
    Preview,
    picture_file,
    preview_images,
)
from updown_cli.files.metrics import Metrics
from updown_cli.files.picture import Picture
from updown_cli.op.shape import by_x
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


@dataclass(frozen=True)
class Trials:
    """One input, and the part of it that all of its panels show."""

    source: Source
    picture: Picture
    tones: DisplayRange
    field: CropZoom
    how: SheetSettings
    pairs: RowPairs

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
        return cls(source, picture, tones, field, how, RowPairs())

    def source_panels(self) -> list[SheetPanel]:
        """Return the panels of the input itself: one, or one for each channel of an array."""
        facts = [str(self.picture.shape), *_extremes(self.tones)]
        crop = [f"crop {self.field.region} at {self.field.zoom}x"] * bool(self.field.region)
        shown = preview_images(self.picture, self.tones, self.picture.white)
        self._compare(self.picture, shown)
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
            self.pairs.add(None)
            return tried, [SheetPanel(chain.label, reason=str(error))]
        shown = preview_images(found, tones, self.picture.white)
        self._compare(found, shown, tried.metrics)
        tried.warnings += left_out(found, shown)
        if self.field.skips((shown[0].image.height, shown[0].image.width)):
            tried.warnings.append("the crop leaves out pixels; choose a larger --zoom")
        return tried, [self._result_panel(tried, view, tones) for view in shown]

    def attempt_again(
        self, tried: Tried, panels: list[SheetPanel]
    ) -> tuple[Tried, list[SheetPanel]]:
        """Return the outcome of a try once more, unless it failed."""
        if tried.error is None:
            return self.attempt(tried.chain)
        self.pairs.add(None)
        return tried, panels

    def _compare(
        self, picture: Picture, shown: Sequence[Preview], known: Metrics | None = None
    ) -> None:
        """Compare what is shown on a page with all that was before; `known` is of the source."""
        if not self.how.on_page:
            return
        self.how.watcher.begin("compare")
        whole = shown[0].channel is None
        for values in compared_values(picture, shown):
            self.pairs.add(values, known if whole else None)

    def _result_panel(self, tried: Tried, view: Preview, tones: DisplayRange) -> SheetPanel:
        facts = [", ".join(filter(None, (by_x(tried.shape or ()), in_time(tried.seconds))))]
        if tried.metrics is not None:
            ssim = "" if tried.ssim is None else f", SSIM {tried.ssim:.4f}"
            facts.append(f"PSNR {tried.metrics.psnr:.2f} dB{ssim}")
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


def left_out(picture: Picture, shown: Sequence[Preview]) -> list[str]:
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
