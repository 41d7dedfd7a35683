"""Which input pixels an output pixel needs: one axis of an operation.

It tells how large a receptive field is, and which rows of the input a strip of the result needs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

# Frameworks compute places in float32: two roundings and a sum, with a bit to spare.
FLOAT32_ERROR = Fraction(1, 1 << 21)


@dataclass(frozen=True, kw_only=True)
class InputSpan:
    """One axis: output pixel i needs no input pixel before floor(i * step + first).

    And none after floor(i * step + last), nor any outside of the `length` pixels that there are.
    `centre` is where the first output pixel lies in the input, 0 being the middle of the first
    input pixel, and `taps` how many input values one output value is made of, on average.
    """

    length: int
    step: Fraction
    first: Fraction
    last: Fraction
    centre: Fraction
    taps: Fraction
    #: Places are computed in floating point, so that a span may have a pixel more at each end.
    rounded: bool = False
    #: What lies beyond an edge is mirrored at the edge's pixel.
    reflected: bool = False
    #: What lies beyond an edge is mirrored behind the edge's pixel, which comes twice.
    doubled: bool = False
    #: What lies beyond an edge is the edge's pixel.
    repeated: bool = False

    def span(self, first: int, last: int, *, safely: bool = True) -> tuple[int, int]:
        """Return [first, last) of the input pixels that output pixels [first, last) need.

        No pixel outside of it changes them. The outermost pixels of it change them, but for what
        `rounded` says, for gaps within windows, and for weights that are 0. If not `safely`,
        places are taken as exact.
        """
        slack = FLOAT32_ERROR if self.rounded and safely else Fraction(0)
        low = _floor(first * self.step + self.first, -slack)
        high = _floor((last - 1) * self.step + self.last, slack)
        end = self.length - 1
        if self.reflected or self.doubled:
            low, high = _mirrored(low, high, end, int(self.doubled))
        elif self.repeated:
            low, high = (min(max(place, 0), end) for place in (low, high))
        low = min(max(low, 0), self.length)
        return low, max(min(high + 1, self.length), low)

    @property
    def needs_all(self) -> bool:
        """Whether any output pixel may need every input pixel."""
        return self.step == 0 and self.first <= 0 and self.last >= self.length - 1


def _mirrored(low: int, high: int, end: int, twice: int) -> tuple[int, int]:
    """Return the first and the last of the places from 0 to end that others are mirrored to.

    Places at the edge come once, or 1 time more.
    """
    if low > high:
        return low, high
    parts = [(max(low, 0), min(high, end))] if low <= end and high >= 0 else []
    if low < 0:
        parts.append((-min(high, -1) - twice, -low - twice))
    if high > end:
        parts.append((2 * end - high + twice, 2 * end - max(low, end + 1) + twice))
    first, last = min(first for first, _ in parts), max(last for _, last in parts)
    return (first, last) if first >= 0 and last <= end else (0, end)  # mirrored more than once


def _floor(place: Fraction, slack: Fraction) -> int:
    return math.floor(place + (abs(place) + 1) * slack)


def window_span(length: int, *, start: int, reach: int, step: int, taps: int) -> InputSpan:
    """Return the reach of windows of `reach` pixels with `taps` in them, the first from `start`."""
    return InputSpan(
        length=length,
        step=Fraction(step),
        first=Fraction(start),
        last=Fraction(start + reach - 1),
        centre=start + Fraction(reach - 1, 2),
        taps=Fraction(taps),
    )


def undone_span(length: int, *, start: int, reach: int, step: int, taps: int) -> InputSpan:
    """Return what `windows` is undone by: input pixel i goes to its window of output pixels."""
    return InputSpan(
        length=length,
        step=Fraction(1, step),
        first=Fraction(step - reach - start, step),
        last=Fraction(-start, step),
        centre=-(start + Fraction(reach - 1, 2)) / step,
        taps=Fraction(taps, step),
    )


def bin_span(length: int, out: int) -> InputSpan:
    """Return the reach of bins from floor(i * length / out) to below ceil((i + 1) * length / out).

    (i + 1) * length / out rounded up, less 1, is (i * length + length - 1) / out rounded down.
    """
    step = Fraction(length, out)
    return InputSpan(
        length=length,
        step=step,
        first=Fraction(0),
        last=Fraction(length - 1, out),
        centre=(step - 1) / 2,
        taps=step,
    )


def pick_span(length: int, step: Fraction, at: Fraction, centre: Fraction) -> InputSpan:
    """Return the reach of pixels at floor(i * step + at)."""
    one = Fraction(1)
    return InputSpan(
        length=length, step=step, first=at, last=at, centre=centre, taps=one, rounded=True
    )


def sample_span(
    length: int, step: Fraction, centre: Fraction, before: Fraction, taps: int
) -> InputSpan:
    """Return the reach of `taps` pixels from floor(i * step + centre - before) on."""
    return InputSpan(
        length=length,
        step=step,
        first=centre - before,
        last=centre - before + taps - 1,
        centre=centre,
        taps=Fraction(taps),
        rounded=True,
    )


def wide_filter_span(length: int, step: Fraction, side: int) -> InputSpan:
    """Return the reach of a filter of `side` pixels on either side, as antialiasing widens it.

    Torch reads from int(c - w + 0.5) to below int(c + w + 0.5), where c is (i + 0.5) * step.
    """
    width, middle = side * max(step, Fraction(1)), step / 2 + Fraction(1, 2)
    return InputSpan(
        length=length,
        step=step,
        first=middle - width,
        last=middle + width - 1,
        centre=(step - 1) / 2,
        taps=2 * width,
        rounded=True,
    )


def whole_span(length: int, taps: int = 1) -> InputSpan:
    """Return the reach of output pixels that may need every input pixel."""
    return InputSpan(
        length=length,
        step=Fraction(0),
        first=Fraction(0),
        last=Fraction(length - 1),
        centre=Fraction(length - 1, 2),
        taps=Fraction(taps),
    )
