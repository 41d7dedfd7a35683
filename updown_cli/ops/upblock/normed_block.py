"""Blocks of convolutions that batch norm and ReLU can follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.code import format_call
from updown_cli.op.param_types import Flag, Float
from updown_cli.op.parameter import param
from updown_cli.op.size_text import SizeText
from updown_cli.ops.kernels.layer import tensor_like
from updown_cli.ops.upblock.conv_block import BlockLayer, ConvBlock
from updown_cli.ops.upblock.learned import named_after
from updown_cli.ops.upblock.script import Script
from updown_cli.ops.upblock.stages import Stage, Stages

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.learnable import Arrays
    from updown_cli.op.shape import Shape

# torch.nn.functional.batch_norm's own.
EPS = 1e-5

# What a batch norm has, and what a new one starts with.
NORM = {"weight": 1.0, "bias": 0.0, "running_mean": 0.0, "running_var": 1.0}


@dataclass(frozen=True, kw_only=True)
class NormedBlock(ConvBlock, abstract=True):
    """Convolutions that batch norm and ReLU can follow."""

    batch_norm: bool = param(
        True,
        "Normalize after every convolution, as torch.nn.BatchNorm2d.eval() does, by bnN.weight, "
        "bnN.bias, bnN.running_mean and bnN.running_var.",
        Flag(),
    )
    eps: float = param(
        EPS, "Added to running_var; some TensorFlow models have 1e-4.", Float(min=0, max=1)
    )
    relu: bool = param(True, "Set what is negative to 0.", Flag())

    def keys(self) -> tuple[str, ...]:
        """Return those of the convolutions, then those of their batch norms."""
        return (*super().keys(), *(f"{la.norm}.{part}" for la in self.layers() for part in NORM))

    def check_file(self) -> None:
        """Read the batch norms as well; refuse variances below 0."""
        super().check_file()
        assert self.file is not None
        for layer in self.layers() if self.batch_norm else ():
            *_, variance = self._norm(layer, self._first().shape[0])
            if variance.min() < 0:
                place = self.file.place(f"{layer.norm}.running_var")
                raise ParameterError("must not be negative", subject=place)

    def starting_arrays(self, shape: Shape, outs: int | None, seed: int, *, bias: bool) -> Arrays:
        """Return the convolutions, and batch norms that change nothing."""
        import numpy as np

        arrays = super().starting_arrays(shape, outs, seed, bias=bias)
        for layer in self.layers() if self.batch_norm else ():
            count = len(arrays[f"{layer.name}.weight"])
            norm = {part: np.full(count, value) for part, value in NORM.items()}
            arrays |= named_after(layer.norm, norm)
        return arrays

    def constants(self) -> tuple[str, ...]:
        """Return means and variances, which scale and shift make up for."""
        layers = self.layers() if self.batch_norm else ()
        return tuple(f"{la.norm}.running_{part}" for la in layers for part in ("mean", "var"))

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return twice the sides."""
        return tuple(2 * side for side in shape.size)

    def normed(self, layer: BlockLayer) -> Stages:
        """Return the batch norm of a layer, unless it is switched off."""
        return (Stage(layer.norm, partial(self._normalize, layer)),) if self.batch_norm else ()

    def rectified(self, name: str = "relu") -> Stages:
        """Return a ReLU, unless it is switched off."""
        return (Stage(name, positive_part),) if self.relu else ()

    def size_formula(self, shape: Shape) -> list[SizeText]:
        """Return twice the sides."""
        return [("2 * in", {})] * shape.dims

    def write_norm(self, script: Script, layer: BlockLayer) -> None:
        """Write the batch norm of a layer, unless it is switched off."""
        if not self.batch_norm:
            return
        if self.file is None:
            channels = self.results(script.shape.channels)
            norm = [f"x.new_zeros({channels})", f"x.new_ones({channels})"]
        else:
            named = {part: self.file.array_code(f"{layer.norm}.{part}") for part in NORM}
            script.add(*(f"{part} = {array}" for part, array in named.items()))
            norm = ["running_mean", "running_var", "weight", "bias"]
        eps = None if self.eps == EPS else self.eps
        script.name(layer.norm, format_call("F.batch_norm", script.last, *norm, eps=eps))

    def write_relu(self, script: Script, name: str) -> None:
        """Write a ReLU, unless it is switched off."""
        if self.relu:
            script.name(name, f"{script.last}.relu()")

    def _normalize(self, layer: BlockLayer, x: Tensor) -> Tensor:
        import torch.nn.functional as F

        norm = (tensor_like(x, numbers) for numbers in self._norm(layer, x.shape[1]))
        scale, shift, mean, variance = norm
        return F.batch_norm(x, mean, variance, scale, shift, eps=self.eps)

    def _norm(self, layer: BlockLayer, channels: int) -> list[NDArray[Any]]:
        """Return weight, bias, mean and variance of a batch norm."""
        import numpy as np

        if self.file is None:
            return [np.full(channels, start) for start in NORM.values()]
        return [self.file.array(f"{layer.norm}.{part}", (channels,)) for part in NORM]


def positive_part(x: Tensor) -> Tensor:
    """Return x with 0 for what is negative."""
    return x.relu()


def rectify(values: Tensor, channels: slice) -> Tensor:
    """Return values with 0 for what is negative, in their place."""
    return values.relu_()
