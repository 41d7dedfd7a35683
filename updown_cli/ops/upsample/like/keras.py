"""Keras 3's UpSampling2D and keras.ops.image.resize: `--like keras`.

Both are those of the backend, TensorFlow's if no other is chosen; on torch's they are torch's own.
The order of channels changes nothing. The result is floats, which are rounded when they are stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from updown_cli.errors import ParameterError
from updown_cli.op.code import format_call, literal
from updown_cli.op.param_types import Choice, Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.resampling import pick_table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like import jax_tables, kernels, tensorflow_tables
from updown_cli.ops.upsample.like.scale_and_translate import translated_table
from updown_cli.ops.upsample.like.tabled import Tabled
from updown_cli.ops.upsample.like.tensorflow import SINGLE

if TYPE_CHECKING:
    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Table
    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.kernels import Kernel
    from updown_cli.ops.upsample.like.side import Side, Sides

TENSORFLOW, JAX = BACKENDS = ("tensorflow", "jax")


@dataclass(frozen=True, kw_only=True)
class Keras(Tabled, abstract=True):
    """UpSampling2D by whole factors, ops.image.resize to a size."""

    like = "keras"
    integers = ()

    backend: str = param(TENSORFLOW, "Which library Keras computes with.", Choice(BACKENDS))

    def check(self) -> None:
        """Refuse factors that a layer cannot have."""
        super().check()
        factors = self.scale_factor or ()
        if any(factor < 1 or factor != int(factor) for factor in factors):
            raise ParameterError(
                "UpSampling2D has whole factors from 1",
                subject="--scale-factor",
                hint="give --size",
            )

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Single precision, whatever comes in."""
        return SINGLE

    def options(self) -> dict[str, Any]:
        """Return what Keras takes beside the size."""
        return {"interpolation": self.mode}

    def library_code(self, shape: Shape) -> Lines:
        """Return the call of Keras."""
        words: dict[str, Any] = {"data_format": "channels_last"}
        lines = ["# Keras reads its backend from KERAS_BACKEND."]
        if self.scale_factor is not None:
            factors = tuple(map(int, self.scale_factor))
            words = {"size": factors, "interpolation": self.mode} | words
            layer = format_call("keras.layers.UpSampling2D", **words)
            return [*lines, *f"done = {layer}(plane[None, ..., None])[0, ..., 0]".split("\n")]
        options, size = self.options() | words, literal(self.out_size(shape))
        call = format_call("keras.ops.image.resize", "plane[..., None]", size, **options)
        return [*lines, *f"done = {call}[..., 0]".split("\n")]


class KerasNearest(Keras):
    """Pixels repeated by a factor; to a size, the pixel in which a point lies."""

    mode = "nearest"
    picks = True

    def table(self, side: Side) -> Table:
        """Return the picked pixels."""
        import numpy as np

        if self.scale_factor is not None:
            factor = side.out // side.length
            return pick_table(np.arange(side.out, dtype=np.float64) // factor, side.length)
        if self.backend == JAX:
            return jax_tables.nearest_table(side)
        return tensorflow_tables.nearest_table(side, tensorflow_tables.CENTRES)


@dataclass(frozen=True, kw_only=True)
class Filtered(Keras, abstract=True):
    """A filter that may widen when it shrinks."""

    kernel: ClassVar[Kernel]

    antialias: bool = param(
        False, "Widen the filter when it shrinks.", Flag(), telling=Telling.DETAIL
    )

    def options(self) -> dict[str, Any]:
        """Return what Keras takes beside the size."""
        return {**super().options(), "antialias": self.antialias}

    def table(self, side: Side) -> Table:
        """Return the weights that the backend has."""
        import numpy as np

        if self.backend == TENSORFLOW:
            return self.of_tensorflow(side)
        if side.length == side.out:
            return pick_table(np.arange(side.out, dtype=np.float64), side.length)
        return jax_tables.kernel_table(side, jax_tables.Moved(), self.kernel, widens=self.antialias)

    def of_tensorflow(self, side: Side) -> Table:
        """Return TensorFlow's weights."""
        return translated_table(side.length, side.out, self.kernel, widens=self.antialias)


class KerasBilinear(Filtered):
    """A triangle.

    As all of it but nearest it gives floats, whatever comes in; they are rounded when stored.
    """

    mode, kernel = "bilinear", kernels.TRIANGLE

    def of_tensorflow(self, side: Side) -> Table:
        """Return TensorFlow's weights, of another operator where it does not widen."""
        if self.antialias:
            return super().of_tensorflow(side)
        return tensorflow_tables.linear_table(side, tensorflow_tables.CENTRES)


class KerasBicubic(Filtered):
    """Keys' cubic with a = -0.5; of TensorFlow without --antialias at 1024 places."""

    mode, kernel = "bicubic", kernels.KEYS

    def of_tensorflow(self, side: Side) -> Table:
        """Return TensorFlow's weights, of another operator where it does not widen."""
        if self.antialias:
            return super().of_tensorflow(side)
        return tensorflow_tables.cubic_table(side, tensorflow_tables.CENTRES)


class KerasLanczos3(Filtered):
    """A sinc of three lobes."""

    mode, kernel = "lanczos3", kernels.LANCZOS3


class KerasLanczos5(Filtered):
    """A sinc of five lobes."""

    mode, kernel = "lanczos5", kernels.LANCZOS5


MODES = (KerasNearest, KerasBilinear, KerasBicubic, KerasLanczos3, KerasLanczos5)
