"""Kernels and biases as TensorFlow code: NumPy arrays, taps first, that are cast to float32."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.op.code import Lines
from updown_cli.ops.kernels.kernel_code import added
from updown_cli.tensors.array_code import NUMPY, cast

if TYPE_CHECKING:
    from updown_cli.ops.kernels.layer import KernelLayer


def whole_filters(op: KernelLayer) -> str:
    """Return a file's whole weight of two axes of taps."""
    taps_first = op.weight_layout.startswith("hw")
    return NUMPY.loaded(op.kernel or "") + ("" if taps_first else ".transpose(2, 3, 1, 0)")


def lines_with_bias(op: KernelLayer, lines: Lines, convolved: str) -> Lines:
    """Return the lines, and what is convolved plus bias as y."""
    bias = op.bias
    if bias is None:
        return [*lines, f"y = {convolved}"]
    if isinstance(bias, str):
        return [*lines, f"bias = {cast(NUMPY.loaded(bias))}", f"y = {convolved} + bias"]
    if len(bias) == 1:
        return [*lines, f"y = {convolved}{added(bias[0])}"]
    return [*lines, f"y = {convolved} + {cast(NUMPY.of(bias))}"]
