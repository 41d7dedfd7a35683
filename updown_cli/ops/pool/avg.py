"""Average pooling: the mean of every window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.anatomy import NOTHING_AROUND, ZEROS_AROUND, Surroundings
from updown_cli.op.call import Call, MethodCall, OnesLike, Term, X, pad_call
from updown_cli.op.code import symmetric
from updown_cli.op.explainable import SUM
from updown_cli.op.param_types import Flag, Int
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape
from updown_cli.op.windows import pads_to_the_last_window
from updown_cli.ops.pool.integer_pool import means_way
from updown_cli.ops.pool.tensorflow import pool_lines
from updown_cli.ops.pool.windows import PaddedPool

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines, Pads
    from updown_cli.op.integer_way import IntegerWay


@dataclass(frozen=True, kw_only=True)
class AvgPool(PaddedPool):
    """The mean of every window, as torch.nn.AvgPool2d."""

    mode = "avg"
    linear = True
    told_as = SUM
    around = ZEROS_AROUND

    count_include_pad: bool = param(
        True, "Count padding as zeros; padding by name is never counted.", Flag()
    )
    divisor_override: int | None = param(
        None,
        "Divide every sum by this, which is not 0; 1 gives sums.",
        Int(min=-(1 << 31), max=1 << 31),
    )

    def check(self) -> None:
        """Refuse to divide by 0."""
        super().check()
        if self.divisor_override == 0:
            raise ParameterError("nothing can be divided by 0", subject="--divisor-override 0")

    def surroundings(self) -> Surroundings:
        """Return zeros where padding is counted."""
        counted = self.count_include_pad and not isinstance(self.padding, str)
        return self.around if counted else NOTHING_AROUND

    def apply(self, x: Tensor) -> Tensor:
        """Return the means."""
        shape = Shape(*x.shape[1:])
        if self._is_one_call(shape):
            means: Tensor = self._means(shape).run(x=x)
            return means
        sums, counts = self._sums_and_counts(shape)
        result: Tensor = sums.run(x=x) / counts.run(x=x)
        return result

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the means of bytes."""
        includes = self._counts_padding()
        return means_way(self, shape, dtype, includes=includes, divisor=self.divisor_override)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the means; where torch counts otherwise, the sums by what is counted."""
        if self._is_one_call(shape):
            why = ["# avg_pool1d takes no divisor, avg_pool2d does."]
            is_flat = shape.dims == 1 and self.divisor_override is not None
            return [*(why if is_flat else []), f"y = {self._means(shape).code()}"]
        sums, counts = self._sums_and_counts(shape)
        return [
            "# Sums, each divided by how many values of its window are counted.",
            f"sums = {sums.code()}",
            f"counts = {counts.code()}",
            "y = sums / counts",
        ]

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return tf.nn.avg_pool2d, which never counts padding."""
        return pool_lines("avg", self, shape) if self.divisor_override is None else None

    def padded_values(self, shape: Shape) -> int:
        """Return the values with the padding, and as many that say which of them count."""
        return super().padded_values(shape) * (1 if self.divisor_override is not None else 2)

    def _is_one_call(self, shape: Shape) -> bool:
        return self.divisor_override is not None or self.padded_by_torch(shape)

    def padded_by_torch(self, shape: Shape) -> bool:
        """Whether torch pads alike, which it does not to a volume thinner than the window."""
        sides = zip(shape.size, self.kernel_size, strict=True)
        is_thin = shape.dims == 3 and any(side < kernel for side, kernel in sides)
        return symmetric(self.pads(shape)) and not is_thin

    def _means(self, shape: Shape) -> Term:
        """Return torch's average pool, of what is padded before where torch does not."""
        if not self.padded_by_torch(shape):
            padded = pad_call(X, self._pads_to_the_last_window(shape))
            return self._average(padded, shape, divisor=self.divisor_override)
        padding = tuple(before for before, _ in self.pads(shape))
        options = {
            "padding": padding,
            "ceil_mode": self.ceil_mode,
            "count_include_pad": not any(padding) or self._counts_padding(),
        }
        return self._average(X, shape, divisor=self.divisor_override, **options)

    def _sums_and_counts(self, shape: Shape) -> tuple[Term, Term]:
        """Return the sum of every window, and how many values of it are counted."""
        pads = self._pads_to_the_last_window(shape)
        counted = self.pads(shape) if self._counts_padding() else [(0, 0)] * shape.dims
        rest = [(a - c, b - d) for (a, b), (c, d) in zip(pads, counted, strict=True)]
        ones = pad_call(pad_call(OnesLike(), counted, 1.0), rest)
        sums = self._average(pad_call(X, pads), shape, divisor=1)
        return sums, self._average(ones, shape, divisor=1)

    def _counts_padding(self) -> bool:
        return self.count_include_pad and not isinstance(self.padding, str)

    def _pads_to_the_last_window(self, shape: Shape) -> Pads:
        return pads_to_the_last_window(self.spans(), shape.size)

    def _average(self, of: Term, shape: Shape, *, divisor: int | None, **options: Any) -> Term:
        """Return torch's average pool; of 1-D data with a divisor that of rows of height 1."""
        windows = {"kernel_size": self.kernel_size, "stride": self.stride}
        if shape.dims > 1 or divisor is None:
            said = {**windows, **options}
            said |= {} if divisor is None else {"divisor_override": divisor}
            return Call(f"avg_pool{shape.dims}d", (of,), said)
        flat = {"kernel_size": 1, "stride": 1, "padding": 0}
        rows = {
            name: (flat[name], *value) if name in flat else value
            for name, value in {**windows, **options}.items()
        }
        said = {**rows, "divisor_override": divisor}
        return MethodCall(
            Call("avg_pool2d", (MethodCall(of, "unsqueeze", (2,)),), said), "squeeze", (2,)
        )
