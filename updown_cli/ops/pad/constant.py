"""A constant around the image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.errors import ShapeError
from updown_cli.op.anatomy import Surroundings
from updown_cli.op.code import Code, literal, pad_code
from updown_cli.op.parameter import Telling, param
from updown_cli.op.per_channel import PerChannel
from updown_cli.op.shape import Shape
from updown_cli.op.windows import pad
from updown_cli.ops.pad.padded import Pad

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class ConstantPad(Pad):
    """A constant around the image, as torch.nn.ConstantPad2d."""

    mode = "constant"
    around = Surroundings(value=0.0)

    value: tuple[float, ...] = param(
        (0.0,),
        "The constant, in code values: one, or one per channel between commas.",
        PerChannel(min=-1e30, max=1e30),
        telling=Telling.DETAIL,
    )

    def surroundings(self) -> Surroundings:
        """Return the constant."""
        return Surroundings(value=self.value[0])

    def selects_values(self) -> bool:
        """Whole numbers stay whole."""
        return all(number.is_integer() for number in map(float, self.value))

    def out_channels(self, shape: Shape) -> int:
        """Return the channels, to which the constants must fit."""
        if len(self.value) not in (1, shape.channels):
            raise ShapeError(f"--value has {len(self.value)} numbers for {shape.channels} channels")
        return shape.channels

    def apply(self, x: Tensor) -> Tensor:
        """Return the image with the constant around it, one for each channel if asked."""
        import torch

        pairs = list(self.margins)
        if len(self.value) == 1:
            return pad(x, pairs, self.value[0])
        planes = zip(torch.split(x, 1, 1), self.value, strict=True)
        return torch.cat([pad(plane, pairs, number) for plane, number in planes], 1)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return torch's padding, of each channel alone where their constants differ."""
        if len(self.value) == 1:
            return [f"y = {pad_code(Code('x'), self.margins, self.value[0])}"]
        plane = pad_code(Code("plane"), self.margins, value=Code("value"))  # type: ignore[arg-type]
        return [
            f"values = {literal(self.value)}",
            f"planes = [{plane} for plane, value in zip(x.split(1, 1), values)]",
            "y = torch.cat(planes, 1)",
        ]
