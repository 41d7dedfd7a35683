"""New pixels between the old ones, which stay as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from updown_cli.errors import ParameterError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.base import Op
from updown_cli.op.input_span import InputSpan, pick_span
from updown_cli.op.parameter import as_typed, redeclare
from updown_cli.op.per_axis import Number
from updown_cli.op.shape import Shape
from updown_cli.op.size_text import SizeText, text_for_axes
from updown_cli.ops.upsample.tables import Recomputed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


# More new pixels than lie between any two.
MOST_INSERTED = 1024


@dataclass(frozen=True, kw_only=True)
class Inserted(Op, abstract=True):
    """New pixels between the old ones, which stay as they are.

    out = (in - 1) * scale_factor + 1.
    """

    command = "upsample"
    around = NOTHING_AROUND

    scale_factor: tuple[Number, ...] | None = redeclare(Recomputed, "scale_factor", None)

    def check(self) -> None:
        """Ask for whole factors."""
        factors = self.scale_factor
        if factors is None:
            raise ParameterError("is needed", subject="--scale-factor")
        if not all(factor == int(factor) and factor <= MOST_INSERTED for factor in factors):
            raise ParameterError(
                f"must be whole numbers from 1 to {MOST_INSERTED} with --mode {self.mode}",
                subject=f"--scale-factor {as_typed(factors)}",
            )

    def factors(self) -> list[int]:
        """Return the factors as the whole numbers that they are."""
        assert self.scale_factor is not None
        return [int(factor) for factor in self.scale_factor]

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return (in - 1) * scale_factor + 1."""
        sides = zip(shape.size, self.factors(), strict=True)
        return tuple((side - 1) * factor + 1 for side, factor in sides)

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return (in - 1) * scale_factor + 1."""
        return text_for_axes("(in - 1) * scale_factor + 1", scale_factor=self.factors())

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the old pixels on either side of a new one."""
        start = Fraction(0)
        return [
            replace(
                pick_span(side, Fraction(1, factor), start, start),
                last=Fraction(factor - 1, factor),
                taps=Fraction(min(factor, 2)),
                rounded=False,
            )
            for side, factor in zip(shape.size, self.factors(), strict=True)
        ]

    def _neighbours(self, shape: Shape) -> list[NDArray[np.int64]]:
        """Return for each side the old pixels before and after every new one, 2 x out.

        An old pixel is its own neighbour, twice.
        """
        import numpy as np

        sides = zip(self.out_size(shape), self.factors(), strict=True)
        return [
            np.stack([np.arange(out) // factor, -(-np.arange(out) // factor)])
            for out, factor in sides
        ]


def neighbours_code(factor: int, out: int) -> tuple[str, str]:
    """Return the old pixels before and after every new one, as code."""
    pixels = f"torch.arange({out})"
    if factor == 1:
        return pixels, pixels
    return f"{pixels} // {factor}", f"({pixels} + {factor - 1}) // {factor}"
