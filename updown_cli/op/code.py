"""Python as a person would write it: calls without the defaults, numbers, imports."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

Lines = list[str]

Pads = Sequence[tuple[int, int]]

WIDTH = 88

#: What torch takes where nothing is said; None is never said.
DEFAULTS: dict[str, object] = {
    "padding": 0,
    "dilation": 1,
    "output_padding": 0,
    "groups": 1,
    "ceil_mode": False,
    "count_include_pad": True,
    "return_indices": False,
    "align_corners": False,
    "antialias": False,
    "recompute_scale_factor": False,
}

#: Where the names come from that code may use beside x and its own.
IMPORTS = {
    "math": "import math",
    "cv2": "import cv2",
    "ndimage": "from scipy import ndimage",
    "transform": "from skimage import transform",
    "np": "import numpy as np",
    "onnx": "import onnx",
    "onnxruntime": "import onnxruntime",
    "jax": "import jax",
    "keras": "import keras",
    "tf": "import tensorflow as tf",
    "torch": "import torch",
    "F": "import torch.nn.functional as F",
    "load_file": "from safetensors.torch import load_file",
    "CubicSpline": "from scipy.interpolate import CubicSpline",
}

#: What places along the sides are called.
SIDES = {1: ("columns",), 2: ("rows", "columns"), 3: ("layers", "rows", "columns")}


class Code(str):
    """Text that is Python already, and no word in quotation marks."""

    __slots__ = ()


def with_imports(lines: Lines) -> str:
    """Return the lines below the imports of the names that they use."""
    text = "\n".join(lines)
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    imports = [line for name, line in IMPORTS.items() if name in used]
    blank = ["", ""] if text.startswith("def ") else [""]
    return "\n".join([*imports, *blank, *lines] if imports else lines) + "\n"


def literal(value: object) -> str:
    """Return a value as Python has it: whole floats without a point, equal words in quotes."""
    if isinstance(value, Code):
        return value
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, tuple):
        parts = ", ".join(map(literal, value))
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    if isinstance(value, float):
        return _real(value)
    return repr(value)


def _real(number: float) -> str:
    if not math.isfinite(number):
        return f"{'-' if number < 0 else ''}math.{abs(number)!s}"
    return repr(int(number)) if number.is_integer() else repr(number)


def quote(text: str) -> str:
    """Return text in quotation marks, double ones if it has none itself."""
    shown = repr(text)
    return shown if '"' in shown else f'"{shown[1:-1]}"'


def format_call(function: str, *arguments: str, **options: object) -> Code:
    """Return a call, over several lines if it is long; options that say nothing are left out."""
    said = {name: v for name, v in options.items() if v is not None and v != DEFAULTS.get(name)}
    parts = [*arguments, *(f"{name}={literal(value)}" for name, value in said.items())]
    line = f"{function}({', '.join(parts)})"
    if len(line) + len("weight = ") <= WIDTH:
        return Code(line)
    inside = ", ".join(parts)
    one_by_one = "\n".join(f"    {part}," for part in parts)
    indented = f"    {inside}" if len(inside) + 4 <= WIDTH else one_by_one
    return Code(f"{function}(\n{indented}\n)")


def format_rows(values: Any, function: str) -> str:
    """Return a call for nested rows of numbers, over several lines if it is long."""
    rows = _plain(values)
    line = f"{function}({rows})"
    if len(line) + len("weight = ") <= WIDTH:
        return line
    from pprint import pformat

    lines = pformat(rows, width=WIDTH - 4, compact=True).replace("\n", "\n    ")
    return f"{function}(\n    {lines}\n)"


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return int(value) if float(value).is_integer() else value


def one_for_all_axes(values: Sequence[Any]) -> Any:
    """Return one value for axes that have the same, which torch takes for all."""
    return values[0] if len(set(values)) == 1 else tuple(values)


def pad_code(tensor: str, pads: Pads, value: float = 0.0, mode: str | None = None) -> str:
    """Return the padding of the sides by (before, after); nothing where there is none."""
    amounts = tuple(chain.from_iterable(reversed(pads)))
    if not any(amounts):
        return tensor
    return format_call("F.pad", tensor, literal(amounts), mode=mode, value=value or None)


def symmetric(pads: Pads) -> bool:
    """Whether as much is padded before as after, so that a layer can do it itself."""
    return all(before == after >= 0 for before, after in pads)


def side_index(slices: Iterable[str]) -> str:
    """Return an index of the sides: `[:, :, ::2, ::2]`."""
    return f"[:, :, {', '.join(slices)}]"


def cross_index(names: Sequence[str]) -> str:
    """Return the index of all sides at these places: `[:, :, rows[:, None], columns]`."""
    last = len(names) - 1
    return side_index(
        name + (f"[:, {', '.join(['None'] * (last - axis))}]" if axis < last else "")
        for axis, name in enumerate(names)
    )


def taps_last(dims: int, *first: int) -> str:
    """Return what puts TensorFlow's axes, taps first, in torch's order: two axes, then the taps."""
    return f".permute({', '.join(map(str, [*(dims + axis for axis in first), *range(dims)]))})"


def every(length: int, step: int, out: int) -> str:
    """Return the slice of `length` places, `step` apart, of `out`."""
    end = "" if -(-out // step) == length else str(length * step)
    return f":{end}:{step}" if end or step > 1 else ":"
