"""What `compare` tells of every two pictures in a row of a sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from updown_cli.batch.told_metrics import OF_ARRAYS, OF_PICTURES, told
from updown_cli.figures.picture_pairs import PicturePairs
from updown_cli.figures.preview import Preview
from updown_cli.files.comparison import compare_pictures
from updown_cli.files.metrics import Metrics
from updown_cli.files.picture import Picture

# Values that are compared beside those of sources, some seconds, and that are kept for it.
MOST_COMPARED = 50_000_000


@dataclass
class RowPairs:
    """The pictures of a row as they come, each compared with those before it.

    Of many or large ones that takes long: then some are compared with the first alone.
    """

    kept: list[Picture | None] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    found: dict[tuple[int, int], Metrics] = field(default_factory=dict)
    with_arrays: bool = False
    left: int = MOST_COMPARED
    room: int = MOST_COMPARED

    def add(self, picture: Picture | None, first: Metrics | None = None) -> None:
        """Add a picture, or that there is none; `first` is what is known of the first and it."""
        number = len(self.kept)
        if first is not None:
            self.found[0, number] = first
        if picture is None:
            self._keep(None, "")
            return
        self.with_arrays |= not picture.colour
        for other, before in enumerate(self.kept):
            if before is not None and (other, number) not in self.found:
                self._compare((other, number), before, picture)
        values = math.prod(picture.shape)
        self.room -= values
        self._keep(picture if self.room >= 0 or not number else None, str(picture.shape))

    def _keep(self, picture: Picture | None, shape: str) -> None:
        self.kept.append(picture)
        self.shapes.append(shape)

    def _compare(self, pair: tuple[int, int], one: Picture, other: Picture) -> None:
        values = math.prod(one.shape)
        if one.pixels.shape != other.pixels.shape or values > self.left:
            return
        self.left -= values
        metrics = compare_pictures(one, other).metrics
        if metrics is not None:
            self.found[pair] = metrics

    def told(self) -> PicturePairs:
        """Return the numbers as a page has them."""
        names = OF_PICTURES + OF_ARRAYS * self.with_arrays
        numbers = {
            pair: [told(metrics, name) for name in names] for pair, metrics in self.found.items()
        }
        return PicturePairs(names, self.shapes, numbers)


def compared_values(picture: Picture, shown: Sequence[Preview]) -> list[Picture]:
    """Return what is compared of a picture: all, or the channels that are each shown."""
    first = Picture(picture.pixels[:1], picture.colour, picture.alpha)
    channels = [view.channel for view in shown]
    return [
        first if number is None else Picture(first.pixels[:, number : number + 1])
        for number in channels
    ]
