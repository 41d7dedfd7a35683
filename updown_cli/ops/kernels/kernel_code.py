"""Kernels, weights and biases as torch code: numbers, names, and lines that load a file."""

from __future__ import annotations

import math
from collections.abc import Sequence

from updown_cli.op.array_names import names_file, split_key
from updown_cli.op.code import WIDTH, Lines, literal
from updown_cli.op.shape import Shape
from updown_cli.ops.kernels.layer import KernelLayer
from updown_cli.ops.kernels.named import FIXED, SMOOTH, Kernel, rows_or_file
from updown_cli.tensors.array_code import OF_X, Arrays
from updown_cli.tensors.weights import open_weights


def weight_lines(op: KernelLayer, shape: Shape, groups: int, arrays: Arrays = OF_X) -> Lines:
    """Return lines that define torch's weight: a file's, or kernels for each channel by itself."""
    if op.is_whole(shape):
        return [f"weight = {arrays.loaded(op.kernel or '')}{op.layout_code(shape.dims)}"]
    lines, names = kernels_of(op, shape, arrays)
    taps = op.kernels(shape).shape[1:]
    outs = shape.channels * op.repeats(len(names))
    if len(names) > 1:
        ones = ", ".join(["1"] * (shape.dims + 1))
        stacked = f"torch.stack([{', '.join(names)}])[:, None]"
        return [*lines, f"weight = {stacked}.repeat({groups}, {ones})"]
    if outs == 1:
        return [*lines, f"weight = {names[0]}[None, None]"]
    return [*lines, f"weight = {names[0]}.expand({literal((outs, 1, *taps))[1:-1]})"]


def kernels_of(op: KernelLayer, shape: Shape, arrays: Arrays = OF_X) -> tuple[Lines, list[str]]:
    """Return lines that define kernels of the data's rank, and their names."""
    kernel, taps = Kernel(op.kernel or ""), op.kernels(shape).shape[1:]
    levels = [1.0 if op.level() == 1 else float(stride) for stride in op.stride]
    return kernel_lines(kernel, taps, levels, shape.dims, arrays)


def kernel_lines(
    kernel: Kernel, size: Sequence[int], level: Sequence[float], dims: int, arrays: Arrays = OF_X
) -> tuple[Lines, list[str]]:
    """Return lines that define kernels of rank `dims`, and their names.

    Smooth kernels have this size, and along each axis their taps sum to the level.
    """
    lines: Lines = []
    names: list[str] = []
    for part in kernel.parts:
        known = part in SMOOTH or part in FIXED
        name = part.replace("-", "_") if known and len(kernel.parts) > 1 else "kernel"
        name = name if name not in names else f"{name}_{len(names) + 1}"
        if part in SMOOTH:
            lines += _smooth(part, name, size, level, arrays)
        else:
            lines.append(f"{name} = {_given(FIXED.get(part, part), dims, arrays)}")
        names.append(name)
    return lines, names


def _given(text: str, dims: int, arrays: Arrays) -> str:
    """Return the kernel of a file or of rows; a single row has one axis where data has one."""
    values = rows_or_file("", text)
    one_row = dims == 1 and values.ndim == 2 and values.shape[0] == 1
    if names_file(text):
        return arrays.loaded(text) + ("[0]" if one_row else "")
    return arrays.of((values[0] if one_row else values).tolist())


def _smooth(
    part: str, name: str, size: Sequence[int], level: Sequence[float], arrays: Arrays
) -> Lines:
    """Return a named kernel as the outer product of its taps along each axis."""
    if part == "box":
        share = f"{literal(float(math.prod(level)))} / {math.prod(size)}"
        return [f"{name} = {arrays.full(size, share)}"]
    lines: Lines = []
    axes = list(zip(size, level, strict=True))
    names = {axis: f"taps_{n}" for n, axis in enumerate(dict.fromkeys(axes), start=1)}
    if len(names) == 1:
        names = dict.fromkeys(names, "taps")
    for (side, wanted), taps in names.items():
        lines += _taps(part, taps, side, wanted, arrays)
    return [*lines, f"{name} = {arrays.outer([names[axis] for axis in axes])}"]


def _taps(part: str, name: str, side: int, level: float, arrays: Arrays) -> Lines:
    """Return the taps of one axis, scaled to their level."""
    values = SMOOTH[part](side)
    total = sum(values)
    lines = [f"{name} = {_formula(part, side, arrays)}"]
    comment = f"  # {', '.join(f'{value:.4g}' for value in values)}"
    if part == "bilinear" and len(lines[0] + comment) <= WIDTH:
        lines[0] += comment
    if abs(total - level) > 1e-12:
        scale = "" if level == 1 else f" * {literal(level)}"
        lines.append(f"{name} = {name} / {name}.sum(){scale}")
    return lines


def _formula(part: str, side: int, arrays: Arrays) -> str:
    """Return what `ops.kernels.named` computes for so many taps."""
    taps = arrays.places(side)
    if part == "identity":
        return f"(1 - abs({taps} - {side // 2})).clip(0)"
    if part == "gaussian":
        sigma = 0.3 * ((side - 1) / 2 - 1) + 0.8
        middle = literal((side - 1) / 2)
        return f"{arrays.module}.exp(-((({taps} - {middle}) / {sigma:.15g}) ** 2) / 2)"
    factor = (side + 1) // 2
    centre = factor - 1 if side % 2 else factor - 0.5
    return f"1 - abs({taps} - {literal(float(centre))}) / {factor}"


def bias_lines(
    bias: tuple[float, ...] | str | None, channels: int, arrays: Arrays = OF_X
) -> tuple[Lines, list[str], str]:
    """Return lines that define a bias, its name if it has one, and what else is added."""
    if bias is None:
        return [], [], ""
    if isinstance(bias, str):
        size = open_weights("", split_key(bias)[0]).array(split_key(bias)[1]).size
        spread = f".expand({channels})" if size != channels else ""
        return [f"bias = {arrays.loaded(bias)}{spread}"], ["bias"], ""
    if len(bias) == 1:
        return [], [], added(bias[0])
    return [f"bias = {arrays.of(bias)}"], ["bias"], ""


def view_by_channel(name: str, dims: int) -> str:
    """Return one number for each channel as it is added to every value of the channel."""
    return f"{name}.view({', '.join(['-1', *['1'] * dims])})"


def added(value: float) -> str:
    """Return `+ value` or `- value`."""
    return f" - {literal(-float(value))}" if value < 0 else f" + {literal(float(value))}"
