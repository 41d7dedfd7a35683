"""What goes from one operation to the next: pixels, and what steps leave beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.pool_indices import PoolIndices
    from updown_cli.ops.deconvnet.findings import Findings


@dataclass(frozen=True)
class Intermediate:
    """What a stage inside an operation gave, N x C x sides, with the value of white in it."""

    name: str
    values: NDArray[Any]
    white: float


@dataclass(frozen=True)
class Signal:
    """Pixels on their way through a pipeline, N x C x sides, and what is known of them.

    `white` is the value that a file has for white; `switches` are what pools remembered, `stages`
    what operations were asked to show, `findings` what networks saw in each image.
    """

    pixels: Tensor
    pool_indices: tuple[PoolIndices, ...] = ()
    white: float = 1.0
    stages: tuple[Intermediate, ...] = ()
    findings: tuple[Findings, ...] = ()
