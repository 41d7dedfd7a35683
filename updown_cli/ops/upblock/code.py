"""Learned blocks of convolutions as torch code, a line for each stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

from updown_cli.op.base import Op
from updown_cli.op.code import Lines, Writer, format_call, literal
from updown_cli.op.shape import Shape
from updown_cli.ops.shuffle.code import shuffled
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.upblock.conv_block import NORM, BlockLayer, ConvBlock, NormedBlock
from updown_cli.ops.upblock.fast_up_conv import FastUpConv
from updown_cli.ops.upblock.fast_up_proj import FastUpProj
from updown_cli.ops.upblock.meta import Meta
from updown_cli.ops.upblock.meta_code import meta
from updown_cli.ops.upblock.nn_conv import NNConv
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.ops.upblock.up_conv import UpConv
from updown_cli.ops.upblock.up_proj import UpProj
from updown_cli.ops.upblock.weights_code import (
    conv_weight,
    file_lines,
    has_bias,
    of_file,
    post_lines,
)

TWICE = ".repeat_interleave(2, 2).repeat_interleave(2, 3)"

# torch.nn.functional.batch_norm's own.
EPS = 1e-5


@dataclass
class Script:
    """Lines of a block for an image of a shape, and the name of the last result."""

    op: ConvBlock
    shape: Shape
    frames: int
    lines: Lines = field(default_factory=list)
    last: str = "x"

    def then(self, name: str, code: str) -> None:
        """Give a result a name."""
        self.lines.append(f"{name} = {code}")
        self.last = name

    def weights(self, layer: BlockLayer) -> None:
        """Define the weight of a layer, and its bias."""
        ins = self.shape.channels
        self.lines += conv_weight(self.op, layer, ins)

    def bias(self, layer: BlockLayer) -> list[str]:
        """Return the name of a layer's bias, if it has one."""
        return [f"bias{layer.number}"] if has_bias(self.op, layer) else []

    def convolve(self, layer: BlockLayer) -> None:
        """Convolve the last result, keeping its size."""
        self.weights(layer)
        arguments = [self.last, f"weight{layer.number}", *self.bias(layer)]
        self.then(layer.name, format_call("F.conv2d", *arguments, padding=len(layer.taps) // 2))

    def interleave(self, layer: BlockLayer) -> None:
        """Put together what four parts of a layer's kernel make of x."""
        self.weights(layer)
        size = literal((self.frames, self.channels, *self.op.out_size(self.shape)))
        self.then(layer.name, f"x.new_empty{size}")
        for row, column in product((0, 1), (0, 1)):
            where = f"[:, :, {row or ''}::2, {column or ''}::2]"
            pads = literal((1 - column, 1, 1 - row, 1))
            arguments = [f"F.pad(x, {pads})", f"weight{layer.number}{where}", *self.bias(layer)]
            self.lines.append(f"{layer.name}{where} = {format_call('F.conv2d', *arguments)}")

    def normalize(self, layer: BlockLayer) -> None:
        """Add a batch norm, unless it is switched off."""
        op = self.op
        assert isinstance(op, NormedBlock)
        if not op.batch_norm:
            return
        if op.file is None:
            norm = [f"x.new_zeros({self.channels})", f"x.new_ones({self.channels})"]
        else:
            named = {part: of_file(op, f"{layer.norm}.{part}") for part in NORM}
            self.lines += [f"{part} = {array}" for part, array in named.items()]
            norm = ["running_mean", "running_var", "weight", "bias"]
        eps = None if op.eps == EPS else op.eps
        self.then(layer.norm, format_call("F.batch_norm", self.last, *norm, eps=eps))

    def rectify(self, name: str) -> None:
        """Add a ReLU, unless it is switched off."""
        assert isinstance(self.op, NormedBlock)
        if self.op.relu:
            self.then(name, f"{self.last}.relu()")

    @property
    def channels(self) -> int:
        """Channels of the result, before what comes after the block."""
        return self.op.results(self.shape.channels)

    def done(self) -> Lines:
        """Return the lines, the last result being y, with what comes after the block."""
        end = [] if self.last == "y" else [f"y = {self.last}"]
        return [*file_lines(self.op), *self.lines, *end, *post_lines(self.op)]


def up_conv(op: UpConv, shape: Shape, frames: int) -> Lines:
    """Return zeros between pixels, a convolution, batch norm and ReLU."""
    script = Script(op, shape, frames)
    (layer,) = op.layers()
    _unpool(script)
    _enlarge(script, layer)
    script.normalize(layer)
    script.rectify("y")
    return script.done()


def _unpool(script: Script) -> None:
    if isinstance(script.op, (FastUpConv, FastUpProj)):
        return
    shape = script.shape
    size = literal((script.frames, shape.channels, *(2 * side for side in shape.size)))
    script.then("unpool", f"x.new_zeros{size}")
    script.lines.append("unpool[:, :, ::2, ::2] = x")


def _enlarge(script: Script, layer: BlockLayer) -> None:
    if isinstance(script.op, (FastUpConv, FastUpProj)):
        script.interleave(layer)
    else:
        script.last = "unpool"
        script.convolve(layer)


def up_proj(op: UpProj, shape: Shape, frames: int) -> Lines:
    """Return two branches, their sum and its ReLU."""
    script = Script(op, shape, frames)
    first, second, third = op.layers()
    _unpool(script)
    _enlarge(script, first)
    script.normalize(first)
    script.rectify("relu1")
    script.convolve(second)
    script.normalize(second)
    branch = script.last
    _enlarge(script, third)
    script.normalize(third)
    script.then("added", f"{branch} + {script.last}")
    script.rectify("y")
    return script.done()


def nn_conv(op: NNConv, shape: Shape, frames: int) -> Lines:
    """Return a convolution with what follows it, and every pixel twice, in their order."""
    script = Script(op, shape, frames)
    (layer,) = op.layers()
    if op.order == "upsample-first":
        script.then("nearest", f"x{TWICE}")
    script.convolve(layer)
    script.normalize(layer)
    script.rectify("relu")
    if op.order == "conv-first":
        script.then("y", f"{script.last}{TWICE}")
    return script.done()


def subpixel(op: SubPixel, shape: Shape, frames: int) -> Lines:
    """Return a convolution and a shuffling."""
    script = Script(op, shape, frames)
    (layer,) = op.layers()
    script.convolve(layer)
    many = Shape(script.channels * op.phases, *shape.size)
    shuffle = Shuffle(upscale_factor=op.upscale_factor, order=op.channel_order).for_shape(many)
    script.lines += shuffled(shuffle, many, frames, script.last, "y")
    script.last = "y"
    return script.done()


def subpixel_transposed(op: SubPixel, shape: Shape, frames: int) -> Lines | None:
    """Return a sub-pixel convolution as one transposed convolution; None if a bias is in the way.

    Kernels are turned round, and the phases of a channel stand between each other's taps.
    """
    script = Script(op, shape, frames)
    (layer,) = op.layers()
    if script.bias(layer) or op.post_conv is not None or op.channel_order != "crd":
        return None
    script.weights(layer)
    r, k = op.upscale_factor, op.kernel_size
    padding = {"stride": r, "padding": r * (k - 1) // 2}
    script.lines += [
        f"kernels = weight1.unflatten(0, (-1, {r}, {r})).flip(-2, -1)",
        "# in x out x tap and phase of the rows x those of the columns",
        "weight = kernels.permute(3, 0, 4, 1, 5, 2).flatten(4, 5).flatten(2, 3)",
        f"y = {format_call('F.conv_transpose2d', 'x', 'weight', **padding)}",
    ]
    return script.lines


BLOCKS: dict[type[Op], Writer] = {
    UpConv: up_conv,
    FastUpConv: up_conv,
    UpProj: up_proj,
    FastUpProj: up_proj,
    NNConv: nn_conv,
    SubPixel: subpixel,
    Meta: meta,
}
