"""The way through a network to a unit and back as torch code."""

from __future__ import annotations

from keyword import iskeyword

from updown_cli.op.base import Op
from updown_cli.op.code import IMPORTS, Lines, Writer, format_call, literal, one_for_all_axes
from updown_cli.op.shape import Shape
from updown_cli.ops.deconvnet.chain import Chain
from updown_cli.ops.deconvnet.deconvnet import TOP, Deconvnet, place_of
from updown_cli.ops.deconvnet.description import Input
from updown_cli.ops.deconvnet.layers import NetworkLayer, NetworkPool, NetworkRelu
from updown_cli.ops.deconvnet.weighted import NetworkConv, Weighted
from updown_cli.ops.unpool.scatter import scatter_lines
from updown_cli.tensors.array_code import OF_X, all_arrays

# Names that the code has besides the layers'.
OWN_NAMES = (
    *("x", "y", "file", "pixels", "normalised", "back", "signal"),
    *("strongest", "at", "maps", "unit", "images", "place"),
    *("where", "values", "order", "last", "len"),
)


def deconvnet(op: Deconvnet, shape: Shape, frames: int) -> Lines:
    """Return the layers, the units, and the layers backwards."""
    chain = op.chain()
    shapes = chain.sizes(shape)
    path = chain.weights.file.path
    names = _names(chain)
    inputs = ["normalised", *names]
    before = list(zip(chain.layers, names, inputs, shapes, strict=False))
    last = names[-1]
    back = [line for step in reversed(before) for line in _back(op, chain, *step, frames)]
    return [
        f"file = {all_arrays(path)}",
        *_input(chain.input, shape),
        *(line for step in before for line in _forward(chain, *step)),
        "",
        "",
        "def back(signal):",
        *(f"    {line}" for line in back),
        "    return signal",
        "",
        "",
        *_units(op, last, shapes[-1], frames),
    ]


def _names(chain: Chain) -> list[str]:
    """Return the layers' names as variables, as they are or with their number."""
    words = ["".join(c if c.isalnum() else "_" for c in layer.name) for layer in chain.layers]
    taken = {*OWN_NAMES, *IMPORTS}
    return [
        word
        if word.isidentifier()
        and not iskeyword(word)
        and words.count(word) == 1
        and word not in taken
        else f"layer{number}_{word}"
        for number, word in enumerate(words, start=1)
    ]


def _input(given: Input, shape: Shape) -> Lines:
    """Return what the first layer sees."""
    size, x = given.sides(shape.size), "x"
    lines = ["# x is from 0 to 1: code values divided by white, 255 for 8 bits."]
    if size != shape.size:
        resized = format_call("F.interpolate", "x", size=size, mode="bilinear", antialias=True)
        lines, x = [*lines, f"pixels = {resized}"], "pixels"
    if set(given.mean) != {0.0}:
        x = f"{x} - {_each(given.mean)}"
    if set(given.std) != {1.0}:
        x = f"({x})" if " " in x else x
        x = f"{x} / {_each(given.std)}"
    return [*lines, f"normalised = {x}"]


def _each(values: tuple[float, ...]) -> str:
    if len(values) == 1:
        return literal(values[0])
    return f"{OF_X.of(values)}.view(-1, 1, 1)"


def _forward(chain: Chain, layer: NetworkLayer, name: str, given: str, shape: Shape) -> Lines:
    """Return the values of a layer, and what the way back needs."""
    if isinstance(layer, Weighted):
        path = chain.weights.file.path
        weight = OF_X.in_file(path, layer.weight, file="file")
        if not isinstance(layer, NetworkConv):
            weight += f".unflatten(1, {literal(tuple(shape))})"
        lines, arguments = [f"{name}_weight = {weight}"], [given, f"{name}_weight"]
        if layer.bias is not None:
            lines.append(f"{name}_bias = {OF_X.in_file(path, layer.bias, file='file')}")
            arguments.append(f"{name}_bias")
        return [*lines, f"{name} = {format_call('F.conv2d', *arguments, **_window(layer))}"]
    if isinstance(layer, NetworkPool):
        pooled = format_call(
            "F.max_pool2d",
            given,
            kernel_size=one_for_all_axes(layer.kernel_size),
            stride=layer.stride and one_for_all_axes(layer.stride),
            padding=one_for_all_axes(layer.padding),
            ceil_mode=layer.ceil_mode,
            return_indices=True,
        )
        return [f"{name}, {name}_places = {pooled}"]
    return [f"{name} = {given}.relu()"]


def _window(layer: Weighted) -> dict[str, object]:
    """Return torch's arguments of a convolution; its stride is 1 by default."""
    window = {
        n: one_for_all_axes(v) if isinstance(v, tuple) else v for n, v in layer.window().items()
    }
    return {n: v for n, v in window.items() if (n, v) != ("stride", 1)}


def _back(
    op: Deconvnet,
    chain: Chain,
    layer: NetworkLayer,
    name: str,
    given: str,
    shape: Shape,
    frames: int,
) -> Lines:
    """Return the signal in the layer's values as one in the layer's input."""
    if isinstance(layer, NetworkRelu):
        signal = "signal" if op.rule == "gradient" else "signal.relu()"
        mask = "" if op.rule == "deconvnet" else f" * ({given} > 0)"
        return [f"signal = {signal}{mask}"]
    if isinstance(layer, NetworkPool):
        planes = (frames, shape.channels)
        places = f"{name}_places"
        return scatter_lines("signal", places, shape.size, op.duplicates, planes, "signal")
    assert isinstance(layer, Weighted)
    options = _window(layer) | {
        "output_padding": one_for_all_axes(layer.unread(shape, chain.weights))
    }
    return [f"signal = {format_call('F.conv_transpose2d', 'signal', f'{name}_weight', **options)}"]


def _units(op: Deconvnet, last: str, shape: Shape, frames: int) -> Lines:
    """Return the way back of one unit, or the sum of several."""
    value = last if op.start == "activation" else f"torch.ones_like({last})"
    if "," in op.unit:
        place = "[:, {}, {}, {}]".format(*place_of(op.unit))
        return [
            f"signal = torch.zeros_like({last})",
            f"signal{place} = {value}{place}",
            "y = back(signal)",
        ]
    lines = [
        "# The strongest place of each map.",
        f"strongest, at = {last}.flatten(2).max(2)",
    ]
    if not op.unit.startswith(TOP):
        return [*lines, *_alone(value, last, shape, op.unit), "y = back(signal)"]
    count = op.unit.removeprefix(TOP)
    return [
        *lines,
        f"maps = strongest.sort(descending=True, stable=True).indices[:, :{count}]",
        "y = 0",
        "for unit in maps.T:  # one of each image",
        *(f"    {line}" for line in _alone(value, last, shape, "unit")),
        "    y = y + back(signal)",
    ]


def _alone(value: str, last: str, shape: Shape, unit: str) -> Lines:
    """Return a signal of zeros but for the strongest place of a map of every image."""
    images = f"torch.arange(len({last}))"
    return [
        f"images = {images}",
        f"place = images, {unit}, at[images, {unit}]",
        f"signal = torch.zeros_like({last}).flatten(2)",
        f"signal[place] = {value}.flatten(2)[place]",
        f"signal = signal.unflatten(2, {literal(shape.size)})",
    ]


NETWORKS: dict[type[Op], Writer] = {Deconvnet: deconvnet}
