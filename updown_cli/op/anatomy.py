"""What can be shown of how an operation works on an image, beside its numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    #: Returns positions of an image of a length for positions beyond its edges.
    Fold = Callable[[NDArray[Any], int], NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is read beyond the edges: a number, NaN where nothing is counted, or the image again.

    `name` is what stands there in a word.
    """

    name: str = "padding"
    value: float = math.nan
    fold: Fold | None = None


NOTHING_AROUND = Surroundings()
ZEROS_AROUND = Surroundings(value=0.0)


@dataclass(frozen=True, kw_only=True)
class WindowAxis:
    """Windows along one axis of so many pixels: where each starts, and the taps from there on.

    `before` and `after` are pixels of padding, which are shown whether they are read or not.
    """

    length: int
    starts: range
    taps: range
    before: int = 0
    after: int = 0

    @property
    def places(self) -> list[list[int]]:
        """The places that each window reads."""
        return [[start + tap for tap in self.taps] for start in self.starts]

    @property
    def low(self) -> int:
        """The first place that is shown."""
        return min(-self.before, 0, self.starts[0])

    @property
    def high(self) -> int:
        """The place after the last that is shown."""
        return max(self.length + self.after, self.starts[-1] + self.taps[-1] + 1)


#: The rows of 1-D data.
SINGLE_ROW = WindowAxis(length=1, starts=range(1), taps=range(1))


@dataclass(frozen=True, kw_only=True)
class StampAxis:
    """Where input values are stamped along one axis: where each starts, and the taps from there on.

    Place 0 is the first of the result; what is outside `low` to before `high` is not even cut off.
    """

    starts: range
    taps: range
    low: int
    high: int


#: The rows of 1-D data.
SINGLE_STAMP = StampAxis(starts=range(1), taps=range(1), low=0, high=1)


@dataclass(frozen=True, kw_only=True)
class PlaneKernel:
    """A kernel between channels, in torch's layout: (out, in / groups, taps).

    Transposed it is (in, out / groups, taps), and rotated as it slides over its input. `mixing`
    is (out, kernels): sums of what the kernels give.
    """

    weight: NDArray[Any]
    groups: int
    transposed: bool = False
    mixing: NDArray[Any] | None = None

    def whole(self) -> NDArray[Any]:
        """Return (out, in, taps) without groups; NaN where channels are not connected."""
        import numpy as np

        firsts, seconds, *taps = self.weight.shape
        whole = np.full((firsts, seconds * self.groups, *taps), math.nan)
        for first in range(firsts):
            start = first // (firsts // self.groups) * seconds
            whole[first, start : start + seconds] = self.weight[first]
        if self.mixing is not None:
            whole = np.tensordot(self.mixing, np.nan_to_num(whole), 1)
        return whole.swapaxes(0, 1) if self.transposed else whole


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """How an operation, told the shape of an image, works on it; left out is what it has not.

    `windows` slide along the axes, over an image with zeros put between its values if `steps` are
    from one value to the next, and weigh with `kernel`. `stamps` are where a value times the
    kernel is added. `weight` is what is printed of it. `matrix` names what the input is
    multiplied with, and `transpose_of` whose transpose that is. `overlap` are lines about it,
    `pads` those of a convention, whose numbers nobody typed.
    """

    windows: tuple[WindowAxis, ...] = ()
    steps: tuple[int, ...] = ()
    kernel: PlaneKernel | None = None
    stamps: tuple[StampAxis, ...] = ()
    weight: NDArray[Any] | None = None
    matrix: str = "M"
    transpose_of: str = ""
    overlap: tuple[str, ...] = ()
    pads: tuple[tuple[int, int], ...] = ()
