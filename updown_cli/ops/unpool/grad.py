"""Unpooling as the gradient of a max pool does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from updown_cli.errors import ShapeError
from updown_cli.op.call import TensorName
from updown_cli.op.code import Code, format_call
from updown_cli.op.file_role import FileRole
from updown_cli.op.input_span import InputSpan
from updown_cli.op.param_types import Text
from updown_cli.op.parameter import param, redeclare
from updown_cli.op.pool_indices import NAME_SIGN
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import SizeText, text_of_given_size
from updown_cli.op.strided import Strided
from updown_cli.op.tensorflow_windows import padding_name, windows
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.unpool.scatter import IndexedUnpool
from updown_cli.ops.unpool.undo import Unpool

if TYPE_CHECKING:
    from updown_cli.op.code import Lines


@dataclass(frozen=True, kw_only=True)
class GradUnpool(IndexedUnpool, Strided):
    """Every value at the first maximum of its window of the source; where several are, their sum.

    The input holds the values, one for each window: a gradient, or anything that has the size of
    the pooled source. It is the gradient of torch.nn.MaxPool2d, and TensorFlow's max_pool_grad.
    The size is the source's.
    """

    command = "unpool"
    mode = "grad"
    duplicates: ClassVar[str] = "sum"  # type: ignore[misc]

    source: str | None = param(
        None,
        "The image or array that was pooled; a folder or a template for several inputs.",
        Text("FILE"),
        required=True,
        file=FileRole(what="source", each_input=True),
    )
    padding: tuple[int, ...] | str = redeclare(Unpool, "padding", (0,))
    dilation: tuple[int, ...] = redeclare(MaxPool, "dilation", (1,))
    ceil_mode: bool = redeclare(MaxPool, "ceil_mode", False)
    output_size: tuple[int, ...] | None = redeclare(Unpool, "output_size", None)

    @property
    def told_by(self) -> str | None:
        """Return the name of the source."""
        return self.source

    def pool(self) -> MaxPool:
        """Return the pool whose gradient this is, saving positions."""
        shared = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
        return MaxPool(save_indices=NAME_SIGN, **{name: getattr(self, name) for name in shared})

    def source_pool(self) -> MaxPool:
        """Return that pool."""
        return self.pool()

    def example_size(self, peek: Callable[[str], tuple[Shape, int]]) -> tuple[Shape, int] | None:
        """Return what the source pools to."""
        if self.source is None:
            return None
        source, frames = peek(self.source)
        return self.pool().out_shape(source), frames

    def check(self) -> None:
        """Refuse what the pool refuses."""
        self.pool()

    def with_source(self, source: Shape, values: Shape) -> Self:
        """Take the size of the source; raise ShapeError unless it pools to the values' shape."""
        pooled = self.pool().out_shape(source)
        if pooled != values:
            raise ShapeError(
                f"pools to {pooled}, but there are {values} values",
                hint="give the source and the windows of the pool",
            )
        if self.output_size not in (None, source.size):
            size = by_x(self.output_size or ())
            raise ShapeError(f"is {by_x(source.size)}, not --output-size {size}")
        return self.derived(output_size=source.size)

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size of the source."""
        if self.output_size is None:
            raise ShapeError("the source is not known")
        return self.output_size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Tell whether it is the input's."""
        return text_of_given_size(shape.size, self.out_size(shape))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return what the windows of the pool are undone by."""
        pool = self.for_shape(shape).pool().for_shape(shape)
        return pool.undone_spans(Shape(shape.channels, *self.out_size(shape)), shape)

    def selects_values(self) -> bool:
        """Integers stay integers."""
        return True

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the gradient of the pool at `source`."""
        source = Shape(shape.channels, *self.out_size(shape))
        pooled = self.pool().for_shape(source).max_call(source, TensorName("source"))
        return [
            "source = source.clone().requires_grad_()",
            f"pooled = {pooled.code()}",
            "(y,) = torch.autograd.grad(pooled, source, grad_outputs=x)",
        ]

    def tensorflow_code(self, shape: Shape) -> Lines | None:
        """Return the gradient of max pool at `source`."""
        padding = padding_name(self.padding, ceil_mode=self.ceil_mode)
        if padding is None or shape.dims != 2 or max(self.dilation) > 1:
            return None
        assert self.kernel_size is not None
        assert self.stride is not None
        said = windows(self.kernel_size, self.stride)
        pooled = format_call("tf.nn.max_pool2d", "source", **said, padding=padding)
        given = {"orig_input": "source", "orig_output": "pooled", "grad": "x"}
        names = {name: Code(value) for name, value in given.items()}
        raw = {"ksize": [1, *self.kernel_size, 1], "strides": [1, *self.stride, 1]}
        gradient = format_call("tf.raw_ops.MaxPoolGrad", **names, **raw, padding=padding)
        return [f"pooled = {pooled}", f"y = {gradient}"]
