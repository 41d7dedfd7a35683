"""MATLAB's imresize: `--like matlab`, as published ports of its source have it.

Unverified: MATLAB itself was not run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.op.code import Lines
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.resampling import Table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like import matlab_tables as tables
from updown_cli.ops.upsample.like.arithmetic import rounded_half_up, weighted
from updown_cli.ops.upsample.like.side import FLOAT64
from updown_cli.ops.upsample.like.tabled import CEIL, Tabled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.matlab_tables import Kernel
    from updown_cli.ops.upsample.like.side import Side, Sides

    Numbers = NDArray[Any]

#: A side's weights, and both sides one after the other.
CODE = """\
def weights(length, out, scale):
    # Points and pixels are counted from 1; beyond the edge the picture is mirrored.
    shrink = SHRINK
    at = np.arange(1.0, out + 1) / scale + 0.5 * (1 - 1 / scale)
    width = WIDTH / shrink
    places = np.floor(at - width / 2) + np.arange(int(np.ceil(width)) + 2)[:, None]
    x = shrink * (at - places)
    kernel = WEIGHTS
    mirrored = np.r_[0:length, length - 1 : -1 : -1]
    matrix = np.zeros((out, length))
    sources = mirrored[(places.astype(int) - 1) % (2 * length)]
    np.add.at(matrix, (np.arange(out), sources), kernel / kernel.sum(0))
    return matrix

# In MATLAB: CALL
done = plane
for axis, length, out, scale in (SIDES):
    matrix = weights(length, out, scale)
    done = np.moveaxis(np.tensordot(matrix, done, (1, axis)), 0, axis)
    if plane.dtype.kind != "f":
        done = np.floor(done + 0.5).clip(0, np.iinfo(plane.dtype).max)
    done = done.astype(plane.dtype)"""


@dataclass(frozen=True)
class Passes:
    """Sums in double precision, stored in the type of the picture after each side."""

    across_first: bool

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the sums in the type of the pixels."""
        passes = [(2, down), (3, across)]
        for axis, table in passes[::-1] if self.across_first else passes:
            sums = weighted(pixels.astype("float64"), axis, table)
            pixels = (
                sums.astype(pixels.dtype)
                if pixels.dtype.kind == "f"
                else rounded_half_up(sums, pixels.dtype.name)
            )
        return pixels


@dataclass(frozen=True, kw_only=True)
class Matlab(Tabled, abstract=True):
    """imresize(A, [height width], method) and imresize(A, scale, method)."""

    like = "matlab"
    sizes = CEIL
    takes_factor = True

    kernel: ClassVar[Kernel]

    def widens(self) -> bool:
        """Whether the kernel widens when it shrinks."""
        return False

    def table(self, side: Side) -> Table:
        """Return the weights of the kernel."""
        return tables.imresize_table(side, self.kernel, widens=self.widens())

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Begin with the side that shrinks most."""
        return Passes(across_first=_in_order(sides)[0].axis == 1)

    def call(self, shape: Shape) -> str:
        """Return MATLAB's own call."""
        height, width = self.out_size(shape)
        return f"imresize(plane, [{height} {width}], '{self.mode}')"

    def library_code(self, shape: Shape) -> Lines:
        """Return NumPy that does what MATLAB's call does, which a comment tells."""
        sides = self.sides(shape, FLOAT64)
        words = {
            "CALL": self.call(shape),
            "SHRINK": "min(scale, 1.0)" if self.widens() else "1.0",
            "WIDTH": str(self.kernel.width),
            "WEIGHTS": self.kernel.formula,
            "SIDES": ", ".join(_numbers(side) for side in _in_order(sides)),
        }
        text = CODE
        for word, meant in words.items():
            text = text.replace(word, meant)
        return text.split("\n")


def _in_order(sides: Sides) -> tuple[Side, Side]:
    """Return the side that shrinks most first; of two alike the height."""
    down, across = sides.down, sides.across
    return (across, down) if across.step > down.step else (down, across)


def _numbers(side: Side) -> str:
    scale = side.ratio[1] / side.ratio[0]
    return f"({side.axis}, {side.length}, {side.out}, {scale!r})"


class MatlabNearest(Matlab):
    """The pixel in which a point lies, unverified."""

    mode, kernel = "nearest", tables.BOX
    picks = True


@dataclass(frozen=True, kw_only=True)
class Filtered(Matlab, abstract=True):
    """A kernel that widens when it shrinks, unless that is refused."""

    antialias: bool = param(
        True, "Widen the filter when it shrinks.", Flag(), telling=Telling.DETAIL
    )

    def widens(self) -> bool:
        """Whether the kernel widens when it shrinks."""
        return self.antialias

    def call(self, shape: Shape) -> str:
        """Return MATLAB's own call."""
        call = super().call(shape)
        return call if self.antialias else f"{call[:-1]}, 'Antialiasing', false)"


class MatlabBicubic(Filtered):
    """Keys' cubic with a = -0.5, unverified: as all of it from published ports of imresize."""

    mode, kernel = "bicubic", tables.CUBIC


class MatlabBilinear(Filtered):
    """A triangle, unverified."""

    mode, kernel = "bilinear", tables.TRIANGLE


class MatlabBox(Filtered):
    """The mean of the pixels whose middles are covered, unverified."""

    mode, kernel = "box", tables.BOX


class MatlabLanczos2(Filtered):
    """A sinc of two lobes, unverified."""

    mode, kernel = "lanczos2", tables.LANCZOS2


class MatlabLanczos3(Filtered):
    """A sinc of three lobes, unverified."""

    mode, kernel = "lanczos3", tables.LANCZOS3


MODES = (
    *(MatlabBicubic, MatlabNearest, MatlabBilinear, MatlabBox),
    *(MatlabLanczos2, MatlabLanczos3),
)
