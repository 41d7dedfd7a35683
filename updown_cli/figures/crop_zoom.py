"""The part of a picture that is looked at, the same in results of every size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from updown_cli.figures.crop_type import Region
from updown_cli.figures.preview import Preview, over_squares

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

# Times that small pictures are magnified at most: 4 x 4 pixels need not fill a screen.
MOST_MAGNIFIED = 48

# Pixels on a side of a magnified part that nobody asked for, and times that it is magnified.
CROP_SIDES = (128, 256)
ZOOM = 8

# Pixels on a side of what is searched for detail; a larger picture is reduced first.
MOST_LOOKED_AT = 2048


@dataclass(frozen=True)
class CropZoom:
    """How the pictures of one input are shown, so that each place is where it is in the source.

    `size` is height and width of the source, `panel` the longest side of a picture as it is shown;
    `region` is shown beside it with every pixel of the source `zoom` times.
    """

    size: tuple[int, int]
    panel: int
    region: Region | None = None
    zoom: int = 1

    @cached_property
    def factor(self) -> Fraction:
        """Times that the source is magnified: a whole number, or one over one."""
        longest = max(self.size)
        if longest > self.panel:
            return Fraction(1, -(-longest // self.panel))
        return Fraction(min(self.panel // longest, MOST_MAGNIFIED))

    def factor_of(self, size: tuple[int, int]) -> Fraction:
        """Return such a number for a result, that makes it about as large as the source."""
        wanted = max(self.size) * self.factor / max(size)
        turned = wanted if wanted >= 1 else 1 / wanted
        both = [max(math.floor(turned), 1), math.ceil(turned)]
        factors = [Fraction(n) if wanted >= 1 else Fraction(1, n) for n in both]
        fitting = [factor for factor in factors if max(size) * factor <= self.panel]
        return min(fitting or factors[-1:], key=lambda factor: abs(math.log(factor / wanted)))

    def shown(self, view: Preview) -> Image.Image:
        """Return a whole picture as large as the source is shown, by the mean of squares or by
        repeating pixels, with a frame around the region."""
        from PIL import Image

        image = view.image
        factor = self.factor_of((image.height, image.width))
        if factor < 1:
            image = image.reduce(factor.denominator)
        elif factor > 1:
            size = (image.width * factor.numerator, image.height * factor.numerator)
            image = image.resize(size, Image.Resampling.NEAREST)
        return over_squares(image)

    def frame(self, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
        """Return left, top, right and bottom of what surrounds the region in a shown picture."""
        if self.region is None:
            return None
        region, (height, width) = self.region, self.size
        x, y = Fraction(size[0], width), Fraction(size[1], height)
        left, top = math.floor(region.left * x) - 1, math.floor(region.top * y) - 1
        right = math.ceil((region.left + region.width) * x)
        bottom = math.ceil((region.top + region.height) * y)
        return max(left, 0), max(top, 0), min(right, size[0] - 1), min(bottom, size[1] - 1)

    def magnified(self, view: Preview) -> Image.Image | None:
        """Return the region as a result has it, every pixel repeated and none mixed."""
        import numpy as np
        from PIL import Image

        if self.region is None:
            return None
        region, image = self.region, view.image
        columns = _indices(region.left, region.width, self.zoom, self.size[1], image.width)
        rows = _indices(region.top, region.height, self.zoom, self.size[0], image.height)
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        part = np.asarray(image.crop(box))
        picked = part[np.ix_(rows - rows[0], columns - columns[0])]
        return over_squares(Image.fromarray(np.ascontiguousarray(picked)))

    def skips(self, size: tuple[int, int]) -> bool:
        """Whether a result has more pixels in the region than are shown of it."""
        sides = zip(size, self.size, strict=True)
        return self.region is not None and any(a > b * self.zoom for a, b in sides)


def _indices(first: int, count: int, zoom: int, source: int, result: int) -> NDArray[Any]:
    """Return the pixel of a result that lies under every shown pixel of a part of the source."""
    import numpy as np

    shown = np.arange(count * zoom, dtype=np.int64)
    return ((2 * (first * zoom + shown) + 1) * result) // (2 * zoom * source)


@dataclass(frozen=True)
class Looking:
    """What was asked for: the longest side of a picture, a region or none, how it is magnified."""

    panel: int
    crop: Region | str | None = None
    zoom: int | None = None

    def field(self, view: Preview, sizes: Sequence[tuple[int, int]]) -> CropZoom:
        """Return how a source and results of these sizes are shown; raise InputError for a region
        that is not in it."""
        size = (view.image.height, view.image.width)
        whole = CropZoom(size, self.panel)
        if self.crop == "none":
            return whole
        scales = (Fraction(a, b) for other in sizes for a, b in zip(other, size, strict=True))
        longest = round(max(size) * whole.factor)
        side = min(max(longest, CROP_SIDES[0]), CROP_SIDES[1])
        finest = min(max([1, *map(math.ceil, scales)]), side)
        if isinstance(self.crop, Region):
            self.crop.check_inside(size)
            fitting = side // max(self.crop.width, self.crop.height)
            zoom = self.zoom or max(finest * (fitting // finest), fitting, 1)
            return CropZoom(size, self.panel, self.crop, zoom)
        if self.zoom is None and whole.factor * 2 >= ZOOM:
            return whole
        zoom = self.zoom or finest * -(-ZOOM // finest)
        region = most_detailed(view.image, max(side // zoom, 1))
        return CropZoom(size, self.panel, region, zoom)


def most_detailed(image: Image.Image, side: int) -> Region:
    """Return the square in which neighbours differ most; of equals the first, row by row.

    A side of the picture that is shorter than the square is taken whole.
    """
    import numpy as np

    coarse = -(-max(image.size) // MOST_LOOKED_AT)
    grey = _on_grey(image.reduce(coarse) if coarse > 1 else image)
    detail = np.zeros(grey.shape, np.int64)
    detail[:, :-1] += np.abs(np.diff(grey, axis=1))
    detail[:-1] += np.abs(np.diff(grey, axis=0))
    height, width = (min(max(side // coarse, 1), length) for length in grey.shape)
    sums = np.pad(detail.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    squares = sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width]
    squares += sums[:-height, :-width]
    top, left = (coarse * int(i) for i in np.unravel_index(int(squares.argmax()), squares.shape))
    width, height = (min(side, length) for length in image.size)
    return Region(min(left, image.width - width), min(top, image.height - height), width, height)


def _on_grey(image: Image.Image) -> NDArray[Any]:
    """Return a picture's lightness, of what is transparent a middle grey."""
    import numpy as np
    from PIL import Image

    if image.mode in ("LA", "RGBA"):
        under = Image.new("RGBA", image.size, (128, 128, 128, 255))
        under.alpha_composite(image.convert("RGBA"))
        image = under
    return np.asarray(image.convert("L"), np.int16)
