"""Convolutions as torch code."""

from __future__ import annotations

from updown_cli.op.array_names import names_file
from updown_cli.op.base import Op
from updown_cli.op.code import (
    Lines,
    Writer,
    format_call,
    literal,
    one_for_all_axes,
    pad_code,
    symmetric,
)
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.depthwise import DepthwiseConv
from updown_cli.ops.conv.dilated import DilatedConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.conv.quantized import QuantizedConv
from updown_cli.ops.conv.separable import SeparableConv
from updown_cli.ops.conv.windows import Conv
from updown_cli.ops.kernels.kernel_code import (
    added,
    bias_lines,
    kernel_lines,
    taps_last,
)
from updown_cli.ops.kernels.layer import KernelLayer
from updown_cli.ops.kernels.named import Kernel, rows_or_file
from updown_cli.tensors.array_code import OF_X, Arrays, Tensors

#: Arrays in float64, in which sums of stored values are exact.
WIDE = Tensors("wide")


def weight_lines(op: KernelLayer, shape: Shape, groups: int, arrays: Arrays = OF_X) -> Lines:
    """Return lines that define torch's weight: a file's, or kernels for each channel by itself."""
    if is_whole(op, shape):
        return [f"weight = {arrays.loaded(op.kernel or '')}{_layout(op, shape.dims)}"]
    lines, names = kernels_of(op, shape, arrays)
    taps = op.kernels(shape).shape[1:]
    repeated = int(getattr(op, "multiplier", None) or 1) if len(names) == 1 else 1
    if len(names) == 1 and shape.channels * repeated == 1:
        return [*lines, f"weight = {names[0]}[None, None]"]
    if len(names) == 1:
        outs = literal((shape.channels * repeated, 1, *taps))[1:-1]
        return [*lines, f"weight = {names[0]}.expand({outs})"]
    ones = ", ".join(["1"] * (shape.dims + 1))
    stacked = f"torch.stack([{', '.join(names)}])[:, None]"
    return [*lines, f"weight = {stacked}.repeat({groups}, {ones})"]


def is_whole(op: KernelLayer, shape: Shape) -> bool:
    """Whether the kernel is a file's whole weight."""
    return op.kernels(shape).ndim == shape.dims + 2


def kernels_of(op: KernelLayer, shape: Shape, arrays: Arrays = OF_X) -> tuple[Lines, list[str]]:
    """Return lines that define kernels of the data's rank, and their names."""
    kernel, taps = Kernel(op.kernel or ""), op.kernels(shape).shape[1:]
    levels = [1.0 if op.level() == 1 else float(stride) for stride in op.stride]
    return kernel_lines(kernel, taps, levels, shape.dims, arrays)


def _layout(op: KernelLayer, dims: int) -> str:
    """Return what makes TensorFlow's layout torch's."""
    if not op.weight_layout.startswith("hw"):
        return ""
    if isinstance(op, DepthwiseConv):
        return taps_last(dims, 0, 1) + ".flatten(0, 1)[:, None]"
    return taps_last(dims, 1, 0)


def conv_call(
    op: Conv, shape: Shape, groups: int, bias: str | None = None, x: str = "x", outside: float = 0
) -> str:
    """Return torch's convolution; padding that differs before and after is added first."""
    spans = op.spans(shape)
    pads = [span.pads(side) for span, side in zip(spans, shape.size, strict=True)]
    padding = one_for_all_axes([before for before, _ in pads]) if symmetric(pads) else None
    return format_call(
        f"F.conv{shape.dims}d",
        x if padding is not None else pad_code(x, pads),
        "weight",
        *([bias] if bias else []),
        stride=one_for_all_axes(op.stride) if max(op.stride) > 1 else None,
        padding=padding,
        dilation=one_for_all_axes(op.dilation),
        groups=groups,
    )


def conv(op: Conv, shape: Shape, frames: int) -> Lines:
    """Return the convolution plus bias."""
    weight, groups = op.weight(shape)
    lines, bias, plus = bias_lines(op.bias, len(weight))
    convolved = conv_call(op, shape, groups, bias)
    return [*weight_lines(op, shape, groups), *lines, f"y = {convolved}{plus}"]


def separable(op: SeparableConv, shape: Shape, frames: int) -> Lines:
    """Return a convolution by channel, then one that mixes them."""
    groups = shape.channels
    mixing = op.mixing(shape)
    lines, bias, plus = bias_lines(op.bias, len(mixing))
    mixed = format_call(f"F.conv{shape.dims}d", "spread", "pointwise", *([bias] if bias else []))
    return [
        *weight_lines(op, shape, groups),
        f"pointwise = {_pointwise(op, shape)}",
        *lines,
        f"spread = {conv_call(op, shape, groups)}",
        f"y = {mixed}{plus}",
    ]


def _pointwise(op: SeparableConv, shape: Shape) -> str:
    """Return the second weight, (out, channels * multiplier, 1...)."""
    text = op.pointwise or ""
    given = rows_or_file("--pointwise", text)
    rank = given.ndim
    mixing = OF_X.loaded(text) if names_file(text) else OF_X.of(given.tolist())
    if op.weight_layout != "oihw":
        mixing += ".T" if rank == 2 else taps_last(rank - 2, 1, 0)
    return mixing + (f"[..., {', '.join(['None'] * shape.dims)}]" if rank == 2 else "")


def quantized(op: QuantizedConv, shape: Shape, frames: int) -> Lines:
    """Return the formula on stored values, exact in float64."""
    weight, groups = op.weight(shape)
    outs, sides = len(weight), shape.dims
    lines = [f"wide = x.double(){_less(op.x_zero_point)}"]
    lines += weight_lines(op, shape, groups, WIDE)
    if any(op.w_zero_point):
        lines.append(f"weight = weight{_less_zeros(op.w_zero_point, sides)}")
    lines.append(f"real = {conv_call(op, shape, groups, x='wide')}")
    scale = _scale(op, sides)
    lines += [f"real = real * {scale}"] if scale else []
    lines += _real_bias(op, outs, sides)
    zero = added(op.y_zero_point) if op.y_zero_point else ""
    stored = f"(real.round(){zero})" if zero else "real.round()"
    return [*lines, f"y = {stored}.clamp(0, 255).to(x)"]


def _scale(op: QuantizedConv, sides: int) -> str:
    """Return w_scale * x_scale / y_scale, without what is 1; nothing where all are."""
    factors = [_by_channel(op.w_scale, sides)] if set(op.w_scale) != {1} else []
    factors += [literal(op.x_scale)] if op.x_scale != 1 else []
    product = " * ".join(factors)
    if op.y_scale != 1:
        product = f"{product or '1'} / {literal(op.y_scale)}"
    return f"({product})" if " " in product else product


def _real_bias(op: QuantizedConv, outs: int, sides: int) -> Lines:
    lines, bias, plus = bias_lines(op.bias, outs, WIDE)
    by_channel = ".view(" + ", ".join(["-1", *["1"] * sides]) + ")"
    plus = f" + bias{by_channel}" if bias else plus
    if not plus:
        return []
    return [*lines, f"real = real{plus}{'' if op.y_scale == 1 else f' / {literal(op.y_scale)}'}"]


def _less_zeros(zeros: tuple[int, ...], sides: int) -> str:
    return _less(zeros[0]) if len(zeros) == 1 else f" - {_by_channel(zeros, sides + 1)}"


def _by_channel(values: tuple[float, ...], ones: int) -> str:
    """Return one number, or one for each channel, before so many axes."""
    if len(values) == 1:
        return literal(float(values[0]))
    return f"{WIDE.of(values)}.view({', '.join(['-1', *['1'] * ones])})"


def _less(value: float) -> str:
    return added(-value) if value else ""


CONVOLUTIONS: dict[type[Op], Writer] = {
    PlainConv: conv,
    DilatedConv: conv,
    DepthwiseConv: conv,
    SeparableConv: separable,
    QuantizedConv: quantized,
}
