"""What the engine is told of pixels, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.engine.storing import Clamped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.ops.base import Intermediate
    from updown_cli.ops.networks.findings import Findings
    from updown_cli.ops.switches import Switches


@dataclass(frozen=True)
class Result:
    """What came out: pixels (frames x channels x sides), times, positions, remarks.

    `steps` are what blocks were asked to show, `findings` what networks saw in each frame.
    """

    pixels: NDArray[Any]
    seconds: tuple[float, ...]
    switches: tuple[Switches, ...]
    dtype: str
    warnings: tuple[str, ...]
    clamped: Clamped | None = None
    steps: tuple[Intermediate, ...] = ()
    findings: tuple[Findings, ...] = ()


@dataclass(frozen=True)
class Meaning:
    """What channels mean: a last one of alpha, and code values up to `white`.

    `weighs` says that alpha weighs colours where they are mixed, `linear_light` that colours are
    decoded before and encoded after.
    """

    white: float = 255.0
    alpha: bool = False
    weighs: bool = False
    linear_light: bool = False


#: Numbers that mean nothing in particular.
PLAIN = Meaning()
