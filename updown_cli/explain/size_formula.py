"""The size of a result as a formula, with names and with the numbers of a shape put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from updown_cli.op.base import Op
from updown_cli.op.parameter import as_typed
from updown_cli.op.shape import Shape

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
    texts = op.size_formula(shape)
    out = op.out_size(shape)
    sides = zip(AXES[shape.dims], texts, shape.size, out, strict=True)
    return [
        Formula(axis, text, {"in": side, "output_size": new, **numbers}, new)
        for axis, (text, numbers), side, new in sides
    ]
