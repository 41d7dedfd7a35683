"""Resizes whose points are half a pixel off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

from updown_cli.identify.convention import Convention
from updown_cli.identify.separable import Separable, centred_table
from updown_cli.op.resampling import Table

#: Kernels of a resize whose points are shifted, and whether they widen; one tells where to.
SHIFTED = (
    *(("triangle", True), ("triangle", False), ("cubic -0.75", False)),
    *(("cubic -0.5", True), ("lanczos3", True)),
)


@dataclass(frozen=True)
class Shifted(Separable):
    """A kernel at points that are shifted, in pixels of the source."""

    kernel: str
    widens: bool
    shift: tuple[Fraction, ...]
    #: The same in words.
    told: str
    library, mode = "any", "shifted"

    def describe(self) -> str:
        """Return the kernel, and by how much its points are shifted."""
        widened = ", antialias" if self.widens else ""
        return f"{self.kernel}{widened}, shifted by {self.told}"

    def table(self, axis: int, length: int, out: int) -> Table:
        """Return that of its kernel at shifted points."""
        shift = float(self.shift[axis])
        return centred_table(self.kernel, length, out, shift=shift, widens=self.widens)


def shifted(steps: list[Fraction]) -> Iterator[Shifted]:
    """Yield resizes whose points are half a pixel off, of the source or of the result."""
    units = [("source", [Fraction(1)] * len(steps))]
    units += [("result", steps)] if steps != units[0][1] else []
    for name, lengths in units:
        for signs in product((-1, 0, 1), repeat=len(steps)):
            if not any(signs):
                continue
            shift = tuple(sign * length / 2 for sign, length in zip(signs, lengths, strict=True))
            told = f"half a pixel of the {name} {_towards(signs)}"
            yield Shifted(*SHIFTED[0], shift, told)


def of_other_kernels(one: Convention) -> Iterator[Shifted]:
    """Yield a shifted resize with the other kernels."""
    if isinstance(one, Shifted):
        for kernel, widens in SHIFTED[1:]:
            yield replace(one, kernel=kernel, widens=widens)


def _towards(signs: tuple[int, ...]) -> str:
    """Return where the picture seems to have moved to: against its points."""
    names = ({1: "up", -1: "down"}, {1: "left", -1: "right"})
    return " and ".join(name[sign] for name, sign in zip(names, signs, strict=True) if sign)
