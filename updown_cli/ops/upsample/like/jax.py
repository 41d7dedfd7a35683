"""JAX's jax.image.resize and scale_and_translate: `--like jax`, as XLA computes on processors.

Whatever a picture holds, the result is floats; that is rounded when it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.errors import ParameterError
from updown_cli.op.code import Code, format_call, literal
from updown_cli.op.param_types import Flag, Floats
from updown_cli.op.parameter import Telling, param
from updown_cli.op.resampling import pick_table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like import kernels
from updown_cli.ops.upsample.like.jax_tables import Moved, area_table, kernel_table, nearest_table
from updown_cli.ops.upsample.like.tabled import Tabled
from updown_cli.ops.upsample.like.tensorflow import SINGLE

if TYPE_CHECKING:
    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Ratio, Table
    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.kernels import Kernel
    from updown_cli.ops.upsample.like.side import Side, Sides


@dataclass(frozen=True, kw_only=True)
class Jax(Tabled, abstract=True):
    """jax.image.resize, of height and width."""

    like = "jax"
    integers = ()

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Single precision, whatever comes in."""
        return SINGLE

    def options(self) -> dict[str, Any]:
        """Return what JAX takes beside the size and the method."""
        return {}

    def library_code(self, shape: Shape) -> Lines:
        """Return JAX's call of a plane."""
        words = ("plane", literal(self.out_size(shape)), literal(self.mode))
        return f"done = {format_call('jax.image.resize', *words, **self.options())}".split("\n")


class JaxNearest(Jax):
    """The pixel in which a point lies."""

    mode = "nearest"
    picks = True

    def table(self, side: Side) -> Table:
        """Return the picked pixels."""
        return nearest_table(side)


@dataclass(frozen=True, kw_only=True)
class Translated(Jax, abstract=True):
    """What JAX can scale and move as well."""

    translation: tuple[float, ...] | None = param(
        None,
        "As scale_and_translate: pixels of the result by which the picture is moved, down,right; "
        "--scale-factor may then stand beside --size.",
        Floats(),
    )

    def check(self) -> None:
        """Let a factor stand beside a size where the picture is moved."""
        both = self.size is not None and self.scale_factor is not None
        if self.translation is None or not both:
            super().check()
        if self.translation is not None and len(self.translation) != 2:
            raise ParameterError("must be two numbers: down,right", subject="--translation")

    def keeps_level(self, shape: Shape) -> bool:
        """Whether no pixels come in from outside."""
        return self.translation is None

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size if one is given, whatever the factor."""
        if self.part is None and isinstance(self.size, tuple):
            return tuple(side for side in self.size if side is not None)
        return super().out_size(shape)

    def ratio(self, axis: int, shape: Shape) -> Ratio:
        """Return the factor's, if the picture is moved."""
        if self.translation is None or self.scale_factor is None:
            return shape.size[axis], self.out_size(shape)[axis]
        return 1.0, float(self.scale_factor[axis])

    def moved(self, side: Side) -> Moved:
        """Return how far a side is moved."""
        return Moved(None if self.translation is None else self.translation[side.axis])

    def table(self, side: Side) -> Table:
        """Return the weights, of a side that only keeps its length none but its own pixels."""
        import numpy as np

        if self.translation is None and side.length == side.out:
            return pick_table(np.arange(side.out, dtype=np.float64), side.length)
        return self.weights(side)

    def weights(self, side: Side) -> Table:
        """Return the weights of a side that changes."""
        raise NotImplementedError

    def library_code(self, shape: Shape) -> Lines:
        """Return JAX's call of a plane."""
        if self.translation is None:
            return super().library_code(shape)
        sides = self.sides(shape, "float32")
        scale = tuple(side.ratio[1] / side.ratio[0] for side in (sides.down, sides.across))
        numbers = (f"np.array({literal(n)}, np.float32)" for n in (scale, self.translation))
        words = ("plane", literal(self.out_size(shape)), "(0, 1)", *numbers, literal(self.mode))
        call = format_call("jax.image.scale_and_translate", *words, **self.options())
        return f"done = {call}".split("\n")


class JaxArea(Translated):
    """The mean of what a pixel of the result covers, parts of pixels counted."""

    mode = "area"

    def weights(self, side: Side) -> Table:
        """Return the covered pixels."""
        return area_table(side, self.moved(side))


@dataclass(frozen=True, kw_only=True)
class Filtered(Translated, abstract=True):
    """A filter that widens when it shrinks, unless that is refused."""

    kernel: ClassVar[Kernel]

    antialias: bool = param(
        True, "Widen the filter when it shrinks.", Flag(), telling=Telling.DETAIL
    )

    def options(self) -> dict[str, Any]:
        """Return what JAX takes beside the size and the method."""
        return {} if self.antialias else {"antialias": Code("False")}

    def weights(self, side: Side) -> Table:
        """Return the weights of the filter."""
        return kernel_table(side, self.moved(side), self.kernel, widens=self.antialias)


class JaxLinear(Filtered):
    """A triangle.

    As all of it but nearest it gives floats, whatever comes in; they are rounded when stored.
    """

    mode, kernel = "linear", kernels.TRIANGLE


class JaxCubic(Filtered):
    """Keys' cubic with a = -0.5."""

    mode, kernel = "cubic", kernels.KEYS


class JaxCubicPytorch(Filtered):
    """The cubic of torch, with a = -0.75 and the edge repeated where it does not widen."""

    mode, kernel = "cubic-pytorch", kernels.KEYS

    def weights(self, side: Side) -> Table:
        """Return the weights, of another filter where it does not widen."""
        if self.antialias:
            return super().weights(side)
        kernel = kernels.keys_cubic(-0.75)
        return kernel_table(side, self.moved(side), kernel, widens=False, repeats_edge=True)


class JaxLanczos3(Filtered):
    """A sinc of three lobes."""

    mode, kernel = "lanczos3", kernels.LANCZOS3


class JaxLanczos5(Filtered):
    """A sinc of five lobes."""

    mode, kernel = "lanczos5", kernels.LANCZOS5


MODES = (JaxLinear, JaxNearest, JaxCubic, JaxCubicPytorch, JaxLanczos3, JaxLanczos5, JaxArea)
