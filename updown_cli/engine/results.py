"""What the engine gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.engine.quantize import Clamped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.op.pool_indices import PoolIndices
    from updown_cli.op.signal import Intermediate
    from updown_cli.ops.deconvnet.findings import Findings


@dataclass(frozen=True)
class Result:
    """What came out: pixels (frames x channels x sides), times, positions, and remarks.

    `steps` are results of steps that were to be kept, by number from 1, `stages` what blocks were
    asked to show, `findings` what networks saw in each frame.
    """

    pixels: NDArray[Any]
    seconds: tuple[float, ...]
    pool_indices: tuple[PoolIndices, ...]
    dtype: str
    warnings: tuple[str, ...]
    clamped: Clamped | None = None
    steps: Mapping[int, NDArray[Any]] = field(default_factory=dict)
    stages: tuple[Intermediate, ...] = ()
    findings: tuple[Findings, ...] = ()

    def positions(self, name: str | None) -> PoolIndices:
        """Return the positions that a pool found, by the name under which it keeps them."""
        named = [
            pool_indices for pool_indices in self.pool_indices if pool_indices.name == (name or "")
        ]
        return named[-1]
