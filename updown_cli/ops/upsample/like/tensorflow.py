"""TensorFlow 2's tf.image.resize: `--like tensorflow`, as it computes on processors.

Whatever a picture holds, the result is floats; that is rounded when it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.errors import ParameterError
from updown_cli.op.code import format_call, literal
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like import kernels
from updown_cli.ops.upsample.like.arithmetic import Sums
from updown_cli.ops.upsample.like.scale_and_translate import translated_table
from updown_cli.ops.upsample.like.tabled import Tabled
from updown_cli.ops.upsample.like.tensorflow_tables import (
    CENTRES,
    Counted,
    area_table,
    cubic_table,
    linear_table,
    nearest_table,
)

if TYPE_CHECKING:
    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Table
    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.kernels import Kernel
    from updown_cli.ops.upsample.like.side import Side, Sides

#: Floats of single precision, rows first.
SINGLE = Sums(dtype="float32", across_first=False)


@dataclass(frozen=True, kw_only=True)
class TensorFlow(Tabled, abstract=True):
    """tf.image.resize."""

    like = "tensorflow"
    integers = ()

    preserve_aspect_ratio: bool = param(
        False,
        "Fit into --size and keep the proportions, rounded as TensorFlow rounds.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Refuse to fit into no size."""
        super().check()
        if self.preserve_aspect_ratio and self.size is None:
            raise ParameterError("--preserve-aspect-ratio goes with --size")

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size, or what fits into it."""
        size = super().out_size(shape)
        return size if self.part or not self.preserve_aspect_ratio else _fitting(shape.size, size)

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Single precision, whatever comes in."""
        return SINGLE

    def options(self) -> dict[str, Any]:
        """Return what TensorFlow takes beside the size."""
        return {"method": self.mode}

    def call(self, x: str, shape: Shape) -> str:
        """Return the call of TensorFlow."""
        return format_call("tf.image.resize", x, literal(self.out_size(shape)), **self.options())

    def library_code(self, shape: Shape) -> Lines:
        """Return TensorFlow's call of a plane."""
        return f"done = {self.call('plane[..., None]', shape)}[..., 0]".split("\n")

    def tensorflow_code(self, shape: Shape) -> Lines:
        """Return TensorFlow's call."""
        return f"y = {self.call('x', shape)}".split("\n")


def _fitting(sides: tuple[int, ...], size: tuple[int, ...]) -> tuple[int, ...]:
    """Return the sides by the smaller factor, in float32 and rounded half to even."""
    import numpy as np

    factor = min(np.float32(to) / np.float32(side) for side, to in zip(sides, size, strict=True))
    return tuple(int(np.rint(factor * np.float32(side))) for side in sides)


class TensorFlowNearest(TensorFlow):
    """The pixel in which a point lies."""

    mode = "nearest"
    picks = True

    def table(self, side: Side) -> Table:
        """Return the picked pixels."""
        return nearest_table(side, CENTRES)


class TensorFlowArea(TensorFlow):
    """The mean of what a pixel of the result covers, parts of pixels counted."""

    mode = "area"

    def table(self, side: Side) -> Table:
        """Return the covered pixels."""
        return area_table(side, Counted())


@dataclass(frozen=True, kw_only=True)
class Filtered(TensorFlow, abstract=True):
    """A filter that may widen when it shrinks."""

    kernel: ClassVar[Kernel]

    antialias: bool = param(
        False,
        "Widen the filter when it shrinks.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def table(self, side: Side) -> Table:
        """Return the weights of the filter."""
        return translated_table(side.length, side.out, self.kernel, widens=self.antialias)

    def options(self) -> dict[str, Any]:
        """Return what TensorFlow takes beside the size."""
        return {**super().options(), "antialias": self.antialias}


class TensorFlowBilinear(Filtered):
    """A triangle.

    As all of it but nearest it gives floats, whatever comes in; they are rounded when stored.
    """

    mode, kernel = "bilinear", kernels.TRIANGLE

    def table(self, side: Side) -> Table:
        """Return the weights, which another operator has where it does not widen."""
        return super().table(side) if self.antialias else linear_table(side, CENTRES)


class TensorFlowBicubic(Filtered):
    """Keys' cubic with a = -0.5; without --antialias weighed at the nearest of 1024 places."""

    mode, kernel = "bicubic", kernels.KEYS

    def table(self, side: Side) -> Table:
        """Return the weights, which another operator has where it does not widen."""
        return super().table(side) if self.antialias else cubic_table(side, CENTRES)


class TensorFlowLanczos3(Filtered):
    """A sinc of three lobes."""

    mode, kernel = "lanczos3", kernels.LANCZOS3


class TensorFlowLanczos5(Filtered):
    """A sinc of five lobes."""

    mode, kernel = "lanczos5", kernels.LANCZOS5


class TensorFlowGaussian(Filtered):
    """A Gaussian with a deviation of half a pixel, which blurs."""

    mode, kernel = "gaussian", kernels.GAUSSIAN


class TensorFlowMitchell(Filtered):
    """Mitchell and Netravali's cubic, which blurs a little and rings less."""

    mode, kernel = "mitchellcubic", kernels.MITCHELL


MODES = (
    TensorFlowBilinear,
    TensorFlowNearest,
    TensorFlowBicubic,
    TensorFlowArea,
    TensorFlowLanczos3,
    TensorFlowLanczos5,
    TensorFlowGaussian,
    TensorFlowMitchell,
)
