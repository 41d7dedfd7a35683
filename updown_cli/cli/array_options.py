"""The options of what files hold: axes of arrays, colours of pictures, frames of both."""

from __future__ import annotations

import shlex
from dataclasses import replace

from updown_cli.cli import common_options, option_values
from updown_cli.cli.option import option_class, shared_option
from updown_cli.files.frames import Frames, check_frames
from updown_cli.files.reading import COLOURS, Reading
from updown_cli.op.param_types import Choice, Int


@option_class
class AxisOptions:
    """What the axes of arrays are, and in which colours pictures are read."""

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
    colour: str = shared_option(
        "--colour",
        "--color",
        kind=Choice(COLOURS),
        default=COLOURS[0],
        help="Colours of pictures before anything else; inks become rgb by their profile, "
        "transparency stays without --background.",
    )
    background: tuple[int, int, int] | None = shared_option(
        "--background",
        kind=option_values.background,
        metavar="COLOUR",
        help="Put transparent pictures on a colour, such as white or #808080.",
    )

    def of_content(self, reading: Reading) -> Reading:
        """Return how files are read, with what is said of axes and colours."""
        return replace(
            reading,
            layout=self.layout,
            dims=self.dims,
            colour=self.colour,
            background=self.background,
        )

    def typed(self) -> str:
        """Return what is not as usual as it is typed."""
        words = [f"--layout {shlex.quote(self.layout)}"] if self.layout else []
        words += [f"--dims {self.dims}"] if self.dims else []
        words += [f"--colour {self.colour}"] if self.colour != COLOURS[0] else []
        if self.background is not None:
            words.append(f"--background '#{bytes(self.background).hex()}'")
        return " ".join(words)


@option_class
class ArrayOptions(AxisOptions):
    """What the axes of arrays are, the colours of pictures, and which frames are taken."""

    frames: Frames = shared_option(
        "--frames",
        kind=check_frames,
        metavar="all|volume|N|A-B",
        default="all",
        help="Frames of animations and pages, from 0: one after the other, or as a volume's depth.",
    )

    def complete(self, reading: Reading) -> Reading:
        """Return how files are read, with what is said of axes, colours and frames."""
        return replace(self.of_content(reading), frames=self.frames)


@option_class
class SingleFileOptions(AxisOptions):
    """How one file is read by a command that has no pipeline."""

    max_pixels: int = common_options.max_pixels()
    max_memory: int | None = common_options.max_memory_of_reading()
    accept_damaged: bool = common_options.accept_damaged()
    debug: bool = common_options.debug()

    def reading(self) -> Reading:
        """Return how the file is read."""
        reading = Reading(
            max_pixels=self.max_pixels,
            max_memory=self.max_memory,
            accept_damaged=self.accept_damaged,
        )
        return self.of_content(reading)
