"""The pictures that are shown to what is examined: bytes, height x width, grey unless said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

Size = tuple[int, int]

#: Levels of the quarters that tell how a picture is turned: upper left, upper right, lower left...
QUARTERS = (40, 100, 220, 160)

#: Levels of the patches that tell how grey values come out, row by row.
TONES = (0, 16, 48, 80, 128, 160, 192, 224, 255)

#: The middle of impulses and waves, how far they go, and the two sides of edges.
MIDDLE, REACH, WAVE = 128, 90, 50
DARK, BRIGHT = 64, 192

#: Waves of one side: long beside every kernel, and no whole number, so that roundings differ.
WAVES = 9.37

#: The two levels of the pattern that is mixed as code values or as light.
SPECKS = (50, 200)

#: How far the four waves of fine and coarse detail go, and shares of it in red, green and blue
#: that leave the luma of Rec. 601 as it is.
DETAIL, EVEN_LUMA = 25, (1.0, -0.185 / 0.587, -1.0)

#: The colours of the patches that tell how channels come out.
COLOURS = ((200, 60, 60), (60, 200, 60), (60, 60, 200), (130, 130, 130))


def quarters(size: Size) -> NDArray[Any]:
    """Return four quarters of different grey."""
    return patches(size, (2, 2), QUARTERS)


def colours(size: Size) -> NDArray[Any]:
    """Return a patch each of red, green, blue and grey, side by side; three channels."""
    import numpy as np

    planes = [patches(size, (1, 4), [colour[c] for colour in COLOURS]) for c in range(3)]
    return np.stack(planes, -1)


def tones(size: Size) -> NDArray[Any]:
    """Return nine patches from black to white."""
    return patches(size, (3, 3), TONES)


def patches(size: Size, grid: Size, levels: Sequence[int]) -> NDArray[Any]:
    """Return a grid of constant patches."""
    import numpy as np

    rows, columns = (
        np.arange(side) * count // side for side, count in zip(size, grid, strict=True)
    )
    made: NDArray[Any] = np.array(levels, np.uint8)[rows[:, None] * grid[1] + columns]
    return made


def constant(size: Size, level: int) -> NDArray[Any]:
    """Return one level everywhere."""
    import numpy as np

    return np.full(size, level, np.uint8)


def waves(size: Size) -> NDArray[Any]:
    """Return a cosine down and a cosine across, added."""
    import numpy as np

    height, width = size
    down = np.cos(2 * np.pi * WAVES * np.arange(height) / height)
    across = np.cos(2 * np.pi * WAVES * np.arange(width) / width)
    return as_bytes(MIDDLE + WAVE * (down[:, None] + across))


def fine_waves(size: Size, periods: tuple[float, float], coarser: float) -> NDArray[Any]:
    """Return a fine wave and a coarser one, down and across, added: from -1 to 1 each."""
    import numpy as np

    down, across = (
        2 * np.pi * np.arange(side) / period for side, period in zip(size, periods, strict=True)
    )
    down, across = (np.cos(phase) + np.cos(phase / coarser) for phase in (down, across))
    made: NDArray[Any] = down[:, None] + across
    return made


def in_grey(wave: NDArray[Any]) -> NDArray[Any]:
    """Return waves as grey; three channels."""
    import numpy as np

    return as_bytes(np.repeat(MIDDLE + DETAIL * wave[..., None], 3, -1))


def in_colours(wave: NDArray[Any]) -> NDArray[Any]:
    """Return waves from red to blue, all of the same luma; three channels."""
    import numpy as np

    return as_bytes(MIDDLE + DETAIL * wave[..., None] * np.array(EVEN_LUMA))


def specks(size: Size) -> NDArray[Any]:
    """Return pixels of two levels by chance, as many of each; the same every time."""
    import numpy as np

    count = size[0] * size[1]
    pixels = np.where(np.arange(count) % 2, *SPECKS).astype(np.uint8)
    return np.random.default_rng(1).permutation(pixels).reshape(size)


def zone_plate(size: Size) -> NDArray[Any]:
    """Return rings from black to white that grow finer to the edge of what pixels can hold."""
    import numpy as np

    height, width = size
    y, x = np.arange(height) - height / 2, np.arange(width) - width / 2
    phase = np.pi * (y[:, None] ** 2 / height + x**2 / width)
    return as_bytes(127.5 + 127.5 * np.cos(phase))


def in_cells(make: Callable[[Size], NDArray[Any]], size: Size, cell: Size) -> NDArray[Any]:
    """Return a signal whose pixels are cells of some source pixels, cut off at the far ends."""
    small = make((-(-size[0] // cell[0]), -(-size[1] // cell[1])))
    return small.repeat(cell[0], 0).repeat(cell[1], 1)[: size[0], : size[1]]


def blocks(size: Size, side: int) -> NDArray[Any]:
    """Return black and white squares of a side, whose corners ring most."""
    import numpy as np

    rows, columns = (np.arange(length) // side for length in size)
    return np.where((rows[:, None] + columns) % 2, 255, 0).astype(np.uint8)


def bands(size: Size, axis: int, profiles: Sequence[NDArray[Any]], height: int) -> NDArray[Any]:
    """Return profiles along an axis, each in a band of a height across it; the rest is the last."""
    import numpy as np

    across = size[1 - axis]
    index = np.minimum(np.arange(across) // height, len(profiles) - 1)
    picture = np.stack(profiles)[index]
    return picture if axis == 1 else np.ascontiguousarray(picture.T)


def steps(length: int, every: int, phase: int) -> NDArray[Any]:
    """Return a square wave, an edge at `phase` and every so many pixels."""
    import numpy as np

    number = (np.arange(length) - phase) // every
    return np.where(number % 2, BRIGHT, DARK).astype(np.uint8)


def deep_ramp(size: Size) -> NDArray[Any]:
    """Return a plane of 16-bit levels, none of which two neighbours share."""
    import numpy as np

    rows, columns = (np.arange(side) for side in size)
    ramp = 9000 + rows[:, None] * 17.0 + columns * 29.0
    return np.rint(ramp).astype(np.uint16)


#: An opaque colour, and what is hidden where nothing is to be seen.
SEEN, HIDDEN = (200, 60, 60, 255), (20, 220, 20, 0)


def half_transparent(size: Size, hidden: tuple[int, ...]) -> NDArray[Any]:
    """Return a colour in blocks, and a transparent one between them; four channels."""
    import numpy as np

    rows, columns = (
        np.arange(side) * count // side for side, count in zip(size, (5, 7), strict=True)
    )
    made: NDArray[Any] = np.array([SEEN, hidden], np.uint8)[(rows[:, None] + columns) % 2]
    return made


def as_bytes(levels: NDArray[Any]) -> NDArray[Any]:
    """Return levels rounded half up and cut off."""
    import numpy as np

    return np.floor(levels.clip(0, 255) + 0.5).astype(np.uint8)
