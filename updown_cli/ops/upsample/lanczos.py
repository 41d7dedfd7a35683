"""Interpolation by a windowed sinc."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.input_span import InputSpan
from updown_cli.op.param_types import Flag
from updown_cli.op.parameter import Telling, param
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.antialias import column_warnings, widened_spans, widened_tables
from updown_cli.ops.upsample.interpolation import Interpolation
from updown_cli.ops.upsample.tables import Recomputed
from updown_cli.ops.upsample.tensorflow import widened_lines

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Points, Table


@dataclass(frozen=True, kw_only=True)
class Lanczos(Recomputed, Interpolation):
    """A windowed sinc over six pixels on each axis; always antialiased, CPU only."""

    mode = "lanczos"
    ranks = (2,)
    side = 3

    antialias: bool = param(
        True,
        "Widen the filter when shrinking, as Pillow does; 2-D only.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Refuse what torch has not."""
        super().check()
        if not self.antialias:
            raise ParameterError("torch has no lanczos without it", subject="--no-antialias")

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the pixels under the filter."""
        return widened_spans(self, shape)

    def tables(self, shape: Shape, dtype: str = "float32") -> tuple[Table, ...] | None:
        """Return the weights of each side of an image."""
        return widened_tables(self, shape, windowed_sinc) if self.has_tables(shape) else None

    def apply(self, x: Tensor) -> Tensor:
        """Return the interpolated pixels, if this torch can."""
        try:
            return super().apply(x)
        except (NotImplementedError, ValueError) as error:
            if "not implemented for" in str(error):  # a type, and no release
                raise
            raise ParameterError(
                "this torch cannot do it",
                subject="--mode lanczos",
                hint="torch 2.13 can, on the CPU",
            ) from None

    def filter_options(self, shape: Shape) -> dict[str, Any]:
        """Return torch's name of the filter, which always widens."""
        return {**super().filter_options(shape), "antialias": True}

    def warnings(self, shape: Shape) -> list[str]:
        """Tell of turned sides, and of columns."""
        return super().warnings(shape) + column_warnings(self, shape)

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return TensorFlow's lanczos."""
        return widened_lines("lanczos3", self, shape)


def windowed_sinc(distance: Points) -> Points:
    """Return the weights of a sinc in a window of three pixels, up to a distance of 3."""
    import numpy as np

    weights: Points = np.sinc(distance) * np.sinc(distance / 3)
    return weights
