"""The options that all commands share, by what they are about."""

from __future__ import annotations

import click

from updown_cli.batch.settings import ALPHAS, IF_EXISTS
from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.shared_option import choice, option, remember_debugging
from updown_cli.engine.engine import COMPUTE_DTYPES
from updown_cli.engine.quantize import RANGES, ROUNDINGS
from updown_cli.files.reading import MAX_PIXELS
from updown_cli.files.write import DEPTHS
from updown_cli.op.param_types import Bytes, Choice, Float, Int

# Seconds in a year: what is longer is a mistake, and more than timers hold.
LONGEST = 31_536_000


def run_options() -> dict[str, list[click.Option]]:
    """Return the shared options under the headings of the help."""
    return {
        "Input": _input(),
        "Output": _output(),
        "Arrays and frames": _arrays(),
        "Pixels": _pixels(),
        "Running": _running(),
        "Report": _report(),
    }


def every_option() -> list[click.Option]:
    """Return the shared options without their headings."""
    return [option for options in run_options().values() for option in options]


def shared(*names: str) -> list[click.Parameter]:
    """Return some of the shared options, for a command that has no pipeline."""
    every = {option.name: option for option in every_option()}
    return [every[name] for name in names]


def _input() -> list[click.Option]:
    return [
        option("--recurse", "-r", is_flag=True, help="Go into the folders of a folder."),
        option(
            "--include",
            multiple=True,
            metavar="GLOB",
            help="Of folders and globs take only names or relative paths that match; repeatable.",
        ),
        option(
            "--exclude",
            multiple=True,
            metavar="GLOB",
            help="Of folders and globs leave out names or relative paths that match; repeatable.",
        ),
        option(
            "--files-from",
            type=click.Path(readable=False),
            metavar="FILE|-",
            help="Read names of inputs from a file, one a line.",
        ),
        option("--null", "-0", is_flag=True, help="The names in --files-from end in NUL bytes."),
        option(
            "--shard",
            metavar="I/N",
            default="1/1",
            show_default=True,
            help="Do the I-th of N parts of the inputs, chosen by a hash of the relative path.",
        ),
        option(
            "--accept-damaged",
            is_flag=True,
            help="Take what can be had of damaged files, with a warning.",
        ),
    ]


def _output() -> list[click.Option]:
    return [
        option(
            "--output",
            "-o",
            type=click.Path(readable=False),
            metavar="PATH",
            help="A file, a folder (which keeps the tree of an input folder), a template like "
            "{dir}/{stem}-{op}{ext} (also {rel}, {index}, {width}, {height}, {frame}), or - for "
            "standard output.  [default: {stem}_{op}{ext} beside the input]",
        ),
        option(
            "--format",
            metavar="EXT",
            help="Ending of results whose names come from their inputs: png, jpg, tif, npy, ...",
        ),
        option(
            "--co",
            multiple=True,
            metavar="NAME=VALUE",
            help="Option of the encoder, such as quality=90; repeatable.",
        ),
        choice(
            "--if-exists",
            IF_EXISTS,
            "error",
            "What happens to a result whose file exists. skip goes on with a run that was stopped: "
            "what is empty or cut off is done again; update also does what was made before its "
            "input changed or came there.",
        ),
        option(
            "--keep",
            metavar="all|none|KIND,...",
            default="all",
            show_default=True,
            help="What is kept beside the pixels, as far as the format can: icc, exif, xmp, dpi, "
            "comment, text.",
        ),
        option("--dry-run", is_flag=True, help="Read headers only and tell what would be done."),
    ]


def _arrays() -> list[click.Option]:
    return [
        option(
            "--layout",
            metavar="AXES",
            help="Axes of arrays, such as NHWC.  [default: by rank: HW, CHW, NCHW, NCDHW]",
        ),
        option(
            "--dims",
            type=ClickParamType(Int(min=1, max=3)),
            metavar="1|2|3",
            help="Sides of arrays: signals, images or volumes.  [default: by rank]",
        ),
        option(
            "--frames",
            metavar="all|volume|N|A-B",
            default="all",
            show_default=True,
            help="Frames of animations and pages, from 0: one after the other, or as a volume's "
            "depth.",
        ),
    ]


def _pixels() -> list[click.Option]:
    return [
        choice(
            "--alpha",
            ALPHAS,
            "premultiply",
            "Transparency: weigh colours by it where they are mixed, treat it as any channel, or "
            "drop it. Operations that select values (max, min, median, nearest, positions) never "
            "weigh; blocks with learned weights refuse to.",
        ),
        option(
            "--depth",
            type=ClickParamType(Choice(tuple(DEPTHS))),
            metavar="8|16|float",
            help="Bits of a result's channels; 8 also accepts colour of more bits cut to 8 where "
            "the extra deep is missing.  [default: as in the input]",
        ),
        choice("--round", ROUNDINGS, "half-up", "How results become whole numbers."),
        option(
            "--range",
            type=ClickParamType(Choice(RANGES)),
            metavar=Choice(RANGES).metavar,
            help="Values outside the range of whole numbers: cut off, all spread from smallest to "
            "largest, without sign, with 0 in the middle, or so and the largest at an end.  "
            "[default: clamp; symmetric for deconvnet]",
        ),
        option(
            "--linear-light",
            is_flag=True,
            help="Decode sRGB before and encode it after, so that light is what is mixed.",
        ),
        choice(
            "--dtype",
            COMPUTE_DTYPES,
            "auto",
            "What torch computes in; auto is float32, and float64 for values that need it; the "
            "types of 16 bits where torch has the layer in them.",
        ),
    ]


def _running() -> list[click.Option]:
    return [
        option(
            "--jobs",
            "-j",
            metavar="N|auto",
            default="auto",
            show_default=True,
            help="Images at a time; auto is the number of cores.",
        ),
        option(
            "--max-pixels",
            type=ClickParamType(Int(min=1)),
            metavar="N",
            default=MAX_PIXELS,
            show_default=True,
            help="Refuse images and results with more pixels.",
        ),
        option(
            "--max-memory",
            type=ClickParamType(Bytes(min=1)),
            metavar=Bytes.metavar,
            help="Compute large images in strips that fit, and refuse those that would need more, "
            "such as 512M or 4G.  [default: a quarter of what is free]",
        ),
        option(
            "--timeout",
            type=ClickParamType(Float(above=0, max=LONGEST)),
            metavar="SECONDS",
            help="Give an image up that takes longer.",
        ),
        option(
            "--device",
            metavar="cpu|cuda[:N]|mps|auto",
            default="cpu",
            show_default=True,
            help="Where torch computes.",
        ),
        option("--fail-fast", is_flag=True, help="Stop at the first input that fails."),
    ]


def _report() -> list[click.Option]:
    return [
        option("--json", is_flag=True, help="Print one JSON object per image."),
        option(
            "--report",
            type=click.Path(readable=False),
            metavar="FILE",
            help="Write the same to a file that ends in .jsonl, .json or .csv.",
        ),
        option(
            "--progress/--no-progress",
            default=True,
            show_default=True,
            help="Tell of the progress of several images on standard error.",
        ),
        option("--quiet", "-q", is_flag=True, help="Print errors only."),
        option("--verbose", "-v", is_flag=True, help="Print notes as well."),
        option(
            "--debug",
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=remember_debugging,
            help="Show what libraries say, and where a bug is.",
        ),
    ]
