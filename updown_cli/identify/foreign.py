"""Resizes that updown has no mode for: other programs' usual filters, and shifted points."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from updown_cli.identify.convention import Convention
from updown_cli.identify.kernels import kernel_table
from updown_cli.identify.making_rows import RowMaker
from updown_cli.op.resampling import Table, apply_table
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.identify.sizing import Sides
    from updown_cli.op.base import Op
    from updown_cli.op.resampling import Points

# What one level of 8 bits is for a program that computes with 16.
FINE = 257.0

PHASES = 64

#: Kernels of a resize whose points are shifted, and whether they widen; one tells where to.
SHIFTED = (
    *(("triangle", True), ("triangle", False), ("cubic -0.75", False)),
    *(("cubic -0.5", True), ("lanczos3", True)),
)


class Foreign(Convention):
    """A resize that updown has no mode for."""

    def steps(self, source: Sides, size: Sides) -> list[Fraction]:
        """Return those of the two sizes."""
        return [Fraction(*sides) for sides in zip(source, size, strict=True)]

    def operation(self, source: Shape, size: Sides) -> Op | None:
        """Return none: there is none."""
        return None

    def resize(self, x: NDArray[Any], size: Sides, white: float) -> NDArray[Any] | None:
        """Return what the tables give, with what is rounded between."""
        import numpy as np
        import torch

        if x.ndim != 3:
            return None
        done = self.run(torch.from_numpy(x.astype(np.float64))[None], size, white / 255)
        result: NDArray[Any] = done[0].float().numpy()
        return result

    @abstractmethod
    def run(self, x: Tensor, size: Sides, level: float) -> Tensor:
        """Return N x C x H x W resized, where a level of 8 bits is `level`."""


class Separable(Foreign):
    """A table for each side, and what is done after each."""

    @abstractmethod
    def table(self, axis: int, length: int, out: int) -> Table:
        """Return the table of a side, 0 being the height; it is kept."""

    def axes(self, source: Sides, size: Sides) -> tuple[int, ...]:
        """Return the sides in the order in which they are resized."""
        return 1, 0

    def between(self, x: Tensor, level: float) -> Tensor:
        """Return what is stored after a side."""
        return x

    def tables(self, source: Shape, size: Sides, white: float) -> Sequence[Table]:
        """Return the tables of both sides."""
        return [self.table(axis, source.size[axis], size[axis]) for axis in (0, 1)]

    def run(self, x: Tensor, size: Sides, level: float) -> Tensor:
        """Return both sides resized."""
        shape = Shape(*x.shape[1:])
        return self._by(self.tables(shape, size, level), self.axes(shape.size, size), x, level)

    def rows(self, source: Shape, size: Sides, wanted: tuple[int, int], white: float) -> RowMaker:
        """Return what makes rows by those of the height's table."""
        import numpy as np
        import torch

        down, across = self.tables(source, size, white)
        sources = down.sources[:, slice(*wanted)]
        first, last = int(sources.min()), int(sources.max()) + 1
        tables = Table(sources - first, down.weights[:, slice(*wanted)]), across
        order = self.axes(source.size, size)

        def resize(x: NDArray[Any]) -> NDArray[Any]:
            done = self._by(
                tables, order, torch.from_numpy(x.astype(np.float64))[None], white / 255
            )
            made: NDArray[Any] = done[0].float().numpy()
            return made

        return RowMaker((first, last), resize)

    def _by(
        self, tables: Sequence[Table], axes: tuple[int, ...], x: Tensor, level: float
    ) -> Tensor:
        for axis in axes:
            x = self.between(apply_table(x, 2 + axis, tables[axis]), level)
        return x


def half_pixel(length: int, out: int) -> Points:
    """Return the points of pixels that are areas."""
    import numpy as np

    return (np.arange(out) + 0.5) * length / out - 0.5


@lru_cache(maxsize=128)
def _centred_table(
    kernel: str,
    length: int,
    out: int,
    *,
    shift: float = 0.0,
    widens: bool = True,
    copies: bool = True,
) -> Table:
    """Return the table of a kernel at the middles of pixels, or so many pixels beside them."""
    wider = max(1.0, length / out) if widens else 1.0
    return kernel_table(length, half_pixel(length, out) + shift, kernel, wider, copies=copies)


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
        return _centred_table(self.kernel, length, out, copies=False)

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
        return _centred_table("cubic -0.6", length, out)


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
        return _centred_table(self.kernel, length, out, shift=shift, widens=self.widens)


def programs() -> list[Foreign]:
    """Return the usual filters of other programs."""
    return [Magick("lanczos3"), Magick("mitchell"), Vips(), Swscale()]


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
