"""Functions of torch as nodes of ONNX: of each its operator, inputs and attributes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from updown_cli.errors import InputError

#: An operator, its inputs (tensors, arrays and other nodes) and its attributes.
Node = tuple[str, list[Any], dict[str, Any]]

# Functions of one tensor, and of two, whose operators take no attributes.
ALONE = {"relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid", "abs": "Abs", "neg": "Neg"}
PAIRED = {
    "add": "Add", "radd": "Add", "sub": "Sub", "mul": "Mul", "rmul": "Mul", "div": "Div",
    "truediv": "Div",
}  # fmt: skip

PADDINGS = {"constant": "constant", "replicate": "edge", "reflect": "reflect"}

# How torch places pixels, and what it takes for cubic interpolation.
MODES = {"nearest": "nearest", "bilinear": "linear", "bicubic": "cubic"}
CUBIC = -0.75


def node_of(name: str, arguments: dict[str, Any], result: Any) -> Node | None:
    """Return the node of a call whose arguments are by name; None where there is none."""
    x: Any = arguments.get("input")
    plain = name.strip("_")
    if plain in ALONE:
        return ALONE[plain], [x], {}
    if plain in PAIRED:
        return PAIRED[plain], [x, arguments["other"]], {}
    make = MAKERS.get(plain)
    return None if make is None else make(arguments, result)


def _conv(given: dict[str, Any], result: Any) -> Node:
    dims = result.dim() - 2
    padding = given.get("padding", 0)
    if isinstance(padding, str):
        raise InputError("a padding by name has no equal in ONNX")
    attributes = {
        "strides": _each(given.get("stride", 1), dims),
        "dilations": _each(given.get("dilation", 1), dims),
        "pads": _each(padding, dims) * 2,
        "group": given.get("groups", 1),
    }
    return "Conv", _with_bias(given), attributes


def _deconv(given: dict[str, Any], result: Any) -> Node:
    dims = result.dim() - 2
    kind, inputs, attributes = _conv(given, result)
    extra = _each(given.get("output_padding", 0), dims)
    return f"{kind}Transpose", inputs, {**attributes, "output_padding": extra}


def _with_bias(given: dict[str, Any]) -> list[Any]:
    bias = given.get("bias")
    return [given["input"], given["weight"], *([] if bias is None else [bias])]


def _shuffle(given: dict[str, Any], result: Any) -> Node:
    return "DepthToSpace", [given["input"]], {"blocksize": given["upscale_factor"], "mode": "CRD"}


def _unshuffle(given: dict[str, Any], result: Any) -> Node:
    """Return blocks as channels, which ONNX has side by side for each place in the block."""
    x, factor = given["input"], given["downscale_factor"]
    phases, channels = factor**2, x.shape[1]
    blocks: Node = ("SpaceToDepth", [x], {"blocksize": factor})
    order = [phase * channels + channel for channel in range(channels) for phase in range(phases)]
    return "Gather", [blocks, _whole(order)], {"axis": 1}


def _permute(given: dict[str, Any], result: Any) -> Node:
    dims = given["dims"]
    return "Transpose", [given["input"]], {"perm": list(dims)}


def _pad(given: dict[str, Any], result: Any) -> Node:
    import numpy as np

    pads = list(given["pad"])
    rank = result.dim()
    pairs = [(pads[n], pads[n + 1]) for n in range(0, len(pads), 2)][::-1]
    before = [0] * (rank - len(pairs)) + [first for first, _ in pairs]
    after = [0] * (rank - len(pairs)) + [last for _, last in pairs]
    mode = given.get("mode") or "constant"
    if mode not in PADDINGS:
        raise InputError(f"padding {mode} has no equal in ONNX")
    value = np.array(given.get("value") or 0.0, np.float32)
    inputs = [given["input"], _whole([*before, *after]), value]
    return "Pad", inputs[: 3 if mode == "constant" else 2], {"mode": PADDINGS[mode]}


def _interpolate(given: dict[str, Any], result: Any) -> Node:
    mode = given.get("mode", "nearest")
    if mode not in MODES or given.get("antialias"):
        raise InputError(f"interpolation {mode} with these options has no equal in ONNX")
    placing = "align_corners" if given.get("align_corners") else "half_pixel"
    attributes: dict[str, Any] = {"mode": MODES[mode], "coordinate_transformation_mode": placing}
    if mode == "nearest":
        attributes |= {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    if mode == "bicubic":
        attributes["cubic_coeff_a"] = CUBIC
    return "Resize", [given["input"], None, *_enlarged(given["input"], result)], attributes


def _enlarged(x: Any, result: Any) -> list[Any]:
    """Return by what sides are multiplied, which is right for any size, or else the sides."""
    import numpy as np

    ratios = [Fraction(b, a) for a, b in zip(x.shape, result.shape, strict=True)]
    scales = np.array([float(ratio) for ratio in ratios], np.float32)
    if all(Fraction(float(s)) == ratio for s, ratio in zip(scales, ratios, strict=True)):
        return [scales]
    return [None, _whole(result.shape)]


def pool_attributes(given: dict[str, Any], dims: int) -> dict[str, Any]:
    """Return the windows of a pool."""
    size = _each(given["kernel_size"], dims)
    stride = given.get("stride")
    return {
        "kernel_shape": size,
        "strides": size if stride in (None, []) else _each(stride, dims),
        "pads": _each(given.get("padding", 0), dims) * 2,
    }


def _pool(kind: str) -> Callable[[dict[str, Any], Any], Node]:
    def make(given: dict[str, Any], result: Any) -> Node:
        dims = result.dim() - 2
        ceiled = int(given.get("ceil_mode", False))
        attributes = {**pool_attributes(given, dims), "ceil_mode": ceiled}
        if kind == "MaxPool":
            attributes["dilations"] = _each(given.get("dilation", 1), dims)
        else:
            attributes["count_include_pad"] = int(given.get("count_include_pad", True))
        return kind, [given["input"]], attributes

    return make


def _gather(given: dict[str, Any], result: Any) -> Node:
    return "Gather", [given["input"], _whole(given["index"])], {"axis": given["dim"]}


def _repeat(given: dict[str, Any], result: Any) -> Node:
    attributes = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    scales = _enlarged(given["input"], result)
    return "Resize", [given["input"], None, *scales], {"mode": "nearest", **attributes}


def _norm(given: dict[str, Any], result: Any) -> Node:
    names = ("input", "weight", "bias", "running_mean", "running_var")
    if any(given.get(name) is None for name in names):
        raise InputError("a batch norm without weights has no equal in ONNX")
    return "BatchNormalization", [given[n] for n in names], {"epsilon": given.get("eps", 1e-5)}


def _leaky(given: dict[str, Any], result: Any) -> Node:
    return "LeakyRelu", [given["input"]], {"alpha": given.get("negative_slope", 0.01)}


MAKERS: dict[str, Callable[[dict[str, Any], Any], Node]] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _conv),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _deconv),
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool2d_with_indices"), _pool("MaxPool")),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d"), _pool("AveragePool")),
    "pixel_shuffle": _shuffle,
    "pixel_unshuffle": _unshuffle,
    "permute": _permute,
    "pad": _pad,
    "interpolate": _interpolate,
    "leaky_relu": _leaky,
    "index_select": _gather,
    "repeat_interleave": _repeat,
    "batch_norm": _norm,
}


def _each(value: Any, dims: int) -> list[int]:
    """Return a number for each axis."""
    given = [value] if isinstance(value, int) else list(value)
    return given * dims if len(given) == 1 else given


def _whole(numbers: Any) -> Any:
    import numpy as np

    return np.array([int(number) for number in numbers], np.int64)
