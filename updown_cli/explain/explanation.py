"""All that is told of one operation on one input."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from updown_cli.explain.equal_code import tensorflow_code, torch_code, transposed_code
from updown_cli.explain.input_reads import AxisReads, reads_by_axis
from updown_cli.explain.size_formula import Formula, formulas
from updown_cli.ops.conv.windows import Conv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.deconv.overlap import overlap_report
from updown_cli.ops.kernels.layer import KernelLayer
from updown_cli.ops.pool.windows import WindowPool

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.explain.traces import Numbers, Trace
    from updown_cli.op.windows import Span
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

    @property
    def pads(self) -> list[tuple[int, int]]:
        """What a convention pads before and after each axis; nothing where a number says it."""
        op, shape = self.step.op, self.step.before
        spans: list[Span] = []
        if isinstance(op, WindowPool):
            spans = op.spans()
        elif isinstance(op, Conv):
            spans = op.spans(shape)
        if not any(isinstance(span.padding, str) for span in spans):
            return []
        return [span.pads(side) for span, side in zip(spans, shape.size, strict=True)]

    @cached_property
    def axes(self) -> list[AxisReads] | None:
        """What the pixels of each axis read, if that tells all."""
        return None if self.trace is None else reads_by_axis(self.trace)

    @property
    def kernel(self) -> NDArray[Any] | None:
        """The weight of a convolution, in torch's layout."""
        op = self.step.op
        return op.weight(self.step.before)[0] if isinstance(op, (Conv, Deconv)) else None

    @property
    def overlap(self) -> list[str]:
        """How many taps reach the values of a transposed convolution."""
        op = self.step.op
        return overlap_report(op.crops(self.step.before)) if isinstance(op, Deconv) else []

    @property
    def matrix_name(self) -> str:
        """What the matrix is called: C of a convolution, D of a transposed one."""
        if isinstance(self.step.op, Deconv):
            return "D"
        return "C" if isinstance(self.step.op, KernelLayer) else "M"

    @property
    def matrix_title(self) -> str:
        """Its name, and what D is of the convolution with the same kernel."""
        return f"matrix {self.matrix_name}{' = C^T' if self.matrix_name == 'D' else ''}"

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
        trace, kernel = self.trace, self.kernel
        told = {
            "step": self.step.to_json(),
            "frames": list(self.step.frames),
            "sizes": [
                {"axis": f.axis, "formula": f.text, "numbers": f.filled_in, "out": f.out}
                for f in self.sizes
            ],
            "pads": [list(pad) for pad in self.pads],
            "axes": None if self.axes is None else [asdict(axis) for axis in self.axes],
            "weight": None if kernel is None else kernel.tolist(),
            "overlap": self.overlap,
            "torch": self.torch,
            "transposed": self.transposed,
            "tensorflow": self.tensorflow,
        }
        return told if trace is None else told | _numbers(trace, self.source)


def _numbers(trace: Trace, source: Numbers | None) -> dict[str, Any]:
    """Return every number of a trace as JSON; reads and choices are places in the flat input."""
    return {
        "source": None if source is None else source.tolist(),
        "input": trace.input.tolist(),
        "output": trace.output.tolist(),
        "reads": [row.nonzero()[0].tolist() for row in trace.reads],
        "chosen": None if trace.chosen is None else trace.chosen.tolist(),
        "matrix": None if trace.weights is None else trace.weights.tolist(),
        "offset": trace.offset.tolist(),
    }
