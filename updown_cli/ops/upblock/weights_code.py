"""The numbers of learned blocks as torch code: a file's, drawn ones, and those of a start."""

from __future__ import annotations

import math

from updown_cli.op.array_names import split_key
from updown_cli.op.code import Lines, format_call, literal, one_for_all_axes
from updown_cli.ops.kernels.code import bias_lines
from updown_cli.ops.upblock.block import Block
from updown_cli.ops.upblock.conv_block import BlockLayer, ConvBlock
from updown_cli.ops.upblock.subpixel import SubPixel
from updown_cli.tensors.array_code import OF_X, all_arrays
from updown_cli.tensors.weights import read_weight

FILE = "file"


def file_lines(op: Block) -> Lines:
    """Return the line that opens the file, if there is one, and what x must be."""
    lines = [] if op.weights is None else [f"{FILE} = {all_arrays(split_key(op.weights)[0])}"]
    if op.input_range == "unit":
        lines.insert(0, "# x is from 0 to 1: code values divided by white, 255 for 8 bits.")
    return lines


def of_file(op: Block, key: str) -> str:
    """Return an array of the block's file."""
    path, prefix = split_key(op.weights or "")
    return OF_X.in_file(path, f"{prefix}.{key}" if prefix else key, file=FILE)


def drawn(shape: tuple[int, ...], seed: int, key: str) -> Lines:
    """Return lines that draw what `ops.upblock.block_weights.drawn` draws, as `numbers`."""
    inputs = math.prod(shape[1:])
    return [
        f'random = np.random.default_rng([{seed}, *b"{key}"])',
        f"numbers = random.uniform(-({inputs}**-0.5), {inputs}**-0.5, {literal(shape)})",
    ]


def conv_weight(op: ConvBlock, layer: BlockLayer, ins: int) -> Lines:
    """Return lines that define the weight of a layer, and its bias if it has one."""
    name = f"weight{layer.number}"
    if op.file is None:
        return _new_weight(op, layer, name, ins)
    lines = [f"{name} = {of_file(op, f'{layer.name}.weight')}"]
    if has_bias(op, layer):
        lines.append(f"bias{layer.number} = {of_file(op, f'{layer.name}.bias')}")
    return lines


def has_bias(op: ConvBlock, layer: BlockLayer) -> bool:
    """Whether a bias is added."""
    return op.file is not None and op.biases and op.file.has(f"{layer.name}.bias")


def _new_weight(op: ConvBlock, layer: BlockLayer, name: str, ins: int) -> Lines:
    seed, side = op.seed or 0, len(layer.taps)
    if isinstance(op, SubPixel):
        return _new_phases(op, layer, name, ins)
    if op.init == "random":
        return [
            *drawn((ins, ins, side, side), seed, layer.name),
            f"{name} = torch.from_numpy(numbers).to(x)",
        ]
    share = f"{literal(layer.share)} * " if layer.share != 1 else ""
    return [
        f"taps = {OF_X.of(layer.taps)}",
        f"channels = torch.eye({ins}).to(x)[:, :, None, None]  # each by itself",
        f"{name} = torch.kron(channels, {share}torch.outer(taps, taps))",
    ]


def _new_phases(op: SubPixel, layer: BlockLayer, name: str, ins: int) -> Lines:
    """Return the weight of a sub-pixel convolution, with a kernel for each phase."""
    side, phases, seed = op.kernel_size, op.phases, op.seed or 0
    by_channel = op.channel_order == "crd"
    if op.init == "random":
        return [
            *drawn((ins * phases, ins, side, side), seed, layer.name),
            f"{name} = torch.from_numpy(numbers).to(x)",
        ]
    if op.init == "icnr":
        again = f".repeat_interleave({phases}, 0)" if by_channel else f".repeat({phases}, 1, 1, 1)"
        return [
            *drawn((ins, ins, side, side), seed, layer.name),
            f"{name} = torch.from_numpy(numbers).to(x){again}",
        ]
    r, order = op.upscale_factor, "opiab" if by_channel else "poiab"
    return [
        "# Taps that interpolate at each phase, in rows and columns, for each channel by itself.",
        f"phase = (torch.arange({r}).to(x)[:, None] + 0.5) / {r} - 0.5",
        f"taps = (1 - (torch.arange({side}) - {side // 2} - phase).abs()).clamp(min=0)",
        "taps = taps / taps.sum(1, keepdim=True)",
        'phases = torch.einsum("pa,qb->pqab", taps, taps).flatten(0, 1)',
        f'{name} = torch.einsum("oi,pab->{order}", torch.eye({ins}).to(x), phases).flatten(0, 1)',
    ]


def post_lines(op: Block) -> Lines:
    """Return the convolution of y that comes after the block."""
    if op.post_conv is None:
        return []
    outs, _, *taps = read_weight("--post-conv", op.post_conv).shape
    lines, bias, plus = bias_lines(op.post_conv_bias, outs)
    arguments = ["y", "weight", *([bias] if bias else [])]
    convolved = format_call(
        "F.conv2d", *arguments, padding=one_for_all_axes([side // 2 for side in taps])
    )
    return [f"weight = {OF_X.loaded(op.post_conv)}", *lines, f"y = {convolved}{plus}"]
