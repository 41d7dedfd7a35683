"""Blocks of convolutions: their layers by the keys of a file."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import Lines, format_call, literal
from updown_cli.op.integer_way import BYTE
from updown_cli.ops.kernels.byte_rows import ByteRows, single
from updown_cli.ops.kernels.drawn import draw_weights, drawn_lines
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.block_weights import by_channel
from updown_cli.ops.upblock.byte_kernel import ByteKernel
from updown_cli.ops.upblock.learned import named_after
from updown_cli.ops.upblock.post_conv import convolution
from updown_cli.ops.upblock.script import Script
from updown_cli.tensors.array_code import OF_X

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.op.integer_way import IntegerWay
    from updown_cli.op.learnable import Arrays
    from updown_cli.op.shape import Shape
    from updown_cli.tensors.weights import Expected


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
    def weight(self) -> str:
        """Name of its weight in code."""
        return f"weight{self.number}"

    @property
    def norm(self) -> str:
        """Name of the batch norm after it."""
        return f"bn{self.number}"

    def shape(self, ins: int | None, outs: int | None) -> Expected:
        """Return (out, in, height, width)."""
        return (outs, ins, len(self.taps), len(self.taps))


@dataclass(frozen=True, kw_only=True)
class ConvBlock(Block, abstract=True):
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

    def takes(self) -> int | None:
        """Return the channels of the first convolution."""
        return int(self._first().shape[1])

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

    def starting_arrays(self, shape: Shape, outs: int | None, seed: int, *, bias: bool) -> Arrays:
        """Return the weight of every convolution as a new block has it, and biases of 0."""
        import numpy as np

        ins, block = shape.channels, self.derived(seed=seed)
        arrays: Arrays = {}
        outs = self.check_outs(ins, outs)
        for layer in self.layers():
            weight = block.new_weight(layer, ins)
            if outs != ins:
                taps, seen = weight.shape[2:], ins if layer.first else outs
                weight = draw_weights((len(weight) // ins * outs, seen, *taps), seed, layer.name)
            started = {"weight": weight, **({"bias": np.zeros(len(weight))} if bias else {})}
            arrays |= named_after(layer.name, started)
        return arrays

    def new_weight(self, layer: BlockLayer, ins: int) -> NDArray[Any]:
        """Return the weight with which a convolution starts, that keeps the channels."""
        import numpy as np

        taps = (len(layer.taps),) * 2
        if self.init == "random":
            return draw_weights((ins, ins, *taps), self.seed or 0, layer.name)
        return by_channel(layer.share * np.outer(layer.taps, layer.taps), ins)

    def lines(self, shape: Shape, frames: int) -> Lines:
        """Return the stages one after the other."""
        script = Script(shape, frames)
        self.write(script)
        return script.finish()

    @abstractmethod
    def write(self, script: Script) -> None:
        """Write the code of the stages."""

    def write_convolution(self, script: Script, layer: BlockLayer) -> None:
        """Convolve the last result, keeping its size."""
        script.add(*self.weight_lines(layer, script.shape.channels))
        arguments = [script.last, layer.weight, *self.bias_names(layer)]
        padding = len(layer.taps) // 2
        script.name(layer.name, format_call("F.conv2d", *arguments, padding=padding))

    def weight_lines(self, layer: BlockLayer, ins: int) -> Lines:
        """Return lines that define the weight of a layer, and its bias if it has one."""
        if self.file is None:
            return self.new_weight_lines(layer, ins)
        lines = [f"{layer.weight} = {self.file.array_code(f'{layer.name}.weight')}"]
        biases = self.bias_names(layer)
        return lines + [f"{b} = {self.file.array_code(f'{layer.name}.bias')}" for b in biases]

    def bias_names(self, layer: BlockLayer) -> list[str]:
        """Return the name of a layer's bias in code, if one is added."""
        has = self.file is not None and self.biases and self.file.has(f"{layer.name}.bias")
        return [f"bias{layer.number}"] if has else []

    def new_weight_lines(self, layer: BlockLayer, ins: int) -> Lines:
        """Return lines that define what `new_weight` gives."""
        side = len(layer.taps)
        if self.init == "random":
            return [
                *drawn_lines((ins, ins, side, side), self.seed or 0, layer.name),
                f"{layer.weight} = torch.from_numpy(numbers).to(x)",
            ]
        share = f"{literal(layer.share)} * " if layer.share != 1 else ""
        return [
            f"taps = {OF_X.of(layer.taps)}",
            f"channels = torch.eye({ins}).to(x)[:, :, None, None]  # each by itself",
            f"{layer.weight} = torch.kron(channels, {share}torch.outer(taps, taps))",
        ]

    def integer_way(self, shape: Shape, dtype: Any) -> IntegerWay | None:
        """Return how a block of one convolution works on bytes."""
        if dtype != "uint8" or not self.only_pixels() or self.post is not None:
            return None
        alone = self.by_channel(shape.channels)
        layer, *more = self.layers()
        weight, bias = self.weight(layer, 1 if alone else shape.channels)
        if more or bias is not None:
            return None
        made = self.byte_rows(shape, ByteKernel(single(weight), shape.channels, alone))
        return None if made is None else made.integer_way()

    def byte_rows(self, shape: Shape, kernel: ByteKernel) -> ByteRows | None:
        """Return the block on bytes, with its convolution's weight; None if it needs floats."""
        return None

    @property
    def byte_white(self) -> float | None:
        """What bytes are divided by."""
        return float(BYTE) if self.input_range == "unit" else None

    def convolve(self, layer: BlockLayer, x: Tensor) -> Tensor:
        """Return one convolution that keeps the size."""
        return convolution(x, *self.weight(layer, x.shape[1]))
