"""All that is told of one operation on one input."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from updown_cli.explain.equal_code import tensorflow_code, torch_code, transposed_code
from updown_cli.explain.input_reads import AxisReads, reads_by_axis
from updown_cli.explain.sampling import sampled_axes
from updown_cli.explain.size_formula import Formula, formulas
from updown_cli.explain.weight_sums import weight_shifts, weight_sums

if TYPE_CHECKING:
    from updown_cli.explain.traces import Numbers, Trace
    from updown_cli.op.anatomy import Anatomy
    from updown_cli.pipeline.plan import Step


@dataclass(frozen=True)
class Explanation:
    """A step on an input; `trace` is None where the input is too large to look at each value.

    Of an unpool's example `source` are the numbers that were pooled, frames x channels x sides.
    """

    step: Step
    trace: Trace | None
    source: Numbers | None = None

    @property
    def sizes(self) -> list[Formula]:
        """How each side of the result comes about."""
        return formulas(self.step.op, self.step.before)

    @cached_property
    def anatomy(self) -> Anatomy:
        """What can be shown of how the operation works."""
        return self.step.op.anatomy(self.step.before)

    @cached_property
    def axes(self) -> list[AxisReads] | None:
        """What the pixels of each axis read, if that tells all."""
        return None if self.trace is None else reads_by_axis(self.trace)

    @property
    def matrix_title(self) -> str:
        """The matrix by its name, and whose transpose it is."""
        transposed = f" = {self.anatomy.transpose_of}^T" if self.anatomy.transpose_of else ""
        return f"matrix {self.anatomy.matrix}{transposed}"

    @property
    def torch(self) -> str:
        """The equal torch code."""
        return torch_code(self.step.op, self.step.before, self.step.frames[0])

    @property
    def transposed(self) -> str | None:
        """The torch code of a sub-pixel convolution as a transposed one."""
        return transposed_code(self.step.op, self.step.before, self.step.frames[0])

    @property
    def tensorflow(self) -> str | None:
        """The equal TensorFlow code, where there is some."""
        return tensorflow_code(self.step.op, self.step.before)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON; numbers are nested lists."""
        trace, anatomy = self.trace, self.anatomy
        told = {
            "step": self.step.to_json(),
            "frames": list(self.step.frames),
            "sizes": [
                {"axis": f.axis, "formula": f.text, "numbers": f.filled_in, "out": f.out}
                for f in self.sizes
            ],
            "pads": [list(pad) for pad in anatomy.pads],
            "axes": None if self.axes is None else [asdict(axis) for axis in self.axes],
            "weight": None if anatomy.weight is None else anatomy.weight.tolist(),
            "overlap": list(anatomy.overlap),
            "torch": self.torch,
            "transposed": self.transposed,
            "tensorflow": self.tensorflow,
        }
        source = None if self.source is None else self.source.tolist()
        return told if trace is None else told | {"source": source} | trace_json(trace)


def trace_json(trace: Trace) -> dict[str, Any]:
    """Return every number of a trace as JSON; reads and choices are places in the flat input."""
    sums, sampled = weight_sums(trace), sampled_axes(trace)
    return {
        "input": trace.input.tolist(),
        "output": trace.output.tolist(),
        "reads": [row.nonzero()[0].tolist() for row in trace.reads],
        "chosen": None if trace.chosen is None else trace.chosen.tolist(),
        "matrix": None if trace.weights is None else trace.weights.tolist(),
        "offset": trace.offset.tolist(),
        "weight_sums": None if sums is None else sums.tolist(),
        "weight_shifts": {axis: shift.tolist() for axis, shift in weight_shifts(trace).items()},
        "sampling": None if sampled is None else [axis.to_json() for axis in sampled],
    }
