"""Which crop takes away what which pad has added: they nest, as pools and unpools do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updown_cli.errors import ParameterError
from updown_cli.op.base import Op
from updown_cli.op.margin_sharing import MarginKeeper, MarginMover, MarginTaker, PaddedAxes
from updown_cli.op.shape import Shape
from updown_cli.pipeline.step_errors import step_name

if TYPE_CHECKING:
    from updown_cli.pipeline.plan import Step


def undone_pads(ops: Sequence[Op]) -> dict[int, int]:
    """Return for the place of each crop that undoes one the place of its pad.

    Raises ParameterError for a crop without one.
    """
    waiting: list[int] = []
    found = {}
    for place, op in enumerate(ops):
        if isinstance(op, MarginKeeper):
            waiting.append(place)
        elif isinstance(op, MarginTaker) and op.undoes_padding:
            if not waiting:
                step = step_name(ops, place + 1)
                raise ParameterError(
                    "there is no pad before it in the same chain",
                    subject=f"{step}: --undo" if step else "--undo",
                )
            found[place] = waiting.pop()
    return found


def told_of_padding(op: Op, shape: Shape, earlier: Sequence[Step]) -> Op:
    """Return a crop told what its pad has added, for an image of a shape; others as they are."""
    if not isinstance(op, MarginTaker) or not op.undoes_padding:
        return op
    ops = [*(step.op for step in earlier), op]
    place = undone_pads(ops)[len(earlier)]
    pad = earlier[place]
    assert isinstance(pad.op, MarginKeeper)
    sides = zip(pad.op.margins, pad.after.size, strict=True)
    axes: PaddedAxes = tuple((*margin, side) for margin, side in sides)
    for step in earlier[place + 1 :]:
        axes = step.op.moved(axes) if isinstance(step.op, MarginMover) else axes
    padded = Shape(pad.after.channels, *(side for *_, side in axes))
    return op.undoing(tuple((before, after) for before, after, _ in axes), padded, shape)
