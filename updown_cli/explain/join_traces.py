"""A join on two small inputs: which values of the image, and which of what is kept, go where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from updown_cli.explain.cell_grid_model import place_name
from updown_cli.explain.traces import Trace, trace_op
from updown_cli.op.arithmetic_line import ArithmeticLine, number_text
from updown_cli.op.signal import KeptResult, Signal

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.join import Join


@dataclass(frozen=True)
class JoinTrace:
    """What a join does: of the image and of the kept result what each output value reads.

    Both traces have the join's whole output.
    """

    name: str
    image: Trace
    kept: Trace

    def line(self, row: int) -> ArithmeticLine:
        """Return how an output value comes about."""
        import numpy as np

        result = number_text(float(self.image.output.ravel()[row]))
        parts = []
        for trace, whose in ((self.image, "image"), (self.kept, self.name)):
            for place in trace.reads[row].nonzero()[0].tolist():
                where = place_name(np.unravel_index(place, trace.input.shape), trace.input.shape)
                parts.append((number_text(float(trace.input.ravel()[place])), f"{whose} {where}"))
        if len(parts) == 1:
            return ArithmeticLine(f"{parts[0][0]}, from {parts[0][1]}")
        if not parts:
            return ArithmeticLine(f"nothing is read: {result}")
        return ArithmeticLine(terms=tuple(value for value, _ in parts), tail=f" = {result}")


def trace_join(op: Join, signal: Signal) -> JoinTrace:
    """Return what a join, told its shapes, does to a signal that has what it takes."""
    import torch

    name = op.other or ""
    output = op.run(signal).pixels.double().numpy()
    pixels, kept = signal.pixels.double(), signal.kept(name).double()

    def with_kept(x: Tensor) -> Signal:
        return Signal(torch.zeros_like(pixels), (KeptResult(x, name=name),))

    nothing = (KeptResult(torch.zeros_like(kept), name=name),)
    traces = (
        trace_op(op, pixels.numpy(), nothing),
        trace_op(op, kept.numpy(), signal_of=with_kept),
    )
    image, beside = (replace(trace, output=output) for trace in traces)
    return JoinTrace(name, image, beside)
