"""Convolution of whole numbers that stand for real ones: real = scale * (stored - zero point)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.op.anatomy import Surroundings
from updown_cli.op.base import Op
from updown_cli.op.call import TensorName
from updown_cli.op.code import Lines, literal
from updown_cli.op.explainable import FROM
from updown_cli.op.param_types import Float, Int
from updown_cli.op.parameter import param
from updown_cli.op.per_channel import PerChannel
from updown_cli.op.shape import Shape
from updown_cli.op.windows import split_axis
from updown_cli.op.worked_out import work_out_once
from updown_cli.ops.conv.grouped import GroupedConv
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.kernels.byte_rows import whole_sums_way
from updown_cli.ops.kernels.kernel_code import added, bias_lines, view_by_channel, weight_lines
from updown_cli.ops.kernels.layer import one_per_channel, tensor_like
from updown_cli.tensors.array_code import Tensors

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.integer_way import IntegerWay

# Values are stored in eight bits: images without a sign, weights with or without.
LEVELS = 255
LEAST_WEIGHT, MOST_WEIGHT = -128, 255

# No scale of eight bits is larger.
LARGEST_SCALE = 1e30

# x in float64, in which sums of stored values are exact, and arrays of its type.
WIDE_X, WIDE = TensorName("wide"), Tensors("wide")


@dataclass(frozen=True, kw_only=True)
class QuantizedConv(GroupedConv):
    """A convolution of stored values, 0 to 255, with stored weights; whole numbers as well.

    out = round(sum((x - x_zero_point) * (w - w_zero_point)) * x_scale * w_scale / y_scale) +
    y_zero_point, half to even, clamped to 0 to 255; padding is x_zero_point (ONNX QLinearConv,
    torch.ao.nn.quantized.functional.conv2d). Bias is real, before it is divided by y_scale.
    """

    mode = "quantized"
    linear = False
    told_as = FROM
    rounds = True

    x_scale: float = param(
        1.0, "Real step between two stored values.", Float(above=0, max=LARGEST_SCALE)
    )
    x_zero_point: int = param(0, "Stored value of real 0.", Int(min=0, max=LEVELS))
    w_scale: tuple[float, ...] = param(
        (1.0,),
        "Real step between two stored weights; one, or one per output channel.",
        PerChannel(above=0, max=LARGEST_SCALE),
    )
    w_zero_point: tuple[int, ...] = param(
        (0,),
        "Stored weight of real 0; one, or one per output channel.",
        PerChannel(min=LEAST_WEIGHT, max=MOST_WEIGHT, whole=True),
    )
    y_scale: float = param(
        1.0, "Real step between two stored results.", Float(above=0, max=LARGEST_SCALE)
    )
    y_zero_point: int = param(0, "Stored result of real 0.", Int(min=0, max=LEVELS))

    @work_out_once
    def weight(self, shape: Shape) -> tuple[NDArray[Any], int]:
        """Return the stored weight; raise ShapeError for one that is not of whole numbers."""
        weight, groups = super().weight(shape)
        if (weight % 1).any() or weight.min() < LEAST_WEIGHT or weight.max() > MOST_WEIGHT:
            raise self.misfit(f"must hold whole numbers from {LEAST_WEIGHT} to {MOST_WEIGHT}")
        return weight, groups

    def out_channels(self, shape: Shape) -> int:
        """Return the number of results, to which scales and zero points must fit."""
        channels = super().out_channels(shape)
        one_per_channel(self.w_scale, channels, "--w-scale")
        one_per_channel(self.w_zero_point, channels, "--w-zero-point")
        return channels

    def surroundings(self) -> Surroundings:
        """Return the stored value of real 0."""
        return Surroundings(value=float(self.x_zero_point))

    def example_numbers(self, count: int) -> NDArray[Any]:
        """Return numbers that can be stored."""
        return super().example_numbers(count) % (LEVELS + 1)

    def for_tracing(self) -> Op:
        """Return the plain convolution that it is at heart, which takes NaN."""
        own = {parameter.name for parameter in self.parameters()}
        shared = [p.name for p in PlainConv.parameters() if p.name in own]
        return PlainConv(**{name: getattr(self, name) for name in shared})

    def apply(self, x: Tensor) -> Tensor:
        """Return the stored results."""
        if not _are_stored_values(x):
            raise InputError(
                f"quantized needs whole numbers from 0 to {LEVELS}",
                hint="store the image in 8 bits",
                code="bad_value",
            )
        shape = Shape(*x.shape[1:])
        stored, groups = self.weight(shape)
        outs = len(stored)
        by_channel = (-1, *[1] * shape.dims)
        zeros = one_per_channel(self.w_zero_point, outs, "--w-zero-point").reshape(
            -1, 1, *by_channel[1:]
        )
        wide = x.double()  # exact: sums of products are far below 2^53
        if self.x_zero_point:
            wide = wide - self.x_zero_point
        weight = tensor_like(wide, stored - zeros)
        sums: Tensor = self.convolution(shape, groups, x=WIDE_X).run(wide=wide, weight=weight)
        numbers = {
            name: tensor_like(wide, each).reshape(by_channel)
            for name, each in self._scale_and_bias(outs).items()
        }
        return self._stored(sums, **numbers).to(x)

    def _scale_and_bias(self, outs: int) -> dict[str, NDArray[Any]]:
        """Return what each channel's sums are multiplied by, and what is added, if not 1 and 0."""
        scales = one_per_channel(self.w_scale, outs, "--w-scale") * self.x_scale
        scales = scales / self.y_scale
        numbers = {"scale": scales} if (scales != 1).any() else {}
        bias = self.bias_for(outs)
        return numbers if bias is None else numbers | {"bias": bias / self.y_scale}

    def _stored(
        self, sums: Tensor, scale: Tensor | None = None, bias: Tensor | None = None
    ) -> Tensor:
        """Return sums, in float64, as results are stored."""
        real = sums if scale is None else sums * scale
        real = real if bias is None else real + bias
        return (real.round() + self.y_zero_point).clamp(0, LEVELS)

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return sums of bytes by rows, where single precision holds them all."""
        import torch

        stored, groups = self.weight(shape)
        zeros = one_per_channel(self.w_zero_point, len(stored), "--w-zero-point")
        taps = stored - zeros.reshape(-1, *[1] * (stored.ndim - 1))
        windows = self._conv_windows(shape, groups)
        if dtype != "uint8" or windows is None or self.x_zero_point:
            return None
        numbers = {
            name: torch.from_numpy(each.astype(float))
            for name, each in self._scale_and_bias(len(stored)).items()
        }

        def after(values: Tensor, channels: slice) -> Tensor:
            sums = split_axis(values.double(), 1, (-1, channels.stop - channels.start))
            own = {name: each[channels] for name, each in numbers.items()}
            return self._stored(sums, **own).flatten(1).float()

        return whole_sums_way(taps, shape.channels, windows, after)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the formula on stored values, exact in float64."""
        weight, groups = self.weight(shape)
        lines = [f"wide = x.double(){_less(self.x_zero_point)}"]
        lines += weight_lines(self, shape, groups, WIDE)
        if any(self.w_zero_point):
            lines.append(f"weight = weight{_less_zeros(self.w_zero_point, shape.dims)}")
        lines.append(f"real = {self.convolution(shape, groups, x=WIDE_X).code()}")
        scale = self._scale_code(shape.dims)
        lines += [f"real = real * {scale}"] if scale else []
        lines += self._bias_lines(len(weight), shape.dims)
        zero = added(self.y_zero_point) if self.y_zero_point else ""
        stored = f"(real.round(){zero})" if zero else "real.round()"
        return [*lines, f"y = {stored}.clamp(0, {LEVELS}).to(x)"]

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return None: TensorFlow's has other scales."""
        return None

    def _scale_code(self, sides: int) -> str:
        """Return w_scale * x_scale / y_scale, without what is 1; nothing where all are."""
        factors = [_by_channel(self.w_scale, sides)] if set(self.w_scale) != {1} else []
        factors += [literal(self.x_scale)] if self.x_scale != 1 else []
        product = " * ".join(factors)
        if self.y_scale != 1:
            product = f"{product or '1'} / {literal(self.y_scale)}"
        return f"({product})" if " " in product else product

    def _bias_lines(self, outs: int, sides: int) -> Lines:
        """Return lines that add the bias, if there is one."""
        lines, bias, plus = bias_lines(self.bias, outs, WIDE)
        plus += "".join(f" + {view_by_channel(name, sides)}" for name in bias)
        if not plus:
            return []
        scale = "" if self.y_scale == 1 else f" / {literal(self.y_scale)}"
        return [*lines, f"real = real{plus}{scale}"]


def _are_stored_values(x: Tensor) -> bool:
    """Whether all values are whole numbers from 0 to 255; a NaN is none."""
    low, high = (float(extreme) for extreme in x.aminmax())
    if not (low >= 0 and high <= LEVELS):
        return False
    return float((x - x.floor()).max()) == 0


def _less_zeros(zeros: tuple[int, ...], sides: int) -> str:
    return _less(zeros[0]) if len(zeros) == 1 else f" - {_by_channel(zeros, sides + 1)}"


def _by_channel(values: tuple[float, ...], ones: int) -> str:
    """Return one number, or one for each channel, before so many axes."""
    if len(values) == 1:
        return literal(float(values[0]))
    return view_by_channel(WIDE.of(values), ones)


def _less(value: float) -> str:
    return added(-value) if value else ""
