"""The size of a result as a formula, with names and with the numbers of a shape put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from updown_cli.op.base import Op
from updown_cli.op.parameter import as_typed
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import GIVEN, KEPT, SizeText, text_for_axes
from updown_cli.ops.conv.windows import Conv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.upblock.conv_block import NormedBlock
from updown_cli.ops.upblock.meta import Meta
from updown_cli.ops.upblock.subpixel import SubPixel

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


@dataclass(frozen=True)
class Formula:
    """How one side of a result comes about: `text` has names, `numbers` those of this side."""

    axis: str
    text: str
    numbers: dict[str, Any]
    out: int

    @property
    def filled_in(self) -> str:
        """Return the formula with numbers for its names."""
        names = sorted(self.numbers, key=len, reverse=True)
        pattern = r"\b(" + "|".join(map(re.escape, names)) + r")\b"
        return re.sub(pattern, lambda name: as_typed(self.numbers[name[0]]), self.text)


def formulas(op: Op, shape: Shape) -> list[Formula]:
    """Return the formula of every side of what an operation, told its shape, makes of it."""
    texts = _texts(op, shape)
    out = op.out_size(shape)
    sides = zip(AXES[shape.dims], texts, shape.size, out, strict=True)
    return [
        Formula(axis, text, {"in": side, "output_size": new, **numbers}, new)
        for axis, (text, numbers), side, new in sides
    ]


@singledispatch
def _texts(op: Op, shape: Shape) -> list[SizeText]:
    """Return for each axis the formula with names, and the numbers of the names beside `in`."""
    return op.size_formula(shape)


@_texts.register
def _(op: Conv, shape: Shape) -> list[SizeText]:
    return [span.size_formula(side) for span, side in zip(op.spans(shape), shape.size, strict=True)]


@_texts.register
def _(op: Meta, shape: Shape) -> list[SizeText]:
    return text_for_axes("floor(in * scale_factor)", scale_factor=(op.scale,) * shape.dims)


@_texts.register
def _(op: NormedBlock, shape: Shape) -> list[SizeText]:
    return [("2 * in", {})] * shape.dims


@_texts.register
def _(op: SubPixel, shape: Shape) -> list[SizeText]:
    return text_for_axes("in * upscale_factor", upscale_factor=(op.upscale_factor,) * shape.dims)


@_texts.register
def _(op: Shuffle, shape: Shape) -> list[SizeText]:
    if op.arrange == "grid":
        return [(KEPT, {})] * shape.dims
    text = "in * upscale_factor" if op.goes_up else "in / downscale_factor"
    name = text.split()[-1]
    return [(text, {name: op.factor})] * shape.dims


@_texts.register
def _(op: Deconv, shape: Shape) -> list[SizeText]:
    whole = "(in - 1) * stride{} + dilation * (kernel_size - 1){} + 1"
    texts = []
    for crop in op.crops(shape):
        numbers = {
            "kernel_size": crop.kernel,
            "stride": crop.stride,
            "dilation": crop.dilation,
            "padding": crop.before,
            "output_padding": crop.output_padding,
        }
        if op.output_size is not None:
            texts.append((GIVEN, numbers))
        elif op.padding == "same":
            texts.append(("in * stride", numbers))
        elif op.padding == "valid":
            text = "(in - 1) * stride + max(dilation * (kernel_size - 1) + 1, stride)"
            texts.append((text, numbers))
        else:
            texts.append((whole.format(" - 2 * padding", " + output_padding"), numbers))
    return texts
