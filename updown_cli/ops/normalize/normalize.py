"""Less the mean, by the standard deviation; and the way back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.code import literal
from updown_cli.op.explainable import SUM
from updown_cli.op.param_types import Choice, Flag, Float
from updown_cli.op.parameter import Telling, as_typed, param
from updown_cli.op.per_channel import PerChannel
from updown_cli.op.pointwise import UNIT, Pointwise
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines

# What code of the way back begins with.
BACK = "# y * white has code values; white is 255 for 8 bits."

# What may help, by the channels that an image has.
ALPHA = "--alpha drop leaves transparency out"
HINTS = {1: "--colour rgb makes three of one", 2: ALPHA, 4: ALPHA}


@dataclass(frozen=True, kw_only=True)
class Normalize(Pointwise):
    """(x - mean) / std for each channel, as torchvision.transforms.Normalize after ToTensor.

    x is from 0 to 1: code values divided by white, or times a scale where one is given. `inverse`
    gives x * std + mean in code values.
    """

    command = "normalize"
    told_as = SUM

    mean: tuple[float, ...] = param(
        (0.0,),
        "What is taken away: one number, or one per channel between commas.",
        PerChannel(min=-1e9, max=1e9),
        telling=Telling.DETAIL,
    )
    std: tuple[float, ...] = param(
        (1.0,),
        "What is divided by: one number, or one per channel between commas.",
        PerChannel(min=-1e9, max=1e9),
        telling=Telling.DETAIL,
    )
    inverse: bool = param(
        False, "The way back: x * std + mean, in code values.", Flag(), telling=Telling.DETAIL
    )
    input_range: str = param(
        "unit",
        "What mean and std are of: code values divided by white (unit), or code values. Floats "
        "and integers of more than 16 bits stay as they are.",
        Choice(("unit", "code")),
    )

    scale: float | None = param(
        None,
        "Multiply code values by this in double precision first, as transformers rescales, and "
        "leave --input-range out.",
        Float(min=-1e9, max=1e9),
        telling=Telling.DETAIL,
    )

    @property
    def gives_code_values(self) -> bool:  # type: ignore[override]
        """Whether it is the way back."""
        return self.inverse

    @property
    def gives_white(self) -> bool:  # type: ignore[override]
        """Whether it is the way back to white."""
        return self.inverse and self.input_range == "unit"

    def check(self) -> None:
        """Refuse to divide by zero, and to scale twice."""
        if self.scale is not None and self.inverse:
            raise ParameterError("goes without --inverse", subject="--scale")
        if 0.0 in self.std:
            raise ParameterError(
                "must not be 0", subject=f"--std {','.join(map(as_typed, self.std))}"
            )

    def knows_alpha(self) -> bool:
        """Numbers are for channels, and know nothing of alpha."""
        return False

    def out_channels(self, shape: Shape) -> int:
        """Return the channels, to which the numbers must fit."""
        for option, numbers in (("--mean", self.mean), ("--std", self.std)):
            if len(numbers) not in (1, shape.channels):
                reason = f"{option} has {len(numbers)} numbers for {shape.channels} channels"
                raise ShapeError(reason, hint=HINTS.get(shape.channels, ""))
        return shape.channels

    def run(self, signal: Signal) -> Signal:
        """Normalize values whose white is 1, or make code values of them."""
        white = signal.white if self.input_range == "unit" and self.scale is None else 1.0
        if self.inverse:
            return replace(signal, pixels=self.apply(signal.pixels) * white)
        return replace(signal, pixels=self.apply(signal.pixels / white))

    def apply(self, x: Tensor) -> Tensor:
        """Return values less the mean by the deviation, or the other way round."""
        if self.scale is not None:
            x = (x.double() * self.scale).to(x)
        mean, std = (_like(x, numbers) for numbers in (self.mean, self.std))
        return x * std + mean if self.inverse else (x - mean) / std

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the arithmetic."""
        lines, names = self._scale_code(), []
        for name, numbers in (("mean", self.mean), ("std", self.std)):
            names.append(literal(float(numbers[0])) if len(numbers) == 1 else name)
            if len(numbers) > 1:
                lines.append(f"{name} = {_code(numbers, shape.dims)}")
        mean, std = names
        line = f"y = x * {std} + {mean}" if self.inverse else f"y = (x - {mean}) / {std}"
        return [*lines, line]

    def _scale_code(self) -> list[str]:
        """Return the product with the scale, if there is one."""
        return [] if self.scale is None else [f"x = (x.double() * {literal(self.scale)}).to(x)"]

    def on_x(self) -> Lines:
        """Return the range of x, or of y on the way back."""
        if self.input_range == "code" or self.scale is not None:
            return []
        return [BACK if self.inverse else UNIT]


def _like(x: Tensor, numbers: tuple[float, ...]) -> Tensor:
    """Return numbers as N x C x sides has them."""
    return x.new_tensor(numbers).reshape(1, -1, *[1] * (x.dim() - 2))


def _code(numbers: tuple[float, ...], dims: int) -> str:
    """Return a tensor of a number for each channel, for data of so many sides."""
    ones = ", ".join(["1"] * dims)
    return f"torch.tensor([{', '.join(map(literal, numbers))}]).reshape(1, -1, {ones})"
