"""The modes of ONNX's Resize: `--like onnx`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.param_types import Choice, Flag, Float
from updown_cli.op.parameter import Telling, param
from updown_cli.ops.upsample.like.onnx import tables
from updown_cli.ops.upsample.like.onnx.arithmetic import SINGLE, WHOLE, Products, whole_weights
from updown_cli.ops.upsample.like.onnx.resize import Onnx
from updown_cli.ops.upsample.like.side import UINT8

if TYPE_CHECKING:
    from updown_cli.op.resampling import Table
    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.kernels import Kernel
    from updown_cli.ops.upsample.like.side import Side, Sides


@dataclass(frozen=True, kw_only=True)
class OnnxNearest(Onnx):
    """The pixel to which a point is rounded.

    ONNX Runtime takes a point that is a millionth from the middle of two pixels for the middle.
    """

    mode = "nearest"
    picks = True

    nearest_mode: str = param(
        "round-prefer-floor",
        "How a point is rounded.",
        Choice(tables.NEAREST_MODES),
        telling=Telling.DETAIL,
    )

    def selects_values(self) -> bool:
        """Whether no other value comes in."""
        return not self.extrapolation_value

    def table(self, side: Side) -> Table:
        """Return the picked pixels."""
        return tables.nearest_table(side, self.placed(side), self.nearest_mode)

    def attributes(self) -> dict[str, Any]:
        """Return the node's, but for those that are as usual."""
        word = self.nearest_mode.replace("-", "_")
        return super().attributes() | {
            "nearest_mode": word if word != "round_prefer_floor" else None
        }


@dataclass(frozen=True, kw_only=True)
class OnnxFilter(Onnx, abstract=True):
    """A filter that may widen when it shrinks, and may leave out what lies outside."""

    antialias: bool = param(
        False, "Widen the filter when it shrinks.", Flag(), telling=Telling.DETAIL
    )

    exclude_outside: bool = param(
        False, "Share weights of what lies outside among the others.", Flag()
    )

    def widened(self, side: Side, kernel: Kernel) -> Table:
        """Return the weights of the filter that may widen."""
        outside = self.exclude_outside
        table = tables.widened_table(side, self.placed(side), kernel, exclude_outside=outside)
        return whole_weights(table) if side.kind == UINT8 else table

    def side_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the tables of height and width, of whole numbers where bytes are widened."""
        down, across = super().side_tables(sides)
        if sides.stay and self.antialias and sides.kind == UINT8:
            return whole_weights(down), whole_weights(across)
        return down, across

    def attributes(self) -> dict[str, Any]:
        """Return the node's, but for those that are as usual."""
        flags = {"antialias": self.antialias, "exclude_outside": self.exclude_outside}
        return super().attributes() | {name: 1 if on else None for name, on in flags.items()}


class OnnxLinear(OnnxFilter):
    """The pixels on either side of a point; a triangle with --antialias.

    ONNX Runtime cuts bytes off where it does not widen; where the specification's reference rounds.
    """

    mode = "linear"
    integers = (UINT8,)

    def check(self) -> None:
        """Refuse what ONNX Runtime refuses."""
        super().check()
        if self.exclude_outside and not self.antialias:
            raise ParameterError("--exclude-outside goes with --antialias in --mode linear")

    def table(self, side: Side) -> Table:
        """Return the weights of two pixels, or of more."""
        if self.antialias:
            return self.widened(side, tables.LINEAR)
        return tables.linear_table(side, self.placed(side))

    def sums(self, sides: Sides) -> Arithmetic:
        """Return how values are added up."""
        if not self.antialias:
            return Products()
        return WHOLE if sides.kind == UINT8 else SINGLE


@dataclass(frozen=True, kw_only=True)
class OnnxCubic(OnnxFilter):
    """Keys' cubic over four pixels, or more with --antialias.

    Bytes that do not widen, which ONNX Runtime refuses, are floats that are rounded when stored.
    """

    mode = "cubic"

    cubic_coeff_a: float = param(
        -0.75, "The cubic's factor.", Float(min=-100, max=100), telling=Telling.DETAIL
    )

    @property
    def integers(self) -> tuple[str, ...]:  # type: ignore[override]
        """The integers that ONNX Runtime takes; others are floats."""
        return (UINT8,) if self.antialias else ()

    def table(self, side: Side) -> Table:
        """Return the weights of four pixels, or of more."""
        if self.antialias:
            return self.widened(side, tables.keys(self.cubic_coeff_a))
        outside, placed = self.exclude_outside, self.placed(side)
        return tables.cubic_table(side, placed, self.cubic_coeff_a, exclude_outside=outside)

    def sums(self, sides: Sides) -> Arithmetic:
        """Return how values are added up."""
        return WHOLE if self.antialias and sides.kind == UINT8 else SINGLE

    def attributes(self) -> dict[str, Any]:
        """Return the node's, but for those that are as usual."""
        factor = self.cubic_coeff_a if self.cubic_coeff_a != -0.75 else None
        return super().attributes() | {"cubic_coeff_a": factor}


MODES = (OnnxNearest, OnnxLinear, OnnxCubic)
