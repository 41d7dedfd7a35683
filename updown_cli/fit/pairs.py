"""Pairs of pictures: what a chain is given, and what it should make of that."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from updown_cli.batch.inputs import Selection, Source
from updown_cli.batch.single_file import name_file, read_single
from updown_cli.errors import InputError, UsageError
from updown_cli.files.peek import peek
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores.names import is_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What says that two pictures may be saturated: whole numbers of 8 or 16 bits.
INTEGERS = ("uint8", "uint16")


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A picture and what should be made of it; without `small` that is made of `large`."""

    name: str
    small: str | None
    large: str

    @property
    def files(self) -> list[str]:
        """Return the files."""
        return [self.large] if self.small is None else [self.small, self.large]


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """The pixels of a pair, frames x channels x sides each.

    `white` is that of the first, `peak` that of the second, whose values times `gain` have the
    scale of the first.
    """

    name: str
    x: NDArray[Any]
    y: NDArray[Any]
    white: float
    peak: float
    gain: float = 1.0

    @classmethod
    def of(cls, name: str, small: Picture, large: Picture) -> Loaded:
        """Return the pixels of two pictures; arrays have the scale of what they are beside."""
        x, y, white, peak = small.pixels, large.pixels, small.white, large.white
        if small.colour and large.colour:
            return cls(name=name, x=x, y=y, white=white, peak=peak, gain=white / peak)
        return cls(name=name, x=x, y=y, white=white, peak=max(white, peak))

    @property
    def saturates(self) -> bool:
        """Whether values of the second may have been cut off."""
        return self.y.dtype.name in INTEGERS


@dataclass(frozen=True, kw_only=True)
class Loading:
    """How pairs are read, and how small pictures are made where there are none.

    For these, pictures of a shape in `cuts` are cut to another, at their ends.
    """

    reading: Reading
    degrade: Pipeline | None = None
    cuts: dict[Shape, Shape] = field(default_factory=dict)

    def shapes(self, pair: Pair) -> tuple[Shape, Shape]:
        """Return the shapes of both, from headers; raise InputError that names the file."""
        large = self._peeked(pair.large)
        if pair.small is not None:
            return self._peeked(pair.small), large
        large = self.cuts.get(large, large)
        try:
            return self.degraded(large), large
        except InputError as error:
            raise name_file(error, f"{pair.large}: --degrade") from None

    def degraded(self, large: Shape) -> Shape:
        """Return the shape of what is made of a large picture."""
        assert self.degrade is not None
        return self.degrade.plan(large).shape

    def _peeked(self, path: str) -> Shape:
        try:
            return peek(path, self.reading)[0]
        except InputError as error:
            raise name_file(error, path) from None

    def load(self, pair: Pair) -> Loaded:
        """Return the pixels of a pair; raise InputError that names the file."""
        large = self._read(pair.large)
        if pair.small is None:
            large = self._cut(large)
            small = replace(large, pixels=self._degraded(large.pixels))
        else:
            small = self._read(pair.small)
        if small.frames != large.frames:
            raise InputError(f"{small.frames} frames and {large.frames}", subject=pair.name)
        return Loaded.of(pair.name, small, large)

    def _cut(self, picture: Picture) -> Picture:
        size = self.cuts.get(picture.shape, picture.shape).size
        kept: Any = (..., *(slice(side) for side in size))
        return replace(picture, pixels=picture.pixels[kept])

    def _read(self, path: str) -> Picture:
        import numpy as np

        picture = read_single(path, self.reading)
        if picture.pixels.dtype.kind == "f" and not np.isfinite(picture.pixels).all():
            raise InputError("holds NaN or infinite numbers", subject=path, code="bad_value")
        return picture

    def _degraded(self, pixels: NDArray[Any]) -> NDArray[Any]:
        from updown_cli.engine.devices import start_torch
        from updown_cli.engine.engine import Engine
        from updown_cli.engine.quantize import Quantization

        assert self.degrade is not None
        plan = self.degrade.plan(Shape(*pixels.shape[1:]), len(pixels))
        engine = Engine(start_torch("cpu"))
        return engine.run(plan, pixels, Quantization(pixels.dtype.name)).pixels


def named_pairs(
    pairs: Sequence[tuple[str, str]], pictures: Sequence[str], selection: Selection
) -> list[Pair]:
    """Return the pairs that files and folders make; raise UsageError for a file without another.

    Of folders those belong together that have the same name, whatever their endings.
    """
    found = [pair for small, large in pairs for pair in _of_two(small, large, selection)]
    for path in pictures:
        sources = replace(selection, paths=(path,)).sources()
        found += [Pair(name=source.path, small=None, large=source.path) for source in sources]
    if not found:
        raise UsageError("no pairs", hint="give --pairs SMALL LARGE, or --pictures with --degrade")
    return found


def _of_two(small: str, large: str, selection: Selection) -> list[Pair]:
    folders = [is_folder(path) for path in (small, large)]
    if not any(folders):
        return [Pair(name=f"{small}, {large}", small=small, large=large)]
    if not all(folders):
        raise UsageError("a folder and a file", subject=f"--pairs {small} {large}")
    ours, theirs = (_by_name(folder, selection) for folder in (small, large))
    lonely = sorted(ours.keys() ^ theirs.keys())
    if lonely:
        only = ours.get(lonely[0]) or theirs[lonely[0]]
        more = f" and {len(lonely) - 1} more" if len(lonely) > 1 else ""
        other = large if lonely[0] in ours else small
        raise UsageError(f"has no picture of its name in {other}{more}", subject=only.path)
    return [
        Pair(name=name, small=ours[name].path, large=theirs[name].path) for name in sorted(ours)
    ]


def _by_name(folder: str, selection: Selection) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for source in replace(selection, paths=(folder,)).sources():
        source.check()
        name = os.path.splitext(source.relative)[0]
        if name in found:
            raise UsageError(f"has the name of {found[name].path}", subject=source.path)
        found[name] = source
    return found
