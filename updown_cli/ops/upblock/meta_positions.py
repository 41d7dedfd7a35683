"""Where the pixels of a meta upscale lie in the input."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from updown_cli.op.code import Lines

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Positions:
    """Where the pixels of a result lie along an axis: in which pixel, and how far from its start.

    Offsets are exact before they are floats: 69 / 2.3 is 30, not 29.999998.
    """

    sources: list[int]
    offsets: list[float]

    def by_offset(self, most: int) -> Iterator[tuple[float, list[int]]]:
        """Yield each offset with the pixels that have it, at most so many at a time."""
        pixels: dict[float, list[int]] = {}
        for pixel, offset in enumerate(self.offsets):
            pixels.setdefault(offset, []).append(pixel)
        for offset, having in pixels.items():
            for start in range(0, len(having), max(most, 1)):
                yield offset, having[start : start + max(most, 1)]


def source_positions(length: int, scale: Fraction) -> Positions:
    """Return floor(i / scale) and what it cuts off, for int(length * scale) pixels i."""
    up, down = scale.as_integer_ratio()
    pixels = range(int(length * scale))
    return Positions([i * down // up for i in pixels], [i * down % up / up for i in pixels])


def position_lines(pixel: str, offset: str, out: int, scale: Fraction) -> Lines:
    """Return lines that define both under names, for so many pixels."""
    up, down = scale.as_integer_ratio()
    numbers = f"torch.arange({out})" + (f" * {down}" if down > 1 else "")
    return [
        f"{pixel} = {numbers} // {up}",
        f"{offset} = ({numbers}) % {up} / {float(up):g}",
    ]


def division_code(ratio: Fraction) -> str:
    """Return a fraction as code."""
    up, down = ratio.as_integer_ratio()
    return str(up) if down == 1 else f"{up} / {down}"


def windows_from(x: Tensor, rows: list[int], columns: list[int], side: int) -> Tensor:
    """Return N x C x rows x side x columns x side: the values from these on."""
    import torch

    reach = torch.arange(side)
    down = torch.tensor(rows)[:, None] + reach
    right = torch.tensor(columns)[:, None] + reach
    return x[:, :, down][..., right]
