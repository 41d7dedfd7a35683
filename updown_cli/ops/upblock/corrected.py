"""A convolution that three more correct: what a small network adds to a linear block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from updown_cli.errors import ParameterError
from updown_cli.op.code import format_call, pad_code
from updown_cli.op.learnable import Arrays
from updown_cli.op.param_types import Int
from updown_cli.op.parameter import param
from updown_cli.op.shape import Shape, by_x
from updown_cli.ops.kernels.drawn import draw_weights
from updown_cli.ops.upblock.block_params import REPLICATE, edges
from updown_cli.ops.upblock.conv_block import BlockLayer, ConvBlock
from updown_cli.ops.upblock.learned import named_after
from updown_cli.ops.upblock.post_conv import convolution
from updown_cli.ops.upblock.script import Script
from updown_cli.ops.upblock.stages import INPUT, Stage, Stages

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

# The number of the first convolution that corrects, the sides of all three, and how small the
# last is at the start.
FIRST, SIDES, SLIGHT = 2, (5, 3, 3), 0.1


@dataclass(frozen=True, kw_only=True)
class CorrectedConv(ConvBlock, abstract=True):
    """A convolution; conv2, conv3 and so on of the file, with ReLU between, are added to it."""

    edges: str | None = edges()
    hidden: int | None = param(
        None,
        "Maps of three convolutions that correct the first, of a block that updown fit learns.",
        Int(min=1, max=1024),
    )

    @property
    def replicates(self) -> bool:
        """Whether pixels at the edges are around the image."""
        named = self.file is not None and self.file.is_named
        return (self.edges or named) in (REPLICATE, True)

    def corrections(self) -> tuple[str, ...]:
        """Return the names of the convolutions that correct, as the file has them."""
        names: list[str] = []
        while self.file is not None and self.file.has(f"conv{FIRST + len(names)}.weight"):
            names.append(f"conv{FIRST + len(names)}")
        return tuple(names)

    def keys(self) -> tuple[str, ...]:
        """Return those of all convolutions."""
        more = (f"{name}.{part}" for name in self.corrections() for part in ("weight", "bias"))
        return (*super().keys(), *more)

    def check_file(self) -> None:
        """Read those that correct as well: each sees what the one before gives."""
        super().check_file()
        assert self.file is not None
        outs, seen = self._first().shape[:2]
        for name in self.corrections():
            weight, _ = self._correction(name, seen)
            seen = len(weight)
            if not all(side % 2 for side in weight.shape[2:]):
                place = self.file.place(f"{name}.weight")
                raise ParameterError(
                    f"must have odd sides, not {by_x(weight.shape[2:])}", subject=place
                )
        if self.corrections() and seen != outs:
            place = self.file.place(f"{self.corrections()[-1]}.weight")
            raise ParameterError(f"gives {seen} maps, expected {outs}", subject=place)

    def _correction(self, name: str, ins: int | None) -> tuple[NDArray[Any], NDArray[Any] | None]:
        assert self.file is not None
        weight = self.file.array(f"{name}.weight", (None, ins, None, None))
        return weight, self.bias_or_none(f"{name}.bias", (len(weight),))

    def starting_arrays(self, shape: Shape, outs: int | None, seed: int, *, bias: bool) -> Arrays:
        """Return also those that correct, if they were asked for: at first by little."""
        import numpy as np

        arrays = super().starting_arrays(shape, outs, seed, bias=bias)
        if self.hidden is None:
            return arrays
        gives = len(next(iter(arrays.values())))
        maps = (shape.channels, self.hidden, self.hidden, gives)
        for number, side in enumerate(SIDES):
            name = f"conv{FIRST + number}"
            sizes = (maps[number + 1], maps[number], side, side)
            weight = draw_weights(sizes, seed, name) * (SLIGHT if number == 2 else 1.0)
            started = {"weight": weight, **({"bias": np.zeros(len(weight))} if bias else {})}
            arrays |= named_after(name, started)
        return arrays

    def knowing(self, file: str, prefix: str, names: tuple[str, ...]) -> Self:
        """Return the block that finds in the file what corrects it."""
        return replace(super().knowing(file, prefix, names), hidden=None)

    def corrected(self) -> Stages:
        """Return the convolution and, if the file has them, those that correct it and the sum."""
        (layer,) = self.layers()
        stages = [Stage(layer.name, partial(self.convolve, layer), of=(INPUT,))]
        before = INPUT
        for name in self.corrections():
            if before != INPUT:
                stages.append(Stage(f"relu-{before}", positive, of=(before,)))
                before = f"relu-{before}"
            stages.append(Stage(name, partial(self._correct, name), of=(before,)))
            before = name
        if before != INPUT:
            stages.append(Stage("sum", added, of=(layer.name, before)))
        return tuple(stages)

    def convolve(self, layer: BlockLayer, x: Tensor) -> Tensor:
        """Return one convolution that keeps the size."""
        return self._around(x, *self.weight(layer, x.shape[1]))

    def _correct(self, name: str, x: Tensor) -> Tensor:
        return self._around(x, *self._correction(name, None))

    def _around(self, x: Tensor, weight: NDArray[Any], bias: NDArray[Any] | None) -> Tensor:
        if not self.replicates:
            return convolution(x, weight, bias)
        return convolution(replicated(x, tuple(weight.shape[2:])), weight, bias, (0, 0, 0, 0))

    def write_corrected(self, script: Script) -> None:
        """Write what `corrected` does."""
        (layer,) = self.layers()
        assert script.last == "x"
        script.add(*self.weight_lines(layer, script.shape.channels))
        biases = self.bias_names(layer)
        self._write_one(script, layer.name, "x", layer.weight, biases, len(layer.taps))
        linear, before = script.last, "x"
        for number, name in enumerate(self.corrections(), FIRST):
            assert self.file is not None
            weight, bias = self._correction(name, None)
            biases = [f"bias{number}"] if bias is not None else []
            script.add(f"weight{number} = {self.file.array_code(f'{name}.weight')}")
            script.add(*(f"{one} = {self.file.array_code(f'{name}.bias')}" for one in biases))
            seen = before if before == "x" else f"{before}.relu()"
            self._write_one(script, name, seen, f"weight{number}", biases, weight.shape[2])
            before = script.last
        if before != "x":
            script.name("added", f"{linear} + {before}")

    def _write_one(
        self, script: Script, name: str, seen: str, weight: str, biases: list[str], side: int
    ) -> None:
        reach: int | None = side // 2
        if self.replicates:
            seen, reach = pad_code(seen, ((side // 2,) * 2,) * 2, mode=REPLICATE), None
        script.name(name, format_call("F.conv2d", seen, weight, *biases, padding=reach))


def replicated(x: Tensor, taps: tuple[int, ...]) -> Tensor:
    """Return an image with the pixels at its edges around it, as far as windows reach."""
    import torch.nn.functional as F

    down, right = (side // 2 for side in taps)
    return F.pad(x, (right, right, down, down), mode=REPLICATE)


def positive(x: Tensor) -> Tensor:
    """Return x with 0 for what is negative."""
    return x.relu()


def added(a: Tensor, b: Tensor) -> Tensor:
    """Return the sum."""
    return a + b
