"""The options of arrays and frames: which axis is which, and what is taken."""

from __future__ import annotations

from dataclasses import replace

from updown_cli.cli import common_options
from updown_cli.cli.option import option_class, shared_option
from updown_cli.files.frames import Frames, check_frames
from updown_cli.files.reading import Reading
from updown_cli.op.param_types import Int


@option_class
class AxisOptions:
    """What the axes of arrays are."""

    layout: str | None = shared_option(
        "--layout",
        metavar="AXES",
        help="Axes of arrays, such as NHWC.  [default: by rank: HW, CHW, NCHW, NCDHW]",
    )
    dims: int | None = shared_option(
        "--dims",
        kind=Int(min=1, max=3),
        metavar="1|2|3",
        help="Sides of arrays: signals, images or volumes.  [default: by rank]",
    )


@option_class
class ArrayOptions(AxisOptions):
    """What the axes of arrays are, and which frames are taken."""

    frames: Frames = shared_option(
        "--frames",
        kind=check_frames,
        metavar="all|volume|N|A-B",
        default="all",
        help="Frames of animations and pages, from 0: one after the other, or as a volume's depth.",
    )

    def complete(self, reading: Reading) -> Reading:
        """Return how files are read, with what is said of arrays and frames."""
        return replace(reading, layout=self.layout, dims=self.dims, frames=self.frames)


@option_class
class SingleFileOptions(AxisOptions):
    """How one file is read by a command that has no pipeline."""

    max_pixels: int = common_options.max_pixels()
    accept_damaged: bool = common_options.accept_damaged()
    debug: bool = common_options.debug()

    def reading(self) -> Reading:
        """Return how the file is read."""
        return Reading(
            layout=self.layout,
            dims=self.dims,
            max_pixels=self.max_pixels,
            accept_damaged=self.accept_damaged,
        )
