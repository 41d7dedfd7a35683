"""The code that computes what an operation does: torch's, and TensorFlow's where it is equal."""

from __future__ import annotations

from updown_cli.op.base import Op
from updown_cli.op.code import with_imports
from updown_cli.op.shape import Shape

#: Where TensorFlow's code differs from torch's even in what x is.
LAYOUT = "# x and y are frames x sides x channels."


def torch_code(op: Op, shape: Shape, frames: int = 1) -> str:
    """Return Python that makes `y` of the tensor `x`, so many frames of a shape, as `op` does.

    Max unpool takes `indices` as well, positions in one plane as torch counts them, and grad
    unpool `source`, what was pooled. A pool that keeps positions makes `indices`. The code is for
    this shape; it raises what `Op.out_shape` raises.
    """
    op = op.for_shape(shape)
    op.out_shape(shape)
    return with_imports([*op.on_x(), *op.torch_code(shape, frames)])


def transposed_code(op: Op, shape: Shape, frames: int = 1) -> str | None:
    """Return torch code of a sub-pixel convolution as a transposed one; None of anything else."""
    op = op.for_shape(shape)
    op.out_shape(shape)
    lines = op.transposed_code(shape, frames)
    return None if lines is None else with_imports([*op.on_x(), *lines])


def tensorflow_code(op: Op, shape: Shape) -> str | None:
    """Return TensorFlow 2 code that makes `y` of `x`, frames x sides x channels, as `op` does.

    None where TensorFlow has nothing that is equal. A pool that keeps positions makes `indices`,
    and grad unpool takes `source`, both in the layout of x.
    """
    op = op.for_shape(shape)
    op.out_shape(shape)
    lines = op.tensorflow_code(shape)
    return None if lines is None else with_imports([LAYOUT, *op.on_x(), *lines])
