"""Three ways to compute a transposed convolution, and the code of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from updown_cli.op.code import Lines
from updown_cli.ops.deconv import matrix, native, zero_insert
from updown_cli.ops.deconv.crops import DeconvCrop, DeconvSizes

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Method:
    """What is run of x, the weight, groups and crops; and its lines, told a bias.

    The bias is a name of an array that is added to each channel, or code that adds a number.
    """

    run: Callable[[Tensor, Tensor, int, list[DeconvCrop]], Tensor]
    lines: Callable[[DeconvSizes, list[str], str], Lines]


METHODS = {
    "native": Method(native.deconvolve_natively, native.native_lines),
    "zero-insert": Method(zero_insert.deconvolve_by_zeros, zero_insert.zero_insert_lines),
    "matrix": Method(matrix.deconvolve_by_matrix, matrix.matrix_lines),
}
