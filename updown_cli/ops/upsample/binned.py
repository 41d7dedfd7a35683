"""Means over bins, which fill an image."""

from __future__ import annotations

from typing import Self

from updown_cli.op.input_span import InputSpan, bin_span
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.upsample import Upsample


class Binned(Upsample, abstract=True):
    """The mean over [i, i + 1) * in / out."""

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return the bins."""
        return [bin_span(*sides) for sides in zip(shape.size, self.out_size(shape), strict=True)]

    def resized(self, size: tuple[int, ...]) -> Self:
        """Ask for that size."""
        return self.derived(size=size, scale_factor=None)
