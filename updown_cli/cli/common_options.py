"""The options that several commands have, each declared once."""

from __future__ import annotations

import os
from typing import Any

from updown_cli.batch.choices import ALPHAS, IF_EXISTS
from updown_cli.cli import option_values
from updown_cli.cli.option import shared_flag, shared_option
from updown_cli.engine.choices import COMPUTE_DTYPES, RANGES
from updown_cli.files.reading import MAX_PIXELS
from updown_cli.op.byte_counts import Bytes
from updown_cli.op.param_types import Choice, Int


def accept_damaged() -> Any:
    """Declare `--accept-damaged`."""
    return shared_flag(
        "--accept-damaged", help="Take what can be had of damaged files, with a warning."
    )


def alpha(text: str, default: str = ALPHAS[0]) -> Any:
    """Declare `--alpha`."""
    return shared_option("--alpha", kind=Choice(ALPHAS), default=default, help=text)


def weighed_alpha() -> Any:
    """Declare `--alpha` of what computes."""
    return alpha(
        "Transparency: weigh colours by it where they are mixed, treat it as any channel, or "
        "drop it. Operations that select values (max, min, median, nearest, positions) never "
        "weigh; blocks with learned weights refuse to."
    )


def if_exists(text: str, ways: tuple[str, ...] = IF_EXISTS) -> Any:
    """Declare `--if-exists`."""
    return shared_option("--if-exists", kind=Choice(ways), default=ways[0], help=text)


def value_range(text: str) -> Any:
    """Declare `--range`."""
    return shared_option("--range", kind=Choice(RANGES), help=text)


def linear_light() -> Any:
    """Declare `--linear-light`."""
    return shared_flag(
        "--linear-light",
        help="Decode sRGB before and encode it after, so that light is what is mixed.",
    )


def dtype() -> Any:
    """Declare `--dtype`."""
    return shared_option(
        "--dtype",
        kind=Choice(COMPUTE_DTYPES),
        default=COMPUTE_DTYPES[0],
        help="What torch computes in; auto is float32, and float64 for values that need it; the "
        "types of 16 bits where torch has the layer in them.",
    )


def device(text: str = "Where torch computes.", *, several: bool = False) -> Any:
    """Declare `--device`."""
    return shared_option(
        "--device",
        kind=option_values.device,
        offers=("cpu", "cuda", "mps", "auto"),
        metavar="cpu|cuda[:N]|mps|auto",
        multiple=several,
        default=("cpu",) if several else "cpu",
        help=text,
    )


def max_pixels() -> Any:
    """Declare `--max-pixels`."""
    return shared_option(
        "--max-pixels",
        kind=Int(min=1),
        default=MAX_PIXELS,
        help="Refuse images and results with more pixels.",
    )


def max_memory() -> Any:
    """Declare `--max-memory`."""
    return shared_option(
        "--max-memory",
        kind=Bytes(min=1),
        help="Compute large images in strips that fit, and refuse those that would need more, "
        "such as 512M or 4G.  [default: a quarter of what is free]",
    )


def max_memory_of_reading() -> Any:
    """Declare `--max-memory` of what reads files and computes nothing large."""
    return shared_option(
        "--max-memory",
        kind=Bytes(min=1),
        help="Refuse files that would take more, such as 512M or 4G.  [default: a quarter of what "
        "is free, and of one file 512 MiB or 256 times its size]",
    )


def progress() -> Any:
    """Declare `--progress`."""
    return shared_flag(
        "--progress/--no-progress",
        default=True,
        help="Tell on standard error how far work is that takes long.",
    )


def quiet() -> Any:
    """Declare `--quiet`."""
    return shared_flag("--quiet", "-q", help="Print errors only.")


def debug() -> Any:
    """Declare `--debug`."""
    return shared_flag(
        "--debug", help="Show what libraries say, and where a bug is.", on_use=_remember_debugging
    )


def _remember_debugging() -> None:
    """Leave word to all that is to come, worker processes as well."""
    os.environ["UPDOWN_DEBUG"] = "1"
