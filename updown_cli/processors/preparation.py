"""The operations that a configuration means, and in which colours pictures are read for them."""

from __future__ import annotations

from dataclasses import dataclass

from updown_cli.op.base import Op
from updown_cli.pipeline.pipeline import Pipeline


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """What a configuration means.

    Pictures are read as RGB, transparent ones `on_white` or without their transparency.
    """

    name: str
    ops: tuple[Op, ...]
    on_white: bool = False
    notes: tuple[str, ...] = ()

    def pipeline(self) -> Pipeline:
        """Return the operations as a pipeline."""
        return Pipeline.of(*self.ops)

    def seen(self) -> Preparation:
        """Return what is left without the steps that make other numbers of colours."""
        from updown_cli.ops.normalize.normalize import Normalize

        ops = tuple(op for op in self.ops if not isinstance(op, Normalize))
        return Preparation(name=self.name, ops=ops or (_nothing(),), on_white=self.on_white)


def _nothing() -> Op:
    """Return an operation that leaves pictures as they are."""
    from updown_cli.ops.crop.crop import Crop

    return Crop(size=(None,))
