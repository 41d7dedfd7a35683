"""An operation with two modes in one file: what a new one needs, and nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.call import Call, X
from updown_cli.op.family import Family
from updown_cli.op.input_span import InputSpan, window_span
from updown_cli.op.param_types import Float
from updown_cli.op.parameter import param
from updown_cli.op.size_text import SizeText, text_of_given_size
from updown_cli.op.torch_layer import TorchLayer
from updown_cli.op.windows import reduce_windows
from updown_cli.ops import SUMMARIES
from updown_cli.ops.pool.windows import WindowPool

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.shape import Shape


class RangeToy(WindowPool):
    """The largest value of every window less the smallest."""

    command = "toy"
    mode = "range"
    told_as = "range"
    around = NOTHING_AROUND

    def apply(self, x: Tensor) -> Tensor:
        """Return the differences."""
        return reduce_windows(x, self.spans(), lambda v: v.amax(-1) - v.amin(-1), math.nan)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the differences of unfolded windows."""
        return [f"windows = {self.unfolded(X)}", "y = windows.amax(-1) - windows.amin(-1)"]


@dataclass(frozen=True, kw_only=True)
class CutToy(TorchLayer):
    """Values below and above two bounds become the bounds, as torch.nn.Hardtanh."""

    command = "toy"
    mode = "cut"
    told_as = "cut"
    around = NOTHING_AROUND

    min_val: float = param(50.0, "The smallest value that stays.", Float(min=0, max=1e9))
    max_val: float = param(200.0, "The largest value that stays.", Float(min=0, max=1e9))

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the sides as they are."""
        return shape.size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return that sides are kept."""
        return text_of_given_size(shape.size, shape.size)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return each pixel for itself."""
        return [window_span(side, start=0, reach=1, step=1, taps=1) for side in shape.size]

    def call(self, shape: Shape) -> Call:
        """Return torch's function."""
        return Call("hardtanh", (X,), {"min_val": self.min_val, "max_val": self.max_val})


TOY = Family(
    name="toy",
    help=SUMMARIES.get("toy", "Play."),
    load_modes=lambda: (RangeToy, CutToy),
    examples=("updown toy -k 3 photo.png -o edges.png",),
)
