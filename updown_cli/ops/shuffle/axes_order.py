"""Shuffles by an order of axes, each of which has a name: as torch code, and of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from updown_cli.op.code import Lines, literal
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.ops.shuffle.shuffle import Shuffle


class AxesOrder(NamedTuple):
    """Axes taken apart as `split`, put in this order, by their `names`, and joined to a `size`."""

    names: list[str]
    split: tuple[int, ...]
    order: tuple[int, ...]
    size: tuple[int, ...]


def permute_lines(op: Shuffle, shape: Shape, frames: int, x: str) -> Lines:
    """Return the shuffling of x as y: the axes taken apart, put in order, and joined."""
    names, split, order, size = _order_of(op, shape, frames)
    return [
        f"# {', '.join(names)}",
        f"y = {x}.reshape{literal(split)}.permute{order}",
        f"y = y.reshape{literal(size)}",
    ]


def shuffle_array(op: Shuffle, pixels: NDArray[Any]) -> NDArray[Any]:
    """Return N x C x sides of any type shuffled, which copies numbers as they are stored."""
    _, split, order, size = _order_of(op, Shape(*pixels.shape[1:]), len(pixels))
    return pixels.reshape(split).transpose(order).reshape(size)


def _order_of(op: Shuffle, shape: Shape, frames: int) -> AxesOrder:
    phases, pixels = _phases(op, shape.dims), _interleaved(shape.dims)
    given, wanted = (phases, pixels) if op.goes_up else (pixels, phases)
    sides = _sides(op, shape, frames)
    return AxesOrder(
        names=wanted,
        split=tuple(sides[axis] for axis in given),
        order=tuple(given.index(axis) for axis in wanted),
        size=(op.out_frames(frames, shape), *op.out_shape(shape)),
    )


def _phases(op: Shuffle, dims: int) -> list[str]:
    """Return the axes where phases are channels, frames or tiles."""
    offsets = _offsets(dims)[::-1] if op.order == "phase-shift" else _offsets(dims)
    small = _small(dims)
    if op.arrange == "grid":
        tiles = zip(offsets, small, strict=True)
        return ["image", "channel", *(axis for pair in tiles for axis in pair)]
    if op.arrange == "frames" or op.order == "dcr":
        return ["image", *offsets, "channel", *small]
    return ["image", "channel", *offsets, *small]


def _interleaved(dims: int) -> list[str]:
    """Return the axes where phases are pixels."""
    pairs = zip(_small(dims), _offsets(dims), strict=True)
    return ["image", "channel", *(axis for pair in pairs for axis in pair)]


def _offsets(dims: int) -> list[str]:
    """Return what is called a place in a block."""
    return ["layer in block", "row in block", "column in block"][-dims:]


def _small(dims: int) -> list[str]:
    """Return what is called a block's place."""
    return ["layer", "row", "column"][-dims:]


def _sides(op: Shuffle, shape: Shape, frames: int) -> dict[str, int]:
    """Return the length of every axis."""
    dims, r = shape.dims, op.factor
    phases = op.phases(dims)
    images, channels, size = frames, shape.channels, shape.size
    if op.arrange == "frames" and op.goes_up:
        images //= phases
    if op.arrange == "channels" and op.goes_up:
        channels //= phases
    if op.arrange == "grid" or not op.goes_up:
        size = tuple(side // r for side in size)
    lengths = dict(zip(_small(dims), size, strict=True))
    return {"image": images, "channel": channels} | lengths | dict.fromkeys(_offsets(dims), r)
