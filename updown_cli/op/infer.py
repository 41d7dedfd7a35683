"""Which parameters lead from one size to another: torch's size formulas, solved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from updown_cli.op.windows import Span, ceil_div

LAYERS = ("conv", "deconv", "pool")


@dataclass(frozen=True)
class Setting:
    """The parameters of a layer along one axis."""

    kernel: int
    stride: int
    padding: int
    output_padding: int
    dilation: int

    @property
    def overlap_free(self) -> bool:
        """Whether every pixel is under equally many taps: kernel % stride is 0, without gaps."""
        taps = Counter(tap * self.dilation % self.stride for tap in range(self.kernel))
        return len(taps) == self.stride and len(set(taps.values())) == 1

    @property
    def reach(self) -> int:
        """Pixels from the first to the last tap."""
        return Span(self.kernel, self.stride, dilation=self.dilation).reach

    def out_size(self, layer: str, length: int) -> int:
        """Return the size that the layer makes of `length` pixels; less than 1 if none."""
        if layer == "deconv":
            grown = (length - 1) * self.stride + self.reach
            return grown - 2 * self.padding + self.output_padding
        return Span(self.kernel, self.stride, self.padding, self.dilation).count(length)

    def usual_first(self) -> tuple[int, ...]:
        """Return the key that sorts small settings first, and last those that leave out pixels."""
        holes = self.reach < self.stride
        numbers = (self.kernel, self.stride, self.padding, self.output_padding)
        return (holes, self.dilation, *numbers)


@dataclass(frozen=True)
class Limits:
    """The largest values that are tried, all inclusive.

    Without `padding`, a convolution has as much as still reads the image,
    dilation * (kernel - 1); a pool never has more than half of kernel.
    """

    kernel: int = 7
    stride: int = 4
    dilation: int = 1
    padding: int | None = None

    def windows(self) -> Iterator[tuple[int, int, int]]:
        """Yield every (kernel, stride, dilation)."""
        tried = (self.kernel, self.stride, self.dilation)
        yield from product(*(range(1, most + 1) for most in tried))

    def padding_of(self, layer: str, kernel: int, dilation: int) -> int:
        """Return the largest padding."""
        if layer == "pool":
            half = kernel // 2
            return half if self.padding is None else min(half, self.padding)
        return dilation * (kernel - 1) if self.padding is None else self.padding


def settings(layer: str, before: int, after: int, limits: Limits) -> list[Setting]:
    """Return every setting that makes `after` pixels of `before`, the most usual first."""
    found = [
        setting
        for window in limits.windows()
        for setting in _near(layer, before, after, window, limits)
        if setting.out_size(layer, before) == after
    ]
    return sorted(found, key=Setting.usual_first)


def nearest_sizes(layer: str, before: int, after: int, limits: Limits) -> list[int]:
    """Return the nearest smaller and the nearest larger size that some setting makes."""
    sizes = {
        setting.out_size(layer, before)
        for window in limits.windows()
        for setting in _near(layer, before, after, window, limits)
    }
    smaller = max((size for size in sizes if 1 <= size < after), default=None)
    larger = min((size for size in sizes if size > after), default=None)
    return [size for size in (smaller, larger) if size is not None]


def _near(
    layer: str, before: int, after: int, window: tuple[int, int, int], limits: Limits
) -> Iterator[Setting]:
    """Yield the settings of a window that make `after`, and those next to them."""
    kernel, stride, dilation = window
    plain = Setting(kernel, stride, 0, 0, dilation)
    most = limits.padding_of(layer, kernel, dilation)
    extra = max(stride, dilation) if layer == "deconv" else 1
    low, high = _paddings(layer, before, after, plain, extra)
    for padding in range(_within(low - 1, most), _within(high + 1, most) + 1):
        for more in range(extra):
            yield Setting(kernel, stride, padding, more, dilation)


def _paddings(layer: str, before: int, after: int, plain: Setting, extra: int) -> tuple[int, int]:
    """Return the least and the largest padding that can make `after`."""
    if layer == "deconv":
        cut = plain.out_size(layer, before) - after
        return ceil_div(cut, 2), (cut + extra - 1) // 2
    added = (after - 1) * plain.stride + plain.reach - before
    return ceil_div(added, 2), (added + plain.stride - 1) // 2


def _within(padding: int, most: int) -> int:
    return min(max(padding, 0), most)
