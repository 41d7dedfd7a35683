"""SciPy's ndimage.zoom: `--like scipy`, each channel for itself, computed in double precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import Lines, format_call
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.param_types import Choice, Flag, Int
from updown_cli.op.parameter import Telling, param
from updown_cli.op.resampling import Table
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like.arithmetic import EXACT, rounded_half_up, weighted
from updown_cli.ops.upsample.like.edges import EDGE_NAMES, check_edge
from updown_cli.ops.upsample.like.side import Side
from updown_cli.ops.upsample.like.spline_filter import coefficients, padded, padding_of
from updown_cli.ops.upsample.like.splines import EDGES, SAME_AS, spline_table
from updown_cli.ops.upsample.like.tabled import ROUND, Tabled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.ops.upsample.like.arithmetic import Arithmetic
    from updown_cli.ops.upsample.like.side import Sides

#: The highest order that SciPy has.
HIGHEST = 5


@dataclass(frozen=True, kw_only=True)
class SciPyZoom(Tabled):
    """A spline of an order through the pixels; the corners' middles stay unless --grid-mode."""

    like, mode = "scipy", "zoom"
    why_whole = "a spline goes through a whole column"
    sizes = ROUND

    order: int = param(
        3,
        "Order of the spline: 0 picks, 1 is linear, 3 cubic, up to 5.",
        Int(min=0, max=HIGHEST),
        telling=Telling.DETAIL,
    )
    edge: str = param(
        "constant",
        "What lies beyond the edge, SciPy's mode; constant is 0.",
        Choice(EDGE_NAMES),
        telling=Telling.DETAIL,
    )
    grid_mode: bool = param(
        False,
        "Scale whole pixels, from edge to edge, and not the distances of their middles.",
        Flag(),
        telling=Telling.DETAIL,
    )
    prefilter: bool = param(
        True,
        "Make spline coefficients of the pixels first; else they are blurred.",
        Flag(),
        telling=Telling.DETAIL,
    )

    def check(self) -> None:
        """Refuse an edge of another library."""
        super().check()
        check_edge(self.edge, EDGES)

    @property
    def filters(self) -> bool:
        """Whether coefficients depend on all pixels of a side."""
        return self.prefilter and self.order > 1

    def spline(self) -> Spline:
        """Return what it does with a side."""
        edge = SAME_AS.get(self.edge, self.edge)
        return Spline(order=self.order, edge=edge, grid=self.grid_mode, filters=self.filters)

    def table(self, side: Side) -> Table:
        """Return the weights of coefficients."""
        return self.spline().table(side)

    def traced_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the weights of pixels."""
        spline = self.spline()
        return spline.of_pixels(sides.down), spline.of_pixels(sides.across)

    def arithmetic(self, sides: Sides) -> Arithmetic:
        """Return the filter and the sums; nothing is done where the size stays."""
        return EXACT if sides.stay and self.prefilter else Zoom(self.spline())

    def side_tables(self, sides: Sides) -> tuple[Table, Table]:
        """Return the weights, or the pixels themselves where the size stays."""
        if sides.stay and self.prefilter:
            return itself(sides.down), itself(sides.across)
        return super().side_tables(sides)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return everything where coefficients depend on it."""
        if not self.filters:
            return super().input_spans(shape)
        return [whole_span(side, (self.order + 1) * 2) for side in shape.size]

    def library_code(self, shape: Shape) -> Lines:
        """Return the call of SciPy, with factors that give the size."""
        said = {"mode": self.edge, "grid_mode": self.grid_mode or None}
        options = {"order": self.order, **said, "prefilter": None if self.prefilter else False}
        height, width = self.out_size(shape)
        zoom = f"({height} / plane.shape[0], {width} / plane.shape[1])"
        return f"done = {format_call('ndimage.zoom', 'plane', zoom, **options)}".split("\n")


@dataclass(frozen=True, kw_only=True)
class Spline:
    """A spline of an order with an edge, which filters first or does not."""

    order: int
    edge: str
    grid: bool
    filters: bool

    def table(self, side: Side) -> Table:
        """Return the weights of coefficients, padded ones where it filters."""
        padding = padding_of(self.edge, self.order) if self.filters else 0
        return spline_table(side, self.order, self.edge, grid=self.grid, padding=padding)

    def of_pixels(self, side: Side) -> Table:
        """Return the weights of pixels: of all of a side where it filters."""
        import numpy as np

        if not self.filters:
            return self.table(side)
        pixels = padded(np.eye(side.length), (0,), self.order, self.edge)
        done = coefficients(pixels, 0, self.order, self.edge)
        table = self.table(side)
        weights = np.einsum("ko,kop->op", table.weights, done[table.sources])
        sources = np.repeat(np.arange(side.length)[:, None], side.out, 1)
        return Table(sources, weights.T.copy())

    def of_channels(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return N x C x H x W as a zoom of three sides by 1 leaves the channels.

        They stay, but for the edge reflect, whose filter SciPy starts a little wrong.
        """
        channels = pixels.shape[1]
        if not self.filters or self.edge != "reflect" or channels == 1:
            return pixels
        side = Side(axis=0, length=channels, out=channels, ratio=(1, 1))
        return weighted(coefficients(pixels, 1, self.order, self.edge), 1, self.table(side))

    def filtered(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return the coefficients of N x C x H x W, the height first."""
        if not self.filters:
            return pixels
        around = padded(pixels, (2, 3), self.order, self.edge)
        down = coefficients(around, 2, self.order, self.edge)
        return coefficients(down, 3, self.order, self.edge)


@dataclass(frozen=True)
class Zoom:
    """A spline's sums in double precision over both sides at once, rounded half up."""

    spline: Spline

    def resize(self, pixels: NDArray[Any], down: Table, across: Table) -> NDArray[Any]:
        """Return the values in the type of the pixels."""
        import numpy as np

        made = self.spline.filtered(pixels)
        sums = np.zeros((*pixels.shape[:2], down.sources.shape[1], across.sources.shape[1]))
        for rows, by_row in zip(down.sources, down.weights, strict=True):
            line = np.take(made, rows, 2)
            for columns, by_column in zip(across.sources, across.weights, strict=True):
                sums += _weighed(np.take(line, columns, 3), by_row[:, None], by_column)
        if pixels.dtype.kind == "f":
            return sums.astype(pixels.dtype, copy=False)
        return rounded_half_up(sums, pixels.dtype.name)


def _weighed(part: NDArray[Any], by_row: NDArray[Any], by_column: NDArray[Any]) -> NDArray[Any]:
    """Return pixels times two weights; what has none is not read."""
    import numpy as np

    product: NDArray[Any] = part.astype(np.float64) * by_row * by_column
    if part.dtype.kind == "f":
        return np.where((by_row == 0) | (by_column == 0), 0.0, product)
    return product


def itself(side: Side) -> Table:
    """Return the table that changes nothing."""
    import numpy as np

    return Table(np.arange(side.length)[None], np.ones((1, side.length)))


MODES = (SciPyZoom,)
