"""Median pooling: the middle value of every window."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.call import TensorName, X, pad_call
from updown_cli.op.code import Lines
from updown_cli.op.edge_windows import seen_by, windows_over_edges
from updown_cli.op.integer_way import IntegerWay
from updown_cli.op.param_types import Choice
from updown_cli.op.parameter import param
from updown_cli.op.row_windows import see_pixels
from updown_cli.op.shape import Shape
from updown_cli.op.windows import (
    GATHERED_VALUES,
    pad,
    pads_to_the_last_window,
    reduce_windows,
    side_slices,
)
from updown_cli.ops.pool.selected_medians import can_select, is_ordered, select_medians
from updown_cli.ops.pool.windows import DilatedPool

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.edge_windows import Box


@dataclass(frozen=True, kw_only=True)
class MedianPool(DilatedPool):
    """The median of every window, padding not counted."""

    mode = "median"
    told_as = "median"
    around = NOTHING_AROUND

    median: str = param(
        "lower",
        "The lower one of two in the middle, or their mean; torch.median takes the lower.",
        Choice(("lower", "mean")),
    )

    def selects_values(self) -> bool:
        """Integers stay integers, but for the mean of two."""
        return self.median == "lower"

    def inner_values(self, shape: Shape) -> int:
        """Return the values of the windows that are gathered at once."""
        gathered = math.prod(self.out_shape(shape)) * math.prod(self.kernel_size)
        return min(gathered, GATHERED_VALUES) * 6 // 5

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the medians of integers, of windows that are not too large."""
        spans = self.spans()
        selects = self.selects_values() and can_select(spans) and see_pixels(spans, shape.size)
        return IntegerWay(self._selected) if selects else None

    def apply(self, x: Tensor) -> Tensor:
        """Return the medians; a window with a NaN has the median NaN."""
        import torch

        if x.device.type == "cpu" and can_select(self.spans()) and is_ordered(x):
            return torch.from_numpy(self._selected(x.numpy()))
        medians = reduce_windows(x, self.spans(), self._median, math.nan)
        missing = x.isnan()
        if missing.any():
            spoilt = reduce_windows(missing.float(), self.spans(), lambda v: v.amax(-1), 0.0) > 0
            medians = torch.where(spoilt, math.nan, medians)
        return medians

    def _selected(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return the medians of N x C x H x W by a network, of which padding knows nothing.

        Windows that reach over an edge are gathered.
        """
        spans, sides = self.spans(), pixels.shape[2:]
        medians = select_medians(pixels, spans, mean=self.median == "mean")
        for box in windows_over_edges(spans, sides):
            medians[side_slices(slice(*ends) for ends in box)] = self._gathered(pixels, box)
        return medians

    def _gathered(self, pixels: NDArray[Any], box: Box) -> NDArray[Any]:
        """Return the medians of a box of windows."""
        import torch

        seen, pads = seen_by(self.spans(), pixels.shape[2:], box)
        floats = pixels.dtype if pixels.dtype.kind == "f" else "float64"
        x = pad(torch.from_numpy(pixels[seen].astype(floats)), pads, math.nan)
        inside = [replace(span, padding=0, ceil_mode=False) for span in self.spans()]
        medians: NDArray[Any] = reduce_windows(x, inside, self._median, math.nan).numpy()
        return medians

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the medians of unfolded windows."""
        pads = pads_to_the_last_window(self.spans(), shape.size)
        outside = any(map(any, pads))
        median = "nanmedian" if outside else "median"
        why = ["# The padding is NaN, which nanmedian leaves out."] if outside else []
        padded = pad_call(X, pads, math.nan)
        if outside and shape.dims == 3:  # one line would be long
            why, padded = [*why, f"padded = {padded.code()}"], TensorName("padded")
        windows = self.unfolded(padded)
        lower = f"windows.{median}(-1).values"
        if self.median != "lower":
            lower = f"({lower} - (-windows).{median}(-1).values) / 2"
        return [*why, f"windows = {windows}", f"y = {lower}"]

    def _median(self, values: Tensor) -> Tensor:
        lower = values.nanmedian(-1).values
        return lower if self.median == "lower" else (lower - (-values).nanmedian(-1).values) / 2
