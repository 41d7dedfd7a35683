"""Blocks of convolutions: their layers, batch norm and ReLU, by the keys of a file."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.param_types import Flag, Float
from updown_cli.op.parameter import param
from updown_cli.ops.kernels.layer import tensor_like
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.block_weights import by_channel, draw_weights
from updown_cli.ops.upblock.post_conv import convolution
from updown_cli.ops.upblock.stages import Stage, Stages

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.shape import Shape
    from updown_cli.tensors.weights import Expected

# What a batch norm has, and what a new one starts with.
NORM = {"weight": 1.0, "bias": 0.0, "running_mean": 0.0, "running_var": 1.0}


@dataclass(frozen=True)
class BlockLayer:
    """A convolution: its number, and the taps along an axis with which the block interpolates.

    `share` is its part of the sum that it goes into; one that is not `first` sees results of
    another, not the image.
    """

    number: int
    taps: tuple[float, ...]
    share: float = 1.0
    first: bool = True

    @property
    def name(self) -> str:
        """Name of the convolution."""
        return f"conv{self.number}"

    @property
    def norm(self) -> str:
        """Name of the batch norm after it."""
        return f"bn{self.number}"

    def shape(self, ins: int | None, outs: int | None) -> Expected:
        """Return (out, in, height, width)."""
        return (outs, ins, len(self.taps), len(self.taps))


@dataclass(frozen=True, kw_only=True)
class ConvBlock(Block):
    """Convolutions by number, `conv1.weight` and `conv1.bias`. Subclasses give `layers`."""

    @abstractmethod
    def layers(self) -> tuple[BlockLayer, ...]:
        """Return the convolutions in the order of their numbers."""

    def keys(self) -> tuple[str, ...]:
        """Return the weight and bias of every convolution."""
        return tuple(f"{la.name}.{part}" for la in self.layers() for part in ("weight", "bias"))

    def check_file(self) -> None:
        """Read every array; the first convolution tells how many channels there are."""
        outs, ins = self._first().shape[:2]
        for layer in self.layers():
            self.weight(layer, ins if layer.first else outs)

    def results(self, ins: int) -> int:
        """Return the channels of the first convolution, those of the image for a new block."""
        if self.file is None:
            return ins
        outs, takes = self._first().shape[:2]
        if takes != ins:
            raise self.misfit("conv1.weight", takes, ins)
        return int(outs)

    def _first(self) -> NDArray[Any]:
        assert self.file is not None
        return self.file.array("conv1.weight", self.layers()[0].shape(None, None))

    def weight(self, layer: BlockLayer, ins: int) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """Return the weight and bias of a convolution that sees so many channels."""
        if self.file is None:
            return self.new_weight(layer, ins), None
        outs = self._first().shape[0]
        weight = self.file.array(f"{layer.name}.weight", layer.shape(ins, outs))
        return weight, self.bias_or_none(f"{layer.name}.bias", (outs,))

    def new_weight(self, layer: BlockLayer, ins: int) -> NDArray[Any]:
        """Return the weight with which a convolution starts, that keeps the channels."""
        import numpy as np

        taps = (len(layer.taps),) * 2
        if self.init == "random":
            return draw_weights((ins, ins, *taps), self.seed or 0, layer.name)
        return by_channel(layer.share * np.outer(layer.taps, layer.taps), ins)

    def convolve(self, layer: BlockLayer, x: Tensor) -> Tensor:
        """Return one convolution that keeps the size."""
        return convolution(x, *self.weight(layer, x.shape[1]))


@dataclass(frozen=True, kw_only=True)
class NormedBlock(ConvBlock):
    """Convolutions that batch norm and ReLU can follow."""

    batch_norm: bool = param(
        True,
        "Normalize after every convolution as torch.nn.BatchNorm2d.eval() does, by bnN.weight, "
        "bnN.bias, bnN.running_mean and bnN.running_var.",
        Flag(),
    )
    eps: float = param(
        1e-5, "Added to running_var; some TensorFlow models have 1e-4.", Float(min=0, max=1)
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

    def out_size(self, shape: Shape) -> tuple[int, ...]:
        """Return twice the sides."""
        return tuple(2 * side for side in shape.size)

    def normed(self, layer: BlockLayer) -> Stages:
        """Return the batch norm of a layer, unless it is switched off."""
        return (Stage(layer.norm, partial(self._normalize, layer)),) if self.batch_norm else ()

    def rectified(self, name: str = "relu") -> Stages:
        """Return a ReLU, unless it is switched off."""
        return (Stage(name, positive_part),) if self.relu else ()

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
