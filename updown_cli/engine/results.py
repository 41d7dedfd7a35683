"""What the engine gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from updown_cli.engine.quantize import Clamped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.artifact import Artifact


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a run beside pixels: times, and remarks; `artifacts` are what steps left."""

    seconds: tuple[float, ...]
    dtype: str
    warnings: tuple[str, ...]
    clamped: Clamped | None = None
    artifacts: tuple[Artifact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Result(Outcome):
    """What came out: pixels are frames x channels x sides.

    `steps` are results of steps that were to be kept, by number from 1.
    """

    pixels: NDArray[Any]
    steps: Mapping[int, NDArray[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, outcome: Outcome, pixels: NDArray[Any]) -> Self:
        """Return an outcome with its pixels."""
        return cls(pixels=pixels, **vars(outcome))
