"""Max unpooling: every value back at its recorded position."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.arithmetic_line import ArithmeticLine, function_line
from updown_cli.op.base import Op
from updown_cli.op.code import format_call, one_for_all_axes
from updown_cli.op.file_role import FileRole
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.param_types import Choice, Text
from updown_cli.op.parameter import param, redeclare
from updown_cli.op.pool_indices import NUMBERINGS, PoolIndices, is_index_name, misfit_error
from updown_cli.op.shape import Shape, by_x
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.unpool.scatter import IndexedUnpool, scatter_lines
from updown_cli.ops.unpool.undo import Unpool

if TYPE_CHECKING:
    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class MaxUnpool(IndexedUnpool, Unpool):
    """Every value back at its recorded position, zeros elsewhere, as torch.nn.MaxUnpool2d.

    The size is the one that was pooled, where the indices remember it, else
    out = (in - 1) * stride - 2 * padding + kernel_size.
    """

    mode = "max"
    undoes_pools = True

    indices: str | None = param(
        None,
        "Positions that `pool --save-indices` wrote, or a .npy of them; a folder or a template "
        "for several inputs. In a chain @N are those of step N, @NAME those of a pool's "
        "--save-indices @NAME, and without it those of the last pool not yet undone.",
        Text("FILE"),
        required=True,
        needed="pool --save-indices FILE.npz keeps them, and in a chain the pool before it",
        file=FileRole(what="file of positions", each_input=True, ending=".npz", or_kept=True),
    )
    index_format: str = param(
        "torch", "How positions in a .npy are numbered; a .npz tells it.", Choice(NUMBERINGS)
    )
    kernel_size: tuple[int, ...] | None = redeclare(Unpool, "kernel_size", None)
    duplicates: str = param(
        "error",
        "Values with one position: error takes equal ones and refuses others, sum is "
        "TensorFlow's scatter_nd.",
        Choice(("error", "last", "sum", "max", "mean")),
    )
    #: The sides that positions count in, once they are known; those of ONNX keep their places.
    counted_in: tuple[int, ...] | None = field(default=None, repr=False, compare=False)

    def check(self) -> None:
        """Refuse a stride without a window."""
        super().check()
        if self.kernel_size is None:
            if self.stride is not None:
                raise ParameterError("--stride goes with --kernel-size")
            if any(self.padding):
                raise ParameterError("--padding goes with --kernel-size")

    def with_pool_indices(self, pool_indices: PoolIndices) -> Self:
        """Take the size that was pooled, unless the user gave one."""
        told = self._of_size(pool_indices.source)
        return told.derived(counted_in=None) if pool_indices.numbering == "onnx" else told

    def undoing(self, source: Shape, pooled: Shape, shape: Shape) -> Self:
        """Return this operation on an image of a shape, after a pool of source to pooled.

        Raises ShapeError for positions of another shape.
        """
        if shape != pooled:
            raise misfit_error(shape, pooled)
        return self._of_size(source)

    def _of_size(self, source: Shape) -> Self:
        is_told = self.output_size is not None or self.kernel_size is not None
        size = self.output_size if is_told else source.size
        return self.derived(output_size=size, counted_in=source.size)

    def warnings(self, shape: Shape) -> list[str]:
        """Say that a result whose rows are longer or shorter than the pooled ones is sheared."""
        counted, size = self.counted_in, self.out_size(shape)
        if counted is None or counted[1:] == size[1:]:
            return []
        rows = "rows" if shape.dims < 3 else "planes"
        return [
            f"the positions count in {rows} of {by_x(counted[1:])}, the result has {rows} of "
            f"{by_x(size[1:])}: values move, as they do in torch; leave the size out to put them "
            "back"
        ]

    @property
    def told_by(self) -> str | None:
        """Return the name of the positions."""
        return self.indices

    def with_name(self, name: str) -> Self:
        """Take the positions of this name."""
        return self.derived(indices=name)

    def read_indices(
        self, path: str, shape: Shape, layout: str | None, dims: int | None
    ) -> PoolIndices:
        """Return the positions that a file has for values of a shape."""
        from updown_cli.tensors.pool_index_files import read_pool_indices

        def counted_in() -> Shape:
            return Shape(shape.channels, *self.for_shape(shape).source_size(shape))

        return read_pool_indices(path, shape, counted_in, self.index_format, layout)

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for, the remembered one, or the formula's."""
        if self.kernel_size is not None:
            return super().out_size(shape)
        if self.output_size is None:
            raise ShapeError(
                "the size before pooling is not known", hint="give --output-size or --kernel-size"
            )
        return self.output_size

    def source_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size that positions in a bare .npy count in."""
        if self.index_format == "onnx" and self.kernel_size is not None:
            return self.formula_size(shape)
        return self.out_size(shape)

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return everything: a position may be any."""
        return [whole_span(side) for side in shape.size]

    def inner_values(self, shape: Shape) -> int:
        """Return which value is the last one at each position, three times as whole numbers."""
        return 6 * math.prod(self.out_shape(shape))

    def selects_values(self) -> bool:
        """Integers stay integers, but for the mean of several."""
        return self.duplicates != "mean"

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the values at `indices`, which count in one plane of the result."""
        if self.duplicates != "error" or self.kernel_size is None:
            planes = (frames, shape.channels)
            return scatter_lines("x", "indices", self.out_size(shape), self.duplicates, planes)
        assert self.stride is not None
        assert not isinstance(self.padding, str)
        size = self.out_size(shape)
        unpooled = format_call(
            f"F.max_unpool{shape.dims}d",
            "x",
            "indices",
            kernel_size=one_for_all_axes(self.kernel_size),
            stride=None if self.stride == self.kernel_size else one_for_all_axes(self.stride),
            padding=one_for_all_axes(self.padding),
            output_size=size if size != self.formula_size(shape) else None,
        )
        return [f"y = {unpooled}"]

    def tell_value(self, values: Sequence[float], result: str) -> ArithmeticLine:
        """Return the largest of several, if that is taken."""
        if self.duplicates == "max":
            return function_line("max", values, result)
        return super().tell_value(values, result)

    def example_pool(self, pooled: Shape) -> tuple[Op, Shape] | None:
        """Return the pool with the same windows, 2 if there are none, unless a file says."""
        if not is_index_name(self.indices):
            return None
        windows = replace(self, kernel_size=self.kernel_size or (2,)).for_shape(pooled)
        size = self.output_size or windows.formula_size(pooled)
        source = Shape(pooled.channels, *size)
        pool = MaxPool(
            save_indices=self.indices,
            kernel_size=windows.kernel_size or (),
            stride=windows.stride,
            padding=self.padding,
        )
        if pool.out_shape(source) != pooled:
            raise ShapeError(
                f"pooling {source} does not give {pooled}",
                hint="give the positions as --indices, or another --input",
            )
        return pool.for_shape(source), source

    def for_tracing(self) -> Op:
        """Return one that refuses no values; what it refuses of its own input it has refused."""
        return self.derived(duplicates="last") if self.duplicates == "error" else self
