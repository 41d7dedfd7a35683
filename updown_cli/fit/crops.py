"""Crops of pairs: where a part of what a chain makes is what it makes of a part."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UpdownError
from updown_cli.fit.forward import forward
from updown_cli.fit.pairs import Loaded, Loading, Pair
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from torch import Generator, Tensor

    from updown_cli.pipeline.pipeline import Pipeline

# Pixels between places that a chain may treat alike, and bytes of pictures that are kept.
PERIODS, MOST_BYTES = (1, 2, 3, 4, 6, 8, 12, 16), 1 << 29

# Pictures that tell of all how deep they are.
LOOKED_AT = 4

# How far results of the size 1 may be apart that are equal but for rounding.
EQUAL = 1e-3


@dataclass(frozen=True, kw_only=True)
class Cropping:
    """Crops of `side` pixels, some `period` apart, with `count` results less those of a margin.

    Results are `ratio` times as far apart as crops are.
    """

    side: int
    period: int
    ratio: Fraction
    count: int
    margin: int

    def results(self, start: int = 0) -> slice:
        """Return which results of a picture a crop from a start tells."""
        first = int(self.ratio * start)
        return slice(first + self.margin, first + self.count - self.margin)

    @property
    def told(self) -> Any:
        """Which results of a crop are those of the picture."""
        return (..., self.results(), self.results())


def find_cropping(pipeline: Pipeline, channels: int, sides: int, wanted: int) -> Cropping | None:
    """Return how 2-D pictures of such sides at least can be cropped; None where they cannot.

    Noise goes through the chain whole and in part, and the results must agree within a margin.
    """
    for period in PERIODS:
        side = min(wanted, sides) // period * period
        try:
            found = _agreeing(pipeline, channels, side, period) if side else None
        except UpdownError:
            continue
        if found is not None:
            return found
    return None


def _agreeing(pipeline: Pipeline, channels: int, side: int, period: int) -> Cropping | None:
    import torch

    small = pipeline.plan(Shape(channels, side, side)).shape.size
    more = pipeline.plan(Shape(channels, side + period, side + period)).shape.size
    ratio = Fraction(more[0] - small[0], period)
    before = max(side // (2 * period), 1) * period
    start = ratio * before
    if more[1] - small[1] != more[0] - small[0] or start.denominator > 1 or ratio <= 0:
        return None
    noise = torch.rand(1, channels, *(side + 2 * before,) * 2, generator=_generator(0))
    with torch.no_grad():
        whole = forward(pipeline, noise, 1.0)
        inner = (..., *(slice(before, before + side),) * 2)
        part = forward(pipeline, noise[inner], 1.0)
    count = part.shape[2]
    same = whole[(..., *(slice(int(start), int(start) + count),) * 2)]
    if same.shape != part.shape:
        return None
    margin = _margin((same - part).abs().amax((0, 1)), EQUAL * float(whole.abs().max()))
    if 2 * margin >= count:
        return None
    return Cropping(side=side, period=period, ratio=ratio, count=count, margin=margin)


def _margin(apart: Tensor, allowed: float) -> int:
    """Return how many results from the edges on are further apart than allowed."""
    import torch

    along = [torch.minimum(n, n.flip(0)) for n in map(torch.arange, apart.shape)]
    depth = torch.minimum(along[0][:, None], along[1]) + 1
    return int((depth * (apart > allowed)).max())


def _generator(seed: int) -> Generator:
    import torch

    return torch.Generator().manual_seed(seed)


class Sampler:
    """Draws batches of crops from pairs, of which the last used are kept in memory."""

    def __init__(self, pairs: Sequence[Pair], loading: Loading, cropping: Cropping | None) -> None:
        self.pairs, self.loading, self.cropping = pairs, loading, cropping
        self.kept: OrderedDict[str, Loaded] = OrderedDict()

    def whites(self) -> set[float]:
        """Return the whites of all pictures, of which the first few are looked at."""
        return {self._load(pair).white for pair in self.pairs[:LOOKED_AT]}

    def batch(self, count: int, random: Generator) -> tuple[Tensor, Tensor]:
        """Return inputs and the results that there should be, both with 1 as white."""
        import torch

        drawn = [self._one(random) for _ in range(count if self.cropping else 1)]
        return torch.cat([x for x, _ in drawn]), torch.cat([y for _, y in drawn])

    def _one(self, random: Generator) -> tuple[Tensor, Tensor]:
        pair = self._load(self.pairs[_draw(len(self.pairs), random)])
        frame = _draw(len(pair.x), random)
        x, y = pair.x[frame : frame + 1], pair.y[frame : frame + 1]
        if self.cropping is not None:
            x, y = self._crop(x, y, random)
        return _floats(x) / pair.white, _floats(y) * (pair.gain / pair.white)

    def _crop(self, x: Any, y: Any, random: Generator) -> tuple[Any, Any]:
        assert self.cropping is not None
        cropping = self.cropping
        side, period = cropping.side, cropping.period
        starts = [_draw((n - side) // period + 1, random) * period for n in x.shape[2:]]
        of_x = (..., *(slice(start, start + side) for start in starts))
        of_y = (..., *(cropping.results(start) for start in starts))
        return x[of_x], y[of_y]

    def _load(self, pair: Pair) -> Loaded:
        if pair.name not in self.kept:
            self.kept[pair.name] = self.loading.load(pair)
            while sum(one.x.nbytes + one.y.nbytes for one in self.kept.values()) > MOST_BYTES:
                self.kept.popitem(last=False)
                if len(self.kept) < 2:
                    break
        self.kept.move_to_end(pair.name)
        return self.kept[pair.name]


def _draw(count: int, random: Generator) -> int:
    import torch

    return int(torch.randint(count, (1,), generator=random))


def _floats(pixels: Any) -> Tensor:
    import torch

    return torch.from_numpy(pixels.astype("float32"))
