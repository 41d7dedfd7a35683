"""TensorFlow 1's tf.compat.v1.image.resize_*: `--like tensorflow1`, as it computes on processors.

Points are counted from the corner of the picture, if nothing else is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.errors import ParameterError
from updown_cli.op.code import format_call, literal
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like.tabled import Tabled
from updown_cli.ops.upsample.like.tensorflow import SINGLE
from updown_cli.ops.upsample.like.tensorflow_tables import (
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
    from updown_cli.ops.upsample.like.side import Side, Sides


@dataclass(frozen=True, kw_only=True)
class TensorFlow1(Tabled, abstract=True):
    """tf.compat.v1.image.resize_bilinear and its like."""

    like = "tensorflow1"
    integers = ()

    #: What follows resize_ in TensorFlow's name.
    function: ClassVar[str]

    align_corners: bool = param(
        False,
        "The first and last pixels keep their places.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def counted(self) -> Counted:
        """Return from where points are counted."""
        return Counted(align_corners=self.align_corners)

    def options(self) -> dict[str, Any]:
        """Return what TensorFlow takes beside the size, if it is not what it would take anyway."""
        return {"align_corners": self.align_corners}

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Single precision, whatever comes in."""
        return SINGLE

    def call(self, x: str, shape: Shape) -> str:
        """Return the call of TensorFlow."""
        said = {name: True for name, value in self.options().items() if value}
        function = f"tf.compat.v1.image.resize_{self.function}"
        return format_call(function, x, literal(self.out_size(shape)), **said)

    def library_code(self, shape: Shape) -> Lines:
        """Return TensorFlow's call of a plane."""
        return f"done = {self.call('plane[None, ..., None]', shape)}[0, ..., 0]".split("\n")

    def tensorflow_code(self, shape: Shape) -> Lines:
        """Return TensorFlow's call."""
        return f"y = {self.call('x', shape)}".split("\n")


class TensorFlow1Area(TensorFlow1):
    """The mean of what a pixel of the result covers, parts of pixels counted."""

    mode = function = "area"

    def table(self, side: Side) -> Table:
        """Return the covered pixels."""
        return area_table(side, self.counted())


@dataclass(frozen=True, kw_only=True)
class Centred(TensorFlow1, abstract=True):
    """What TensorFlow can do from the centres of pixels as well."""

    half_pixel_centers: bool = param(
        False,
        "Count from the centres of pixels, as TensorFlow 2 does.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Refuse what TensorFlow refuses."""
        super().check()
        if self.half_pixel_centers and self.align_corners:
            raise ParameterError("--half-pixel-centers contradicts --align-corners")

    def counted(self) -> Counted:
        """Return from where points are counted."""
        return Counted(from_centres=self.half_pixel_centers, align_corners=self.align_corners)

    def options(self) -> dict[str, Any]:
        """Return what TensorFlow takes beside the size."""
        return {**super().options(), "half_pixel_centers": self.half_pixel_centers}


class TensorFlow1Bilinear(Centred):
    """The pixels on either side of a point.

    As all of it but nearest it gives floats, whatever comes in; they are rounded when stored.
    """

    mode = function = "bilinear"

    def table(self, side: Side) -> Table:
        """Return the weights of two pixels."""
        return linear_table(side, self.counted())


class TensorFlow1Nearest(Centred):
    """The pixel in which a point lies; the nearest where corners are aligned."""

    mode, function = "nearest", "nearest_neighbor"
    picks = True

    def table(self, side: Side) -> Table:
        """Return the picked pixels."""
        return nearest_table(side, self.counted())


class TensorFlow1Bicubic(Centred):
    """Keys' cubic with a = -0.75, -0.5 with --half-pixel-centers; weighed at 1024 places."""

    mode = function = "bicubic"

    def table(self, side: Side) -> Table:
        """Return the weights of four pixels."""
        return cubic_table(side, self.counted())


MODES = (TensorFlow1Bilinear, TensorFlow1Nearest, TensorFlow1Bicubic, TensorFlow1Area)
