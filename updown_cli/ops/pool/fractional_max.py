"""Fractional max pooling: maxima of windows at pseudo-random steps (Graham 2014)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.anatomy import NOTHING_AROUND
from updown_cli.op.array_names import METAVAR
from updown_cli.op.call import Call, TensorName, X
from updown_cli.op.file_role import ARRAYS
from updown_cli.op.input_span import InputSpan, whole_span
from updown_cli.op.integer_way import IntegerWay
from updown_cli.op.param_types import Flag, Int, Text
from updown_cli.op.parameter import Telling, as_typed, param
from updown_cli.op.per_axis import Scales, Sizes
from updown_cli.op.relative_size import RelativeSize
from updown_cli.op.shape import Shape, by_x
from updown_cli.op.size_text import SizeText, text_of_given_size
from updown_cli.op.strided import LARGEST
from updown_cli.ops.pool.integer_bins import fractional_maxima
from updown_cli.ops.pool.kept_indices import KeepsIndices
from updown_cli.tensors.array_code import OF_X
from updown_cli.tensors.weights import read_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.code import Lines

# Bytes of the largest integers that single precision holds; torch places windows in it then.
MOST_BYTES = 2


@dataclass(frozen=True, kw_only=True)
class FractionalMaxPool(KeepsIndices):
    """The largest value of windows at pseudo-random steps, as torch.nn.FractionalMaxPool2d.

    With a = (in - kernel_size) / (out - 1) and one random number u per image, channel and axis,
    window i starts at int((i + u) * a) - int(u * a), the last one at in - kernel_size
    (Graham, Fractional Max-Pooling, 2014).
    """

    command = "pool"
    mode = "fractional-max"
    why_whole = "windows differ by channel"
    around = NOTHING_AROUND

    kernel_size: tuple[int, ...] = param(
        (2,), "Pixels of a window.", Sizes(min=1, max=LARGEST), letter="k", telling=Telling.WINDOW
    )
    output_size: tuple[int, ...] | RelativeSize | None = param(
        None,
        "Size of the result.",
        Sizes(min=1, max=LARGEST, relative=True),
        telling=Telling.SIZE,
    )
    output_ratio: tuple[float, ...] | None = param(
        None, "Size of the result as a part of the input's, below 1.", Scales()
    )
    seed: int | None = param(
        None,
        "Seed of the random windows; drawn and reported if not given.",
        Int(min=0, max=(1 << 63) - 1),
    )
    same_windows: bool = param(
        False, "The same windows for all channels; colours stay together so.", Flag()
    )
    samples: str | None = param(
        None,
        "The random numbers u themselves, N x C x 2 in [0, 1), width before height.",
        Text(METAVAR),
        file=ARRAYS,
    )

    def check(self) -> None:
        """Ask for exactly one of size and ratio."""
        if (self.output_size is None) == (self.output_ratio is None):
            raise ParameterError(
                "fractional-max needs exactly one of these",
                subject="--output-size, --output-ratio",
            )
        if any(ratio >= 1 for ratio in self.output_ratio or ()):
            raise ParameterError(
                "must be less than 1", subject=f"--output-ratio {as_typed(self.output_ratio)}"
            )
        if self.samples is not None:
            values = read_weight("--samples", self.samples)
            if values.dtype.kind != "f" or not ((values >= 0) & (values < 1)).all():
                raise ParameterError(
                    "must hold numbers from 0 to below 1", subject=f"--samples {self.samples}"
                )

    def for_shape(self, shape: Shape) -> Self:
        """Turn the ratio into a size and draw a seed."""
        op = super().for_shape(shape)
        size = op.output_size
        if op.output_ratio is not None:
            ratios = zip(shape.size, op.output_ratio, strict=True)
            size = tuple(int(side * ratio) for side, ratio in ratios)
            if min(size) < 1:
                raise ShapeError(f"pool: nothing is left of a {shape} image")
        seed = int.from_bytes(os.urandom(4)) if op.seed is None else op.seed
        return op.derived(output_size=size, output_ratio=None, seed=seed)

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return the size asked for."""
        assert isinstance(self.output_size, tuple)
        if shape.dims == 1:
            raise ShapeError("fractional-max pools 2-D and 3-D data, not 1-D")
        spare = 1 if shape.dims == 3 else 0  # torch wants one more voxel than its formula needs
        for out, kernel, side in zip(self.output_size, self.kernel_size, shape.size, strict=True):
            if out + kernel - 1 + spare > side:
                raise ShapeError(
                    f"{by_x(self.output_size)} windows of {as_typed(self.kernel_size)} "
                    f"do not fit {by_x(shape.size)}",
                    hint=f"output size + kernel size - {1 - spare} must be at most the input size",
                )
        return self.output_size

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Tell whether it is the input's."""
        return text_of_given_size(shape.size, self.out_size(shape))

    def input_spans(self, shape: Shape) -> list[InputSpan]:
        """Return everything: where windows are differs by channel."""
        sides = zip(shape.size, self.kernel_size, strict=True)
        return [whole_span(side, taps=kernel) for side, kernel in sides]

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return the maxima of integers that single precision holds, without positions."""
        if self.keeps or shape.dims != 2 or dtype.itemsize > MOST_BYTES:
            return None
        return IntegerWay(partial(self._maxima_of_integers, shape))

    def _maxima_of_integers(self, shape: Shape, pixels: NDArray[Any]) -> NDArray[Any]:
        samples = self._samples(len(pixels), shape).float().numpy()
        return fractional_maxima(pixels, samples, self.kernel_size, self.out_size(shape))

    def maxima(self, x: Tensor, *, indices: bool) -> tuple[Tensor, Tensor | None]:
        """Return the maxima and their positions in one plane of x."""
        shape = Shape(*x.shape[1:])
        samples = self._samples(len(x), shape).to(x)
        result = self._call(shape, indices=indices).run(x=x, samples=samples)
        return result if indices else (result, None)

    def _call(self, shape: Shape, *, indices: bool) -> Call:
        options = {
            "kernel_size": self.kernel_size,
            "output_size": self.output_size,
            "return_indices": indices,
            "_random_samples": TensorName("samples"),
        }
        return Call(f"fractional_max_pool{shape.dims}d", (X,), options)

    def torch_code(self, shape: Shape, frames: int) -> Lines:
        """Return the maxima of windows at the same random steps."""
        call = self._call(shape, indices=self.keeps)
        return [*self._sample_lines(shape, frames), *self.kept_lines(call, shape, frames)]

    def _sample_lines(self, shape: Shape, frames: int) -> Lines:
        whole = f"{frames}, {shape.channels}, {shape.dims}"
        if self.samples is not None:
            return [f"samples = {OF_X.loaded(self.samples)}.expand({whole})"]
        drawn = f"{frames}, {1 if self.same_windows else shape.channels}, {shape.dims}"
        samples = f"torch.rand({drawn}, generator=random)"
        if drawn != whole:
            samples += f".expand({whole})"
        return [
            f"random = torch.Generator().manual_seed({self.seed})",
            f"samples = {samples}.to(x)",
        ]

    def _samples(self, images: int, shape: Shape) -> Tensor:
        import torch

        sizes = images, shape.channels, shape.dims
        if self.samples is not None:
            return _broadcast_samples(self.samples, sizes)
        assert self.seed is not None
        random = torch.Generator().manual_seed(self.seed)
        drawn = 1 if self.same_windows else shape.channels
        samples = torch.rand(images, drawn, shape.dims, generator=random)
        return samples.expand(sizes)

    def warnings(self, shape: Shape) -> list[str]:
        """Tell of windows that differ between colours."""
        if self.same_windows or self.samples is not None or shape.channels == 1:
            return []
        return [
            "every channel has windows of its own, as in torch; --same-windows keeps colours "
            "together"
        ]


def _broadcast_samples(path: str, shape: tuple[int, ...]) -> Tensor:
    import numpy as np
    import torch

    values = read_weight("--samples", path)
    try:
        return torch.from_numpy(np.broadcast_to(values, shape).astype(np.float64))
    except ValueError:
        reason = f"{by_x(values.shape)} numbers do not fit {by_x(shape)}"
        raise ShapeError(reason, subject=f"--samples {path}") from None
