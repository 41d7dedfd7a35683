"""Parts of a source and of its result that belong together, so that little is computed first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from updown_cli.files.jpeg.luma import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.identify.sizing import Sides

# Pixels of a result's side that are compared in a part, of one that is far smaller fewer, and
# source pixels that are all computed.
INNER, FEWEST, FEW = 48, 16, 200_000

# Pixels of a source's side that a part of most pixels may have.
BROAD = 192

# Rows of a result that are made of one that is not large, and those that it has at least.
ROWS, WORTH_IT = 24, 64

# Pixels of the coarser picture that a filter reaches beyond a part.
REACH = 5

# Lengths of a part that are tried, and how far off the pixels of the source its ends may be.
TRIED, ON_GRID = 40, 0.03


@dataclass(frozen=True)
class View:
    """A part of a source that is resized to a size, of which an inner part is compared.

    `inner` is that part as slices of what is made, `place` of the result. Of `rows` all of the
    source is resized to all of the size, but no other rows are made.
    """

    source: tuple[slice, ...]
    size: Sides
    inner: tuple[slice, ...]
    place: tuple[slice, ...]
    rows: tuple[int, int] | None = None


@dataclass(frozen=True)
class Stretch:
    """Pixels `start` to `stop` of a result's side, and those of the source that they cover."""

    start: int
    stop: int
    first: int
    last: int
    margin: int
    origin: int

    def of(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return those of the rows that are shared which it compares."""
        inner = self.inner()
        return rows[inner.start - self.origin : inner.stop - self.origin]

    def inner(self) -> slice:
        """Return what is compared, in pixels of the result, in whole blocks of a JPEG."""
        start = -(-(self.start + self.margin - self.origin) // BLOCK) * BLOCK
        stop = (self.stop - self.margin - self.origin) // BLOCK * BLOCK
        return slice(self.origin + start, self.origin + stop)


def whole_view(source: Sides, size: Sides, shared: tuple[slice, ...]) -> View:
    """Return the view of everything, of which what is in the result is compared."""
    return View(tuple(slice(0, side) for side in source), size, shared, shared)


def rows_view(source: Sides, size: Sides, shared: tuple[slice, ...], detail: NDArray[Any]) -> View:
    """Return the view of the rows with most detail, of which all columns are compared.

    They are whole blocks of a JPEG.
    """
    import numpy as np

    sums = np.concatenate([[0.0], detail.sum(1).cumsum()])
    starts = np.arange(0, len(detail) - ROWS + 1, BLOCK)
    start = shared[0].start + int(starts[(sums[starts + ROWS] - sums[starts]).argmax()])
    rows, columns = slice(start, start + ROWS), shared[1]
    everything = tuple(slice(0, side) for side in source)
    inner = (slice(0, ROWS), columns)
    return View(everything, size, inner, (rows, columns), (start, start + ROWS))


def part_views(
    source: Sides,
    size: Sides,
    steps: list[Fraction],
    shared: tuple[slice, ...],
    detail: NDArray[Any],
) -> list[View]:
    """Return the views of the part of a result with most detail; none where all is little.

    A resize of one of them has the phases of that of all: of pixels that are areas, or of points
    from the first to the last. `detail` is that of what is `shared`.
    """
    if max(math.prod(source), math.prod(size)) <= FEW or len(size) != 2:
        return []
    views = []
    for corners in (False, True):
        apart = _apart(source, size, steps, corners=corners)
        found, rest = [], detail
        for side in zip(source, size, apart, shared, strict=True):
            found.append(_stretch(*side, rest.sum(1), corners=corners))
            rest = rest.T if found[-1] is None else found[-1].of(rest).T
        if all(found):
            views.append(_view([stretch for stretch in found if stretch]))
    return views


def _apart(source: Sides, size: Sides, steps: list[Fraction], *, corners: bool) -> list[Fraction]:
    if not corners:
        return steps
    return [Fraction(a - 1, max(b - 1, 1)) for a, b in zip(source, size, strict=True)]


def _margin(step: Fraction) -> int:
    """Return the pixels of a result that a filter reaches."""
    return math.ceil(REACH * max(Fraction(1), 1 / step))


def _wanted(step: Fraction) -> int:
    inner = INNER if INNER * step <= BROAD else max(FEWEST, round(BROAD / step / BLOCK) * BLOCK)
    return inner + 2 * _margin(step) + BLOCK


def _stretch(
    source: int, size: int, step: Fraction, shared: slice, detail: NDArray[Any], *, corners: bool
) -> Stretch | None:
    """Return a stretch whose both ends fall on pixels of the source, nearly, with much detail.

    `detail` is that of each row of what is shared.
    """
    import numpy as np

    wanted, margin = _wanted(step), _margin(step)
    if wanted >= size:
        return None
    lengths = np.arange(wanted, min(wanted + TRIED, size))[None]
    starts = np.arange(size - wanted)[:, None]
    away = float(step)
    begin, end = starts * away, (starts + lengths - corners) * away
    off = np.abs(begin - begin.round()) + np.abs(end - end.round()) + 1e-6 * lengths
    off[(starts + lengths > size) | (end.round() + corners > source)] = math.inf
    best = off.argmin(1)
    least = off[starts[:, 0], best]
    sums = np.concatenate([[0.0], np.pad(detail, (shared.start, size - shared.stop)).cumsum()])
    rich = sums[starts[:, 0] + wanted] - sums[starts[:, 0]]
    start = int(np.where(least <= max(ON_GRID, least.min()), rich, -1.0).argmax())
    length = int(lengths[0, best[start]])
    first, last = round(start * away), round((start + length - corners) * away) + corners
    found = Stretch(start, start + length, first, last, margin, shared.start)
    inner = found.inner()
    within = shared.start <= inner.start < inner.stop <= shared.stop
    return found if within and math.isfinite(least[start]) else None


def _view(stretches: list[Stretch]) -> View:
    inner = tuple(stretch.inner() for stretch in stretches)
    return View(
        tuple(slice(stretch.first, stretch.last) for stretch in stretches),
        tuple(stretch.stop - stretch.start for stretch in stretches),
        tuple(_from(stretch.start, part) for stretch, part in zip(stretches, inner, strict=True)),
        inner,
    )


def _from(start: int, part: slice) -> slice:
    return slice(part.start - start, part.stop - start)
