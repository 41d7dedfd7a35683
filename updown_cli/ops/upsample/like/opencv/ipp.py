"""What OpenCV's packages for x86 give to Intel's library (IPP), and how that computes it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.resampling import Table
from updown_cli.ops.upsample.like.arithmetic import rounded_half_even
from updown_cli.ops.upsample.like.opencv.opencv import OpenCV, centres

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from updown_cli.op.resampling import Points
    from updown_cli.ops.upsample.like.side import Side, Sides


@dataclass(frozen=True, kw_only=True)
class Ipp(OpenCV, abstract=True):
    """A mode that Intel's library may compute."""

    ipp: bool = param(
        True,
        "As OpenCV's packages for x86 compute it, with Intel's IPP; else with OpenCV's own code, "
        "as on ARM and after cv2.ipp.setUseIPP(False).",
        Flag(),
        telling=Telling.DETAIL,
    )

    #: The kinds of values that it computes, and from how many pixels of each side on.
    ipp_kinds: ClassVar[tuple[str, ...]]
    ipp_least: ClassVar[int]

    def by_ipp(self, sides: Sides) -> bool:
        """Whether it computes such an image."""
        least = min(sides.down.length, sides.across.length)
        return self.ipp and sides.kind in self.ipp_kinds and least >= self.ipp_least

    @abstractmethod
    def ipp_table(self, side: Side) -> Table:
        """Return its table of a side."""

    def side_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the tables of height and width, its own or OpenCV's."""
        make = self.ipp_table if self.by_ipp(sides) else self.table
        return make(sides.down), make(sides.across)


def double_points(side: Side) -> tuple[NDArray[np.int64], Points]:
    """Return the pixels before output pixels, and how far these are behind them, in float64."""
    import numpy as np

    at = centres(side)
    first = np.floor(at)
    return first.astype(np.int64), at - first


class IppLinear:
    """a + t * (b - a) in single precision, multiplied and added with one rounding."""

    def resize(self, pixels: NDArray[Any], down: Table, across: Table) -> NDArray[Any]:
        """Return the values in the type of the pixels."""
        import numpy as np

        done = _between(_between(pixels.astype(np.float32), 3, across), 2, down)
        return done if pixels.dtype.kind == "f" else rounded_half_even(done, pixels.dtype.name)


def _between(x: NDArray[Any], axis: int, table: Table) -> NDArray[Any]:
    import numpy as np

    first, second = (np.take(x, source, axis) for source in table.sources)
    behind = table.weights[1].astype(np.float32).astype(np.float64)
    behind = behind.reshape(-1, *(1,) * (x.ndim - axis - 1))
    done: NDArray[Any] = first + (second - first).astype(np.float64) * behind
    return done.astype(np.float32)
