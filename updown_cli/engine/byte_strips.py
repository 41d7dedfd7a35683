"""Strips of an interpolation of bytes: made side by side, taken in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from updown_cli.engine.dense_blocks import DenseBlock, reach
from updown_cli.engine.quantize import Clamped
from updown_cli.engine.rows import RowSource, RowTarget
from updown_cli.op.array_tensor import as_tensor
from updown_cli.op.channels import interleave_channels
from updown_cli.op.threads import run_ordered, thread_count

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    #: Blocks of a vertical table, and their matrices.
    Strip = list[tuple[DenseBlock, Tensor]]

    #: What stores a strip, made of the rows that it reads, in its place; both are rows x values.
    Act = Callable[[Strip, Tensor, Tensor], Clamped]


def reach_of(strip: Strip) -> tuple[int, int]:
    """Return the rows that a strip reads."""
    return reach([block for block, _ in strip])


def put_strips(source: RowSource, target: RowTarget, strips: list[Strip], act: Act) -> Clamped:
    """Put one frame of bytes, a strip at a time, into a target; return what was clamped.

    Its rooms have channels side by side.
    """

    def made(given: tuple[Strip, NDArray[Any]]) -> tuple[NDArray[Any], Clamped]:
        strip, read = given
        room = target.room(strip[0][0].first, strip[-1][0].last)
        clamped = act(strip, _lines(read), _lines(room))
        source.release()
        return room, clamped

    target.begin()
    inputs = ((strip, source.read(*reach_of(strip))) for strip in strips)
    done = []
    for strip, (room, clamped) in zip(
        strips, run_ordered(made, inputs, min(thread_count(), len(strips))), strict=True
    ):
        target.take(strip[0][0].first, room)
        done.append(clamped)
    return Clamped.summed(done)


def _lines(pixels: NDArray[Any]) -> Tensor:
    """Return the one frame as rows of values, channels side by side."""
    return as_tensor(interleave_channels(pixels[0])).flatten(1)
