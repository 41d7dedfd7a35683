"""Blocks whose weights are learned: how they start, and how they read what they learned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from updown_cli.errors import ParameterError
from updown_cli.op.array_names import SEPARATOR
from updown_cli.op.learnable import Arrays, AxisTaps, Learnable, LinearForm

if TYPE_CHECKING:
    from updown_cli.op.shape import Shape


class LearnedBlock(Learnable):
    """A block that starts as `init` says, and reads what it learned from `weights`."""

    numbers = "weights"
    while_unknown = {"init": "random"}  # noqa: RUF012 (a constant of the class)

    init: str | None

    def knowing(self, file: str, prefix: str, names: tuple[str, ...]) -> Self:
        """Return the block with the arrays of a file below a prefix."""
        place = f"{file}{SEPARATOR}{prefix.removesuffix('.')}" if prefix else file
        named: Any = {"weights": place, "init": None, "seed": None}
        return replace(self, **named)  # type: ignore[type-var]

    def check_outs(self, ins: int, outs: int | None) -> int:
        """Return the results; raise ParameterError where an interpolation has other channels."""
        if outs not in (None, ins) and self.init != "random":
            raise ParameterError(f"--init {self.init} keeps the channels", subject="--channels")
        return outs or ins


def centred_form(size: tuple[int, ...], side: int, *, padded: bool = False) -> LinearForm:
    """Return windows of so many taps along each axis around every value of a size.

    They look at an image that may be padded already.
    """
    taps, first = tuple(range(side)), 0 if padded else -(side // 2)
    axes = tuple(AxisTaps(range(length), first, 1, 1, taps) for length in size)
    return LinearForm((axes,), (side,) * len(size))


def named_after(layer: str, arrays: Arrays) -> Arrays:
    """Return arrays with names below that of a layer."""
    return {f"{layer}.{name}": array for name, array in arrays.items()}


def doubled(shape: Shape) -> tuple[int, ...]:
    """Return twice the sides."""
    return tuple(2 * side for side in shape.size)
