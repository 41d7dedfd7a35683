"""What the engine gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.engine.quantize import Clamped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.artifact import Artifact


@dataclass(frozen=True)
class Result:
    """What came out: pixels (frames x channels x sides), times, and remarks.

    `steps` are results of steps that were to be kept, by number from 1, `artifacts` what steps
    left beside pixels.
    """

    pixels: NDArray[Any]
    seconds: tuple[float, ...]
    dtype: str
    warnings: tuple[str, ...]
    clamped: Clamped | None = None
    steps: Mapping[int, NDArray[Any]] = field(default_factory=dict)
    artifacts: tuple[Artifact, ...] = ()
