"""The size of a result as a formula, with names and with the numbers of a shape put in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from updown_cli.op.base import Op
from updown_cli.op.parameter import as_typed
from updown_cli.op.shape import Shape
from updown_cli.op.windows import Span
from updown_cli.ops.conv.windows import Conv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.blur import BlurPool
from updown_cli.ops.pool.windows import WindowPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.unpool.undo import Unpool
from updown_cli.ops.unpool.zero import ZeroUnpool
from updown_cli.ops.upblock.conv_block import NormedBlock
from updown_cli.ops.upblock.meta import Meta
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.ops.upsample.inserted import Inserted
from updown_cli.ops.upsample.sampling import Upsample

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}

KEPT, GIVEN = "in", "output_size"


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
def _texts(op: Op, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    """Return for each axis the formula with names, and the numbers of the names beside `in`."""
    out = op.out_size(shape)
    kept = out == shape.size
    return [(KEPT if kept else GIVEN, {})] * shape.dims


@_texts.register
def _(op: WindowPool, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    return [_windows(span, side) for span, side in zip(op.spans(), shape.size, strict=True)]


@_texts.register
def _(op: Conv, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    return [_windows(span, side) for span, side in zip(op.spans(shape), shape.size, strict=True)]


def _windows(span: Span, side: int) -> tuple[str, dict[str, Any]]:
    numbers = {
        "kernel_size": span.kernel,
        "stride": span.stride,
        "padding": span.padding,
        "dilation": span.dilation,
    }
    if span.padding in ("same", "same-lower"):
        return "ceil(in / stride)", numbers
    free = "in + 2 * padding - dilation * (kernel_size - 1) - 1"
    if span.padding == "valid":
        free = free.replace(" + 2 * padding", "")
    if not span.ceil_mode:
        return f"floor(({free}) / stride) + 1", numbers
    text = f"ceil(({free}) / stride) + 1"
    rounded_up = -(-(side + 2 * span.pads(side)[0] - span.reach) // span.stride) + 1
    return (text if span.count(side) == rounded_up else f"{text} - 1"), numbers


@_texts.register
def _(op: BlurPool, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    return _each("ceil(in / stride)", stride=op.stride)


@_texts.register
def _(op: Unpool, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    if op.kernel_size is None or op.out_size(shape) != op.formula_size(shape):
        return [(GIVEN, {})] * shape.dims
    text = "(in - 1) * stride - 2 * padding + kernel_size"
    assert op.stride is not None
    return _each(text, kernel_size=op.kernel_size, stride=op.stride, padding=op.padding)


@_texts.register
def _(op: ZeroUnpool, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    assert op.kernel_size is not None
    assert op.stride is not None
    text = "in * stride" if op.padding == "same" else "(in - 1) * stride + kernel_size"
    return _each(text, kernel_size=op.kernel_size, stride=op.stride)


@_texts.register
def _(op: Upsample, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    if op.scale_factor is None:
        return [("size", {"size": side}) for side in op.out_size(shape)]
    return _each("floor(in * scale_factor)", scale_factor=op.scale_factor)


@_texts.register
def _(op: Inserted, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    return _each("(in - 1) * scale_factor + 1", scale_factor=op.factors())


@_texts.register
def _(op: Meta, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    return _each("floor(in * scale_factor)", scale_factor=(op.scale,) * shape.dims)


@_texts.register
def _(op: NormedBlock, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    return [("2 * in", {})] * shape.dims


@_texts.register
def _(op: SubPixel, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    return _each("in * upscale_factor", upscale_factor=(op.upscale_factor,) * shape.dims)


@_texts.register
def _(op: Shuffle, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
    if op.arrange == "grid":
        return [(KEPT, {})] * shape.dims
    text = "in * upscale_factor" if op.goes_up else "in / downscale_factor"
    name = text.split()[-1]
    return [(text, {name: op.factor})] * shape.dims


@_texts.register
def _(op: Deconv, shape: Shape) -> list[tuple[str, dict[str, Any]]]:
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


def _each(text: str, **numbers: Sequence[Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return a formula for every axis, with the numbers of each."""
    axes = zip(*numbers.values(), strict=True)
    return [(text, dict(zip(numbers, axis, strict=True))) for axis in axes]
