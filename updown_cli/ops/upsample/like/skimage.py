"""scikit-image's transform.resize and rescale: `--like skimage`, on SciPy's ndimage.

Integers become floats from 0 to 1 and go back as img_as_ubyte takes them: rounded half to even.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import Lines, format_call, literal
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.param_types import Choice, Flag, Int
from updown_cli.op.parameter import Telling, param
from updown_cli.op.resampling import Table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like.arithmetic import EXACT
from updown_cli.ops.upsample.like.edges import EDGE_NAMES, check_edge
from updown_cli.ops.upsample.like.gaussian import NONE, blurred, gaussian_table
from updown_cli.ops.upsample.like.scipy import HIGHEST, Spline, Zoom, itself
from updown_cli.ops.upsample.like.side import UINT8, UINT16
from updown_cli.ops.upsample.like.tabled import ROUND, Tabled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Side, Sides

    Numbers = NDArray[Any]

#: What lies beyond the edge, by the names of numpy.pad, and SciPy's names of these.
EDGES = {
    "reflect": "mirror",
    "symmetric": "reflect",
    "edge": "nearest",
    "constant": "grid-constant",
    "wrap": "grid-wrap",
}
AUTO, ON, OFF = ANTI_ALIASING = ("auto", "on", "off")


@dataclass(frozen=True, kw_only=True)
class SkimageResize(Tabled):
    """A spline of an order through the pixels, which are blurred first where sides shrink."""

    like, mode = "skimage", "resize"
    why_whole = "a blur, a spline or the range is of the whole picture"
    sizes = ROUND

    order: int = param(
        1,
        "Order of the spline: 0 picks, 1 is linear, 3 cubic, up to 5.",
        Int(min=0, max=HIGHEST),
        telling=Telling.DETAIL,
    )
    edge: str = param(
        "reflect",
        "What lies beyond the edge, the library's mode; constant is 0.",
        Choice(EDGE_NAMES),
        telling=Telling.DETAIL,
    )
    anti_aliasing: str = param(
        AUTO,
        "Blur first where sides shrink; auto does, but not for integers of order 0.",
        Choice(ANTI_ALIASING),
        telling=Telling.DETAIL,
    )
    clip: bool = param(
        True,
        "Keep to the smallest and largest value of the image.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Refuse an edge of another library."""
        super().check()
        check_edge(self.edge, tuple(EDGES))

    def spline(self) -> Spline:
        """Return what it does with a side."""
        return Spline(order=self.order, edge=EDGES[self.edge], grid=True, filters=self.order > 1)

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size; of a factor at least one pixel, as rescale gives it."""
        size = super().out_size(shape)
        return size if self.scale_factor is None else tuple(max(side, 1) for side in size)

    def table(self, side: Side) -> Table:
        """Return the weights of coefficients."""
        return self.spline().table(side)

    def side_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the weights, or the pixels themselves where the size stays."""
        if sides.stay:
            return itself(sides.down), itself(sides.across)
        return super().side_tables(sides)

    def traced_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the weights of pixels, blur and all."""
        if sides.stay:
            return self.side_tables(sides)
        down, across = (self._blur_and_spline(side) for side in (sides.down, sides.across))
        return down, across

    def _blur_and_spline(self, side: Side) -> Table:
        import numpy as np

        spline = self.spline().of_pixels(side)
        blur = self.blur(side) if self._blurs(side.kind) else None
        if blur is None:
            return spline
        matrix = np.zeros((side.length, side.length))
        for source, weight in zip(blur.sources, blur.weights, strict=True):
            np.add.at(matrix, (np.arange(side.length), source), weight)
        weights = np.einsum("ko,kop->op", spline.weights, matrix[spline.sources])
        sources = np.repeat(np.arange(side.length)[:, None], side.out, 1)
        return Table(sources, weights.T.copy())

    def blur(self, side: Side) -> Table | None:
        """Return the table of the blur of a side."""
        sigma = max(0.0, (side.length / side.out - 1) / 2)
        return gaussian_table(side.length, sigma, EDGES[self.edge])

    def _blurs(self, kind: str) -> bool:
        integers = kind in (UINT8, UINT16)
        return self.anti_aliasing == ON or (
            self.anti_aliasing == AUTO and not (integers and self.order == 0)
        )

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return the blur, the spline and the range; nothing is done where the size stays."""
        if sides.stay:
            return EXACT
        blurs = self._blurs(sides.kind)
        down, across = (self.blur(side) if blurs else None for side in (sides.down, sides.across))
        return Resize(self.spline(), down, across, self.clip)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return everything where a blur, coefficients or the range depend on it."""
        sides = self.sides(shape, "float32")
        blurs = self.anti_aliasing != OFF and any(
            side.length / side.out - 1 > NONE for side in (sides.down, sides.across)
        )
        if self.order < 2 and not blurs and self.edge != "constant":
            return super().input_spans(shape)
        return [whole_span(side, (self.order + 1) * 2) for side in shape.size]

    def library_code(self, shape: Shape) -> Lines:
        """Return the call of scikit-image."""
        options = {"order": self.order, "mode": self.edge, "clip": None if self.clip else False}
        if self.anti_aliasing != AUTO:
            options["anti_aliasing"] = self.anti_aliasing == ON
        size = literal(self.out_size(shape))
        return f"done = {format_call('transform.resize', 'plane', size, **options)}".split("\n")


@dataclass(frozen=True)
class Resize:
    """A blur of each side, then a spline, then the range of the image."""

    spline: Spline
    down_blur: Table | None
    across_blur: Table | None
    clip: bool

    def resize(self, pixels: Numbers, down: Table, across: Table) -> Numbers:
        """Return the values in the type of the pixels; rows are blurred that are read."""
        import numpy as np

        integers = pixels.dtype.kind != "f"
        scaled = integers and self.spline.order > 0
        most = np.iinfo(pixels.dtype).max if integers else 1
        x = pixels * (1.0 / most) if scaled else pixels
        first, last = self._rows_read(down, pixels.shape[2])
        rows = self.down_blur and _for_pixels(self.down_blur, first, last)
        read = x[:, :, first:last] if rows is None else blurred(x, 2, rows)
        blur = blurred(read, 3, self.across_blur)
        from_there = Table(down.sources - first, down.weights)
        done: Numbers = Zoom(self.spline).resize(self.spline.of_channels(blur), from_there, across)
        done = done.astype(blur.dtype, copy=False)
        if self.clip:
            each = zip(x, done, strict=True)
            done = np.stack([_clipped(*both, self.spline.edge) for both in each])
        if not scaled:
            return done
        stored: Numbers = np.clip(np.rint(done * most), 0, most).astype(pixels.dtype)
        return stored

    def _rows_read(self, down: Table, height: int) -> tuple[int, int]:
        """Return the rows [first, last) that a table reads: coefficients depend on all."""
        if self.spline.filters:
            return 0, height
        return int(down.sources.min()), int(down.sources.max()) + 1


def _for_pixels(table: Table, first: int, last: int) -> Table:
    """Return the table of output pixels [first, last)."""
    return Table(table.sources[:, first:last], table.weights[:, first:last])


def _clipped(image: Numbers, done: Numbers, edge: str) -> Numbers:
    """Return a result within the values of its image, and 0 where that is around it."""
    import numpy as np

    if np.isnan(image).all():
        return done
    low, high = np.nanmin(image), np.nanmax(image)
    constant = edge == "grid-constant" and not low <= 0 <= high
    if constant and np.nanmin(done) <= 0 <= np.nanmax(done):
        low, high = min(low, 0), max(high, 0)
    return np.clip(done, low, high)


MODES = (SkimageResize,)
