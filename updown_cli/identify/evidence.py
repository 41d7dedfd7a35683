"""A source and its result, and how far something else is from the result."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from updown_cli.files.jpeg.luma import BLOCK, JpegLuma
from updown_cli.files.picture import Picture
from updown_cli.identify.placement import Placement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.identify.treatment import Treatment
    from updown_cli.identify.views import View

    Pixels = NDArray[Any]


# The types of numbers that libraries resize as they are stored.
TAKEN = ("uint8", "uint16")


@dataclass(frozen=True)
class Distance:
    """How far values are from those of a result: in levels of 8 bits, squares as their mean.

    `share` is that of values that differ, `beyond` that of those that differ by more than a level.
    """

    max: float
    mean: float
    mse: float
    share: float
    beyond: float

    @property
    def psnr(self) -> float:
        """Return it in decibels, infinite where nothing differs."""
        return 10 * math.log10(255**2 / self.mse) if self.mse else math.inf


@dataclass(frozen=True)
class Evidence:
    """A source and a result of it, of each a frame.

    The luma of a result that is a JPEG is what is compared. `frames` are how many the files have,
    of which `frame` is that.
    """

    names: tuple[str, str]
    source: Picture
    result: Picture
    frames: tuple[int, int] = (1, 1)
    frame: int = 0
    luma: JpegLuma | None = None
    placement: Placement = field(default_factory=Placement)
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def placed(self, placement: Placement) -> Evidence:
        """Return it with the result as a part of all that was resized."""
        if placement == self.placement:
            return self
        if placement not in self.kept:
            pixels = {"pixels": self.pixels}
            self.kept[placement] = replace(self, placement=placement, kept=pixels)
        placed: Evidence = self.kept[placement]
        return placed

    @property
    def size(self) -> tuple[int, ...]:
        """The sides of all that was resized."""
        return self.placement.full(self.result.shape.size)

    @property
    def shared(self) -> tuple[slice, ...]:
        """What of that is in the result, from the first block on if that is a JPEG."""
        return self.placement.shared(self.result.shape.size, BLOCK if self.luma else 1)

    @property
    def is_shuffled(self) -> bool:
        """Whether channels have become pixels, or pixels channels."""
        return self.source.shape.channels != self.result.shape.channels

    @property
    def has_parts(self) -> bool:
        """Whether parts can be compared: a turned JPEG's blocks begin where it was stored."""
        return self.luma is None or self.luma.is_upright

    @property
    def pixels(self) -> Pixels:
        """The source, C x sides: as it is stored, if libraries take that."""
        if "pixels" not in self.kept:
            pixels = self.source.pixels[0]
            taken = pixels.dtype.name in TAKEN
            self.kept["pixels"] = pixels if taken else pixels.astype("float32")
        kept: Pixels = self.kept["pixels"]
        return kept

    def prepared(self, treatment: Treatment, place: tuple[slice, ...]) -> Pixels:
        """Return a place of the source as it is resized: light is worked out once."""
        key = (treatment.light, *((part.start, part.stop) for part in place))
        if treatment.light and key in self.kept:
            known: Pixels = self.kept[key]
            return known
        values = treatment.prepare(self.pixels[(slice(None), *place)], self.source.white)
        if treatment.light:
            self.kept[key] = values
        return values

    @property
    def level(self) -> float:
        """The values of a result that are a level of 8 bits; of floats a share of their range."""
        import numpy as np

        if self.result.pixels.dtype.kind != "f":
            return self.result.white / 255
        values = self.result.pixels[0]
        return float(max(np.ptp(values), np.finfo(np.float32).tiny)) / 255

    def compared(self, place: tuple[slice, ...]) -> Pixels:
        """Return what of the result is compared at a place of all."""
        part = self.placement.in_result(place)
        if self.luma is not None:
            return self.luma.pixels[part]
        pixels: Pixels = self.result.pixels[0][(slice(None), *part)]
        return pixels

    def seen(self, made: Pixels) -> Pixels:
        """Return what has been made as it would be compared."""
        return made if self.luma is None else self.luma.of(made)

    def distance(self, made: Pixels, view: View) -> Distance:
        """Return how far what was stored of a view's inner part is from the result."""
        return self.apart(self.seen(made), self.compared(view.place))

    def apart(self, one: Pixels, other: Pixels) -> Distance:
        """Return how far two that can be compared are apart."""
        import numpy as np

        off = self.levels_apart(one, other)
        return Distance(
            float(off.max()),
            float(off.mean(dtype=np.float64)),
            float(np.square(off).mean(dtype=np.float64)),
            float((off > 0).mean()),
            float((off > 1).mean()),
        )

    def levels_apart(self, one: Pixels, other: Pixels) -> Pixels:
        """Return the levels between all values; colours count as far as they are to be seen."""
        import numpy as np

        off = np.abs(one.astype(np.float32) - other.astype(np.float32)) / self.level
        off = np.nan_to_num(off, nan=255.0)
        if self.luma is None and self.result.alpha and self.result.white > 1:
            off[:-1] *= other[-1:].astype(np.float32) / self.result.white
        levels: Pixels = off
        return levels
