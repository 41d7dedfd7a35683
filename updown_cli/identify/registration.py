"""Where a result may lie in all that was resized, by the means of its rows and columns."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from updown_cli.identify.placement import MOST, Placement
from updown_cli.op.resampling import triangle, widened_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.identify.evidence import Evidence

    Pixels = NDArray[Any]

# Bands of a picture whose means are compared, ways to place a side that go on, and placements.
BANDS, EACH, KEPT = 6, 4, 6

# The shortest side that can be placed.
SHORTEST = 4 * MOST


def placements(pair: Evidence) -> list[Placement]:
    """Return where a result may lie, the likeliest first, but for the place it seems to have."""
    size = pair.result.shape.size
    is_number = pair.source.pixels.dtype.kind in "uf"
    if len(size) != 2 or min(size) < SHORTEST or not (is_number and pair.has_parts):
        return []
    source, result = pair.pixels.mean(0), pair.result.pixels[0].mean(0)
    gain = pair.result.white / pair.source.white
    rows = _side(source * gain, result)
    columns = _side(*_shared(source * gain, result, *rows[0][1:]))
    rows = _side(*_shared(source.T * gain, result.T, *columns[0][1:]))
    ways = sorted(product(rows, columns), key=lambda way: way[0][0] + way[1][0])
    found = [Placement((y[1], x[1]), (y[2], x[2])) for y, x in ways]
    return [one for one in found if any((*one.before, *one.after))][:KEPT]


def _side(source: Pixels, result: Pixels) -> list[tuple[float, int, int]]:
    """Return (how far off, pixels cut before, pixels cut after) of the likeliest ways."""
    import numpy as np

    bands, out = _bands(source), len(result)
    wanted = np.diff(_bands(result)[MOST:-MOST], axis=0)
    found = []
    for full in range(out - 2 * MOST, out + 2 * MOST + 1):
        table = widened_table(len(source), full, len(source) / full, triangle, 1)
        steps = np.diff((bands[table.sources] * table.weights[..., None]).sum(0), axis=0)
        for before in range(-MOST, MOST + 1):
            after, start = full - out - before, before + MOST
            if not -MOST <= after <= MOST or start < 0 or start + len(wanted) > len(steps):
                continue
            off = float(np.square(steps[start : start + len(wanted)] - wanted).mean())
            found.append((off, before, after))
    return sorted(found)[:EACH]


def _shared(source: Pixels, result: Pixels, before: int, after: int) -> tuple[Pixels, Pixels]:
    """Return the columns, as rows, of the rows that a source and a result placed so share."""
    full = len(result) + before + after
    start, stop = max(0, before), min(full, before + len(result))
    per = len(source) / full
    return source[round(start * per) : round(stop * per)].T, result[
        start - before : stop - before
    ].T


def _bands(plane: Pixels) -> Pixels:
    """Return the means of the bands of each row."""
    import numpy as np

    parts = np.array_split(plane.astype(np.float64), BANDS, axis=1)
    return np.stack([part.mean(1) for part in parts], axis=1)
