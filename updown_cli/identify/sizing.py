"""How the size of a result was asked for: as a size, by a factor, by windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from updown_cli.op.base import Op

Sides = tuple[int, ...]

#: Parameters that decide a size, and with it nothing else of a result.
NAMES = ("size", "output_size", "scale_factor", "kernel_size", "stride", "padding")

# What says the size of a transposed convolution's result, and of channels that are pixels.
TRANSPOSED, SHUFFLED = "stride", ("upscale_factor", "downscale_factor")

# Denominators of the factors that people type.
TYPED_PARTS = (1, 2, 3, 4, 5, 6, 8, 10, 16, 20, 50, 100)

# The longest window of a pool that is tried.
LONGEST_WINDOW = 64


@dataclass(frozen=True)
class Sizing:
    """The parameter that was given, and its numbers; a size has none: it is that of the result."""

    name: str
    factors: tuple[Fraction, ...] = ()
    kernel: Sides = ()

    def parameters(self, size: Sides) -> dict[str, Any]:
        """Return what an operation is told to give a result of a size."""
        if self.name in SHUFFLED:
            return {self.name: max(self.strides())}
        if self.name == TRANSPOSED:
            return self._transposed()
        if self.kernel:
            strides = self.strides()
            pads = tuple((k - s + 1) // 2 for k, s in zip(self.kernel, strides, strict=True))
            return {"kernel_size": self.kernel, "stride": strides, "padding": pads}
        return {self.name: self.factors or size}

    def strides(self) -> Sides:
        """Return the steps of windows, in pixels of the larger side."""
        return tuple(int(max(factor, 1 / factor)) for factor in self.factors)

    def _transposed(self) -> dict[str, Any]:
        """Return what makes in * stride pixels, what is beyond them cut off or left 0."""
        strides = self.strides()
        beyond = [k - s for k, s in zip(self.kernel, strides, strict=True)]
        padding = tuple(max(0, more // 2) for more in beyond)
        missing = tuple(max(0, -more) for more in beyond)
        told = {"stride": strides, "kernel_size": self.kernel, "padding": padding}
        return told | ({"output_padding": missing} if any(missing) else {})

    def steps(self, source: Sides, size: Sides) -> list[Fraction]:
        """Return the source's pixels from one of the result to the next, of each side."""
        if self.factors:
            return [1 / factor for factor in self.factors]
        return [Fraction(*sides) for sides in zip(source, size, strict=True)]


def sizings(cls: type[Op], source: Sides, size: Sides) -> Iterator[Sizing]:
    """Yield in what ways an operation could have been told the size of a result."""
    names = {parameter.name for parameter in cls.parameters()}
    for name in ("size", "output_size"):
        if name in names:
            yield Sizing(name)
    if "scale_factor" in names:
        yield from (Sizing("scale_factor", factors) for factors in factors_of(source, size))
    if {"kernel_size", "stride", "padding"} <= names:
        yield from _windows(source, size)


def factors_of(source: Sides, size: Sides) -> Iterator[tuple[Fraction, ...]]:
    """Yield the factors that people type for these sides, where they scale otherwise than sizes."""
    exact = tuple(Fraction(out, side) for side, out in zip(source, size, strict=True))
    inserted = tuple(
        Fraction(out - 1, side - 1) for side, out in zip(source, size, strict=True) if side > 1
    )
    if len(inserted) == len(size) and all(f.denominator == 1 and f > 1 for f in inserted):
        yield inserted
    for factor in _typed(min(exact), max(exact)):
        off = [abs(side * factor - out) for side, out in zip(source, size, strict=True)]
        if any(off) and max(off) < 1:
            yield (factor,) * len(size)


def _typed(low: Fraction, high: Fraction) -> list[Fraction]:
    """Return factors near those of the sides, those of fewest digits first."""
    middle = float(low + high) / 2
    whole = [(parts, round(middle * parts)) for parts in TYPED_PARTS]
    near = [Fraction(count + more, parts) for parts, count in whole for more in (0, 1)]
    return sorted({factor for factor in near if factor > 0}, key=lambda one: one.denominator)


def _windows(source: Sides, size: Sides) -> Iterator[Sizing]:
    """Yield windows side by side, and the next longer ones, whose steps lead to the size."""
    strides = tuple(round(side / out) for side, out in zip(source, size, strict=True))
    if min(strides) < 1 or max(strides) < 2 or max(strides) > LONGEST_WINDOW:
        return
    factors = tuple(Fraction(1, stride) for stride in strides)
    yield Sizing("kernel_size", factors, strides)
    yield Sizing("kernel_size", factors, tuple(stride + 1 for stride in strides))
