"""Majority pooling: the most frequent value of every window, for maps of labels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.call import TensorName, X, pad_call
from updown_cli.op.param_types import Int
from updown_cli.op.parameter import Telling, param
from updown_cli.op.shape import Shape
from updown_cli.op.windows import GATHERED_VALUES, pads_to_the_last_window, reduce_windows
from updown_cli.ops.pool.median import MedianPool
from updown_cli.ops.pool.windows import DilatedPool

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.base import Op
    from updown_cli.op.code import Lines

# Labels that float64 tells apart.
LARGEST_LABEL = 1 << 53


@dataclass(frozen=True, kw_only=True)
class MajorityPool(DilatedPool):
    """The most frequent value of every window; padding is not counted; of several the smallest.

    It makes no labels that were not there, as a mean would.
    """

    mode = "majority"
    told_as = "majority"
    around = NOTHING_AROUND

    ignore_label: int | None = param(
        None,
        "A label that is not counted, such as 255; a window of nothing else has it.",
        Int(min=-LARGEST_LABEL, max=LARGEST_LABEL),
        telling=Telling.DETAIL,
    )

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def inner_values(self, shape: Shape) -> int:
        """Return the values of the windows that are gathered at once, and those in order."""
        gathered = math.prod(self.out_shape(shape)) * math.prod(self.kernel_size)
        return min(gathered, GATHERED_VALUES) * 4

    def apply(self, x: Tensor) -> Tensor:
        """Return the most frequent values; a window of NaN alone has NaN."""
        import torch

        if self.ignore_label is not None:
            x = torch.where(x == self.ignore_label, math.nan, x)
        y = reduce_windows(x, self.spans(), _most_frequent, math.nan)
        return y if self.ignore_label is None else y.nan_to_num(float(self.ignore_label))

    def for_tracing(self) -> Op:
        """Return the medians of the same windows, which take NaN."""
        shared = [p.name for p in MedianPool.parameters() if hasattr(self, p.name)]
        return MedianPool(**{name: getattr(self, name) for name in shared})

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the mode of unfolded windows, or what counts no NaN."""
        pads = pads_to_the_last_window(self.spans(), shape.size)
        outside = any(map(any, pads))
        if not outside and self.ignore_label is None:
            return [f"windows = {self.unfolded(X)}", "y = windows.mode(-1).values"]
        label = self.ignore_label
        lines = ["# What is not counted is NaN, which is equal to nothing."]
        if label is not None:
            lines.append(f"x = torch.where(x == {label}, math.nan, x)")
        if outside:
            lines.append(f"padded = {pad_call(X, pads, math.nan).code()}")
        windows = self.unfolded(TensorName("padded") if outside else X)
        return [
            *lines,
            f"windows = {windows}",
            "counts = (windows[..., None] == windows[..., None, :]).sum(-1)",
            "most = counts.amax(-1, keepdim=True)",
            "y = torch.where(counts == most, windows, math.inf).amin(-1)",
            *([f"y = y.nan_to_num({label})"] if label is not None else []),
        ]


def _most_frequent(values: Tensor) -> Tensor:
    """Return the most frequent of the last axis, of several the smallest; NaN is not counted."""
    import torch

    ordered, _ = values.sort(-1)  # NaN last
    best, most = ordered[..., 0], (~ordered[..., 0].isnan()).int()
    run, before = most, best
    for value in ordered.unbind(-1)[1:]:
        run = torch.where(value == before, run + 1, (~value.isnan()).int())
        best = torch.where(run > most, value, best)
        most, before = torch.maximum(most, run), value
    return best
