"""Other programs' usual filters, which updown has no mode for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.identify.kernels import kernel_table
from updown_cli.identify.separable import Foreign, Separable, centred_table
from updown_cli.op.resampling import Table, apply_table

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.identify.sizing import Sides

# What one level of 8 bits is for a program that computes with 16.
FINE = 257.0

PHASES = 64


@dataclass(frozen=True)
class Magick(Separable):
    """ImageMagick's -resize: 16 bits between the sides, first the one that changes less."""

    kernel: str

    library = "imagemagick"
    proof = "equal to ImageMagick 6.9.11 Q16"

    @property
    def mode(self) -> str:  # type: ignore[override]
        """The name of its filter."""
        return {"lanczos3": "lanczos"}.get(self.kernel, self.kernel)

    def describe(self) -> str:
        """Return the program and its filter."""
        return f"imagemagick -resize, filter {self.mode}"

    def table(self, axis: int, length: int, out: int) -> Table:
        """Return that of its filter; nothing is beyond the edge."""
        return centred_table(self.kernel, length, out, copies=False)

    def axes(self, source: Sides, size: Sides) -> tuple[int, ...]:
        """Return first the side that changes less."""
        return (1, 0) if size[1] * source[0] > size[0] * source[1] else (0, 1)

    def between(self, x: Tensor, level: float) -> Tensor:
        """Return values of 16 bits."""
        return (x / level * FINE).round().clamp(0, 255 * FINE) * level / FINE


@dataclass(frozen=True)
class Vips(Foreign):
    """libvips' resize: means of pixels, then lanczos3 at 64 phases; it enlarges by a cubic."""

    library, mode, rounds = "libvips", "resize", True
    proof = "within two levels of libvips 8.18"
    local = False

    def describe(self) -> str:
        """Return the library and what it is called there."""
        return "libvips resize"

    def run(self, x: Tensor, size: Sides, level: float) -> Tensor:
        """Return the sides that shrink, then those that grow, resized."""
        x = x / level
        for axis, out in enumerate(size, start=2):
            if out < x.shape[axis]:
                x = (_shrunk(x, axis, out) + 0.5).floor().clamp(0, 255)
        if x.shape[2:] != size:
            for axis, out in enumerate(size, start=2):
                x = apply_table(x, axis, _grown(x.shape[axis], out))
        return x * level


def _shrunk(x: Tensor, axis: int, out: int) -> Tensor:
    """Return means of as many pixels as are half of what becomes one, then a windowed sinc."""
    import numpy as np

    step = x.shape[axis] / out
    count = max(1, int(step / 2))
    x, wider = _means(x, axis, count), step / count
    at = (np.arange(out, dtype=np.float64) + 0.5) * wider - 0.5
    table = kernel_table(x.shape[axis], at, "lanczos3", wider, copies=True, phases=PHASES)
    return apply_table(x, axis, table)


def _means(x: Tensor, axis: int, count: int) -> Tensor:
    """Return the means of so many pixels; halves are rounded up for powers of 2 only."""
    import torch

    if count == 1:
        return x
    out = -(-x.shape[axis] // count)
    places = torch.arange(out * count).clamp(max=x.shape[axis] - 1)
    sides = [*x.shape[:axis], out, count, *x.shape[axis + 1 :]]
    sums = x.index_select(axis, places).reshape(sides).sum(axis + 1)
    power = count & (count - 1) == 0
    more = count // 2 if power else (count - 2 - count % 2) // 2
    return ((sums + more) / count + 1e-9).floor()


def _grown(length: int, out: int) -> Table:
    import numpy as np

    at = np.arange(out) * length / out - 0.5
    return kernel_table(length, at, "cubic -0.5", 1.0, copies=True, phases=PHASES)


@dataclass(frozen=True)
class Swscale(Separable):
    """ffmpeg's scale filter with its usual bicubic, whose coefficient is -0.6."""

    library, mode = "ffmpeg", "bicubic"
    proof = "not proven"

    def describe(self) -> str:
        """Return the program and its filter."""
        return "ffmpeg scale, bicubic"

    def table(self, axis: int, length: int, out: int) -> Table:
        """Return that of its cubic."""
        return centred_table("cubic -0.6", length, out)


def programs() -> list[Foreign]:
    """Return the usual filters of other programs."""
    return [Magick("lanczos3"), Magick("mitchell"), Vips(), Swscale()]
