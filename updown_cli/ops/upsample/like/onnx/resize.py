"""ONNX's Resize, releases 11 to 19: `--like onnx`, as ONNX Runtime computes on processors.

Where ONNX Runtime and the reference of ONNX differ, ONNX Runtime is meant: it counts in float32,
takes half a millionth of a pixel for the middle, takes both sides as whole numbers where corners
are aligned, cuts bytes off in linear interpolation, and leaves a picture of the same size alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.param_types import Choice, Float, Floats
from updown_cli.op.parameter import param
from updown_cli.op.resampling import pick_table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like.arithmetic import EXACT
from updown_cli.ops.upsample.like.onnx.arithmetic import Filled
from updown_cli.ops.upsample.like.onnx.code import resize_lines
from updown_cli.ops.upsample.like.onnx.points import (
    COORDINATES,
    CROP_AND_RESIZE,
    HALF_PIXEL,
    Placed,
)
from updown_cli.ops.upsample.like.tabled import Tabled

if TYPE_CHECKING:
    from updown_cli.op.code import Lines
    from updown_cli.op.resampling import Ratio, Table
    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Side, Sides

STRETCH, NOT_LARGER, NOT_SMALLER = POLICIES = ("stretch", "not-larger", "not-smaller")

# Numbers of a part: top, left, bottom, right.
CORNERS = 4


class Coordinates(Choice):
    """Words that are too many for the name of an option; its help has them."""

    metavar = "WORD"


@dataclass(frozen=True, kw_only=True)
class Onnx(Tabled, abstract=True):
    """A Resize of height and width."""

    like = "onnx"
    takes_factor = True

    coordinate_transformation_mode: str = param(
        HALF_PIXEL,
        f"Where pixels lie in the input: {', '.join(COORDINATES)}.",
        Coordinates(COORDINATES),
    )

    roi: tuple[float, ...] | None = param(
        None,
        "Part of 1 that tf-crop-and-resize takes: top,left,bottom,right.",
        Floats(),
    )

    extrapolation_value: float = param(
        0.0, "What tf-crop-and-resize has outside.", Float(min=-1e9, max=1e9)
    )

    keep_aspect_ratio_policy: str = param(
        STRETCH, "Keep the proportions within --size or around it.", Choice(POLICIES)
    )

    def check(self) -> None:
        """Refuse what means nothing."""
        super().check()
        if self.keep_aspect_ratio_policy != STRETCH and self.size is None:
            raise ParameterError("--keep-aspect-ratio-policy goes with --size")
        if self.roi is not None and len(self.roi) != CORNERS:
            raise ParameterError("must be four numbers: top,left,bottom,right", subject="--roi")
        if self._crops():
            return
        for name, given in (("--roi", self.roi), ("--extrapolation-value", self._value())):
            if given:
                hint = f"goes with --coordinate-transformation-mode {CROP_AND_RESIZE}"
                raise ParameterError(f"{name} {hint}")

    def keeps_level(self, shape: Shape) -> bool:
        """Whether nothing of the result lies outside."""
        return not self._crops()

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size, or what keeps the proportions, or what float32 makes of a factor."""
        import numpy as np

        if self.part is not None:
            return super().out_size(shape)
        if self.scale_factor is None:
            scale = self._policy_scale(shape)
            if scale is None:
                return super().out_size(shape)
            return tuple(math.floor(scale * np.float32(side) + 0.5) for side in shape.size)
        factors = zip(shape.size, self.scale_factor, strict=True)
        return tuple(math.floor(np.float32(side) * np.float32(factor)) for side, factor in factors)

    def ratio(self, axis: int, shape: Shape) -> Ratio:
        """Return the input pixels per output pixel, of both sides the same where a policy says."""
        scale = self._policy_scale(shape)
        return super().ratio(axis, shape) if scale is None else (1.0, float(scale))

    def side_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the tables of height and width; of the same size a picture stays as it is."""
        if sides.stay:
            return _as_it_is(sides.down), _as_it_is(sides.across)
        return super().side_tables(sides)

    def exact(self) -> Arithmetic:
        """Return what tables say, with the value outside."""
        return Filled(EXACT, self.extrapolation_value) if self._crops() else EXACT

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return how values are added up, with the value outside."""
        sums = self.sums(sides)
        return Filled(sums, self.extrapolation_value) if self._crops() else sums

    def sums(self, sides: Sides) -> Arithmetic:
        """Return how values are added up."""
        return EXACT

    def placed(self, side: Side) -> Placed:
        """Return where pixels of a side lie."""
        roi = self.roi or (0.0, 0.0, 1.0, 1.0)
        return Placed(self.coordinate_transformation_mode, roi[side.axis], roi[2 + side.axis])

    def attributes(self) -> dict[str, Any]:
        """Return the node's, but for those that are as usual."""
        words = (self.coordinate_transformation_mode, self.keep_aspect_ratio_policy)
        names = ("coordinate_transformation_mode", "keep_aspect_ratio_policy")
        usual = (HALF_PIXEL, STRETCH)
        told = zip(names, words, usual, strict=True)
        said = {name: word.replace("-", "_") for name, word, as_usual in told if word != as_usual}
        return {"mode": self.mode, **said, "extrapolation_value": self._value()}

    def library_code(self, shape: Shape) -> Lines:
        """Return a model, and what ONNX Runtime makes with it."""
        inputs: dict[str, tuple[float, ...]] = {"roi": self.roi} if self.roi else {}
        if self.scale_factor is not None:
            inputs["scales"] = tuple(map(float, self.scale_factor))
        else:
            assert isinstance(self.size, tuple)
            inputs["sizes"] = tuple(side for side in self.size if side is not None)
        return resize_lines(inputs, self.attributes())

    def _crops(self) -> bool:
        return self.coordinate_transformation_mode == CROP_AND_RESIZE

    def _value(self) -> float | None:
        return self.extrapolation_value or None

    def _policy_scale(self, shape: Shape) -> Any:
        """Return the scale of both sides in float32, where the proportions are kept."""
        import numpy as np

        if self.keep_aspect_ratio_policy == STRETCH or not isinstance(self.size, tuple):
            return None
        sides = zip(super().out_size(shape), shape.size, strict=True)
        scales = [np.float32(to) / np.float32(side) for to, side in sides]
        return (min if self.keep_aspect_ratio_policy == NOT_LARGER else max)(scales)


def _as_it_is(side: Side) -> Table:
    import numpy as np

    return pick_table(np.arange(side.out, dtype=np.float64), side.length)
