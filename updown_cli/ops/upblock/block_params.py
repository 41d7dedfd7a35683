"""Parameters that several blocks have, each declared once."""

from __future__ import annotations

from typing import Any

from updown_cli.op.param_types import Choice, Odd
from updown_cli.op.parameter import Telling, param

#: The pixels at the edges again, where there are none.
REPLICATE = "replicate"


def odd_kernel(default: int) -> Any:
    """Declare `kernel_size`."""
    return param(
        default,
        "Height and width of the kernel, odd.",
        Odd(min=1, max=31),
        letter="k",
        telling=Telling.WINDOW,
    )


def edges() -> Any:
    """Declare `edges`."""
    return param(
        None,
        "What convolutions see around the image: zeros, or the pixels at its edges again; by "
        "default zeros, and replicate for photo.",
        Choice(("zeros", REPLICATE)),
    )
