"""Enlarging by zeros between pixels, or without multiplying by them (Laina 2016)."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from updown_cli.op.code import format_call, literal
from updown_cli.ops.upblock.conv_block import BlockLayer, ConvBlock
from updown_cli.ops.upblock.post_conv import convolution
from updown_cli.ops.upblock.stages import INPUT, Stage, Stages

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.ops.upblock.script import Script

# What interpolates pixels with zeros between them, and what keeps pixels.
ENLARGING = (0.25, 0.75, 0.75, 0.25, 0.0)
KEEPING = (0.0, 1.0, 0.0)

# Rows and columns of the result, by whether their number is odd.
PARITIES = {0: "even", 1: "odd"}


class ZerosBetween(ConvBlock, abstract=True):
    """Enlarging by zeros between pixels, once, and 5x5 convolutions of that."""

    def start(self) -> Stages:
        """Return the unpooling: every pixel at the top left of 2x2, zeros elsewhere."""
        return (Stage("unpool", insert_zeros_2x2),)

    def enlarging(self, layer: BlockLayer) -> Stages:
        """Return a convolution of what `start` gives."""
        return (Stage(f"conv{layer.number}", partial(self.convolve, layer), of=("unpool",)),)

    def write_start(self, script: Script) -> None:
        """Write the unpooling."""
        size = (script.frames, script.shape.channels, *(2 * side for side in script.shape.size))
        script.name("unpool", f"x.new_zeros{literal(size)}")
        script.add("unpool[:, :, ::2, ::2] = x")

    def write_enlarging(self, script: Script, layer: BlockLayer) -> None:
        """Write a convolution of what `write_start` gives."""
        script.last = "unpool"
        self.write_convolution(script, layer)


class Interleaved(ZerosBetween, abstract=True):
    """The same from four convolutions of the image itself, one for each place in 2x2."""

    def start(self) -> Stages:
        """Return nothing: the zeros are never multiplied."""
        return ()

    def enlarging(self, layer: BlockLayer) -> Stages:
        """Return the four convolutions and their interleaving."""
        name = f"conv{layer.number}"
        parts = {
            f"{name}-{PARITIES[row]}-{PARITIES[column]}": partial(self._part, layer, row, column)
            for row, column in product(PARITIES, PARITIES)
        }
        convolved = tuple(Stage(part, made, of=(INPUT,)) for part, made in parts.items())
        return (*convolved, Stage(name, interleave_2x2, of=tuple(parts)))

    def write_start(self, script: Script) -> None:
        """Write nothing."""

    def write_enlarging(self, script: Script, layer: BlockLayer) -> None:
        """Write the four convolutions and their interleaving."""
        channels = self.results(script.shape.channels)
        script.add(*self.weight_lines(layer, script.shape.channels))
        size = literal((script.frames, channels, *self.out_size(script.shape)))
        script.name(layer.name, f"x.new_empty{size}")
        for row, column in product(PARITIES, PARITIES):
            where = f"[:, :, {row or ''}::2, {column or ''}::2]"
            pads = literal((1 - column, 1, 1 - row, 1))
            arguments = [f"F.pad(x, {pads})", f"{layer.weight}{where}", *self.bias_names(layer)]
            script.add(f"{layer.name}{where} = {format_call('F.conv2d', *arguments)}")

    def _part(self, layer: BlockLayer, row: int, column: int, x: Tensor) -> Tensor:
        """Return the convolution with every second tap, from this row and column on.

        Three taps reach one pixel to both sides, two the next one only: zeros go after.
        """
        weight, bias = self.weight(layer, x.shape[1])
        pads = (1 - column, 1, 1 - row, 1)
        return convolution(x, weight[:, :, row::2, column::2], bias, pads)


def insert_zeros_2x2(x: Tensor) -> Tensor:
    """Return every pixel at the top left of 2x2, zeros elsewhere."""
    height, width = x.shape[2:]
    result = x.new_zeros(*x.shape[:2], 2 * height, 2 * width)
    result[:, :, ::2, ::2] = x
    return result


def interleave_2x2(*parts: Tensor) -> Tensor:
    """Return one picture of four: those of even rows, then of odd ones, even columns first."""
    height, width = parts[0].shape[2:]
    result = parts[0].new_empty(*parts[0].shape[:2], 2 * height, 2 * width)
    for part, (row, column) in zip(parts, product(PARITIES, PARITIES), strict=True):
        result[:, :, row::2, column::2] = part
    return result
