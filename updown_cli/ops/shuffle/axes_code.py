"""Shuffles as torch code by an order of axes: every axis has a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.code import Lines, literal

if TYPE_CHECKING:
    from updown_cli.op.shape import Shape
    from updown_cli.ops.shuffle.shuffle import Shuffle


def permute_lines(op: Shuffle, shape: Shape, frames: int, x: str) -> Lines:
    """Return the shuffling of x as y: the axes taken apart, put in order, and joined."""
    phases, pixels = _phases(op, shape.dims), _interleaved(shape.dims)
    given, wanted = (phases, pixels) if op.goes_up else (pixels, phases)
    sides = _sides(op, shape, frames)
    order = tuple(given.index(axis) for axis in wanted)
    size = (op.out_frames(frames, shape), *op.out_shape(shape))
    split = literal(tuple(sides[axis] for axis in given))
    return [
        f"# {', '.join(wanted)}",
        f"y = {x}.reshape{split}.permute{order}",
        f"y = y.reshape{literal(size)}",
    ]


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
