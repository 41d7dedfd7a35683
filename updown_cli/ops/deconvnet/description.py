"""The JSON that describes a network: what it reads, then its layers in order."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError, ParameterError
from updown_cli.op.code import format_call, literal
from updown_cli.op.meant import nearest_name
from updown_cli.op.param_types import Floats, Int
from updown_cli.op.parameter import param
from updown_cli.op.per_axis import Sizes
from updown_cli.op.schema import Given, SchemaError
from updown_cli.op.strided import LARGEST
from updown_cli.ops.deconvnet.fields import fields_of, load_fields
from updown_cli.ops.deconvnet.layer_code import INPUT
from updown_cli.ops.deconvnet.layers import NetworkLayer, NetworkPool, NetworkRelu
from updown_cli.ops.deconvnet.weighted import NetworkConv, NetworkLinear
from updown_cli.stores.names import status_of
from updown_cli.tensors.array_code import OF_X
from updown_cli.tensors.json_files import read_json

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.op.code import Lines
    from updown_cli.op.shape import Shape

LAYER_TYPES: dict[str, type[NetworkLayer]] = {
    cls.type: cls for cls in (NetworkConv, NetworkRelu, NetworkPool, NetworkLinear)
}

# The description of a network of a thousand layers has a tenth of this.
MOST_BYTES = 1 << 20
MOST_LAYERS = 1000

# Descriptions that are kept while their files do not change.
OPEN_FILES = 4


@dataclass(frozen=True, kw_only=True)
class Input:
    """What the first layer gets: the picture, from 0 to 1, resized, less the mean, by the std."""

    channels: int = param(3, "Channels of the picture.", Int(min=1, max=LARGEST), required=True)
    size: tuple[int, ...] | None = param(
        None, "Height and width it is resized to; as it is if not given.", Sizes(min=1, max=LARGEST)
    )
    mean: tuple[float, ...] = param((0.0,), "Subtracted, for each channel.", Floats())
    std: tuple[float, ...] = param((1.0,), "Then divided by, for each channel.", Floats())

    def check(self) -> None:
        """Refuse other counts than one or one per channel, and a std of nothing."""
        for name, numbers in (("mean", self.mean), ("std", self.std)):
            if len(numbers) not in (1, self.channels):
                raise SchemaError(
                    f"{len(numbers)} numbers for {self.channels} channels", subject=f"input.{name}"
                )
        if min(self.std) <= 0:
            raise SchemaError("must be more than 0", subject="input.std")

    def sides(self, size: tuple[int, ...]) -> tuple[int, ...]:
        """Return the sides that the first layer gets for a picture with these."""
        given = self.size or size
        return given * 2 if len(given) == 1 else given

    def pixels(self, x: Tensor, white: float) -> Tensor:
        """Return 1 x C x H x W of code values between 0 and 1, at the size of the first layer."""
        import torch.nn.functional as F

        x, size = x / white, self.sides(tuple(x.shape[2:]))
        if size == tuple(x.shape[2:]):
            return x
        return F.interpolate(x, size, mode="bilinear", align_corners=False, antialias=True)

    def normalised(self, pixels: Tensor) -> Tensor:
        """Return (pixels - mean) / std."""
        mean, std = (pixels.new_tensor(v).view(1, -1, 1, 1) for v in (self.mean, self.std))
        return (pixels - mean) / std

    def lines(self, shape: Shape) -> Lines:
        """Return the same of x as code."""
        size, x = self.sides(shape.size), "x"
        lines = ["# x is from 0 to 1: code values divided by white, 255 for 8 bits."]
        if size != shape.size:
            resized = format_call("F.interpolate", "x", size=size, mode="bilinear", antialias=True)
            lines, x = [*lines, f"pixels = {resized}"], "pixels"
        if set(self.mean) != {0.0}:
            x = f"{x} - {_by_channel(self.mean)}"
        if set(self.std) != {1.0}:
            x = f"({x})" if " " in x else x
            x = f"{x} / {_by_channel(self.std)}"
        return [*lines, f"{INPUT} = {x}"]


def _by_channel(values: tuple[float, ...]) -> str:
    if len(values) == 1:
        return literal(values[0])
    return f"{OF_X.of(values)}.view(-1, 1, 1)"


@dataclass(frozen=True)
class Network:
    """What a description says."""

    input: Input
    layers: tuple[NetworkLayer, ...]

    def until(self, name: str) -> tuple[NetworkLayer, ...]:
        """Return the layers up to this one; raise ParameterError if there is none of the name."""
        names = tuple(layer.name for layer in self.layers)
        if name not in names:
            hint = nearest_name(name, names).removeprefix("; ")
            raise ParameterError(
                f"is none of {', '.join(names)}", subject=f"--layer {name}", hint=hint
            )
        return self.layers[: names.index(name) + 1]


def read_network(path: str) -> Network:
    """Return the network that a file describes; raise ParameterError for what is none."""
    status = status_of(path)
    try:
        return _read(path, None if status is None else status.stamp)  # opening it tells why
    except InputError as error:
        subject = ": ".join(filter(None, (f"--net {path}", error.subject)))
        raise ParameterError(error.reason, subject=subject, hint=error.hint) from None


@lru_cache(maxsize=OPEN_FILES)
def _read(path: str, stamp: Hashable) -> Network:
    too_large = f"more than {MOST_BYTES} bytes are no description of a network"
    return network_from_json(read_json(path, MOST_BYTES, too_large))


def network_from_json(data: Any) -> Network:
    """Return the network that parsed JSON describes; raise SchemaError where it does not fit."""
    whole = Given(data)
    if not isinstance(data, dict):
        raise whole.error("must be an object with input and layers", shown=False)
    whole.table(("input", "layers", "about"))
    of_input = whole.member("input")
    of_input.table(fields_of(Input))
    given = load_fields(Input, of_input)
    given.check()
    return Network(given, _layers(whole.member("layers")))


def _layers(given: Given) -> tuple[NetworkLayer, ...]:
    layers = tuple(map(_layer, given.entries("layers", 1, MOST_LAYERS)))
    first: dict[str, int] = {}
    for number, layer in enumerate(layers):
        other = first.setdefault(layer.name, number)
        if other != number:
            name = given.entries("layers", 1, MOST_LAYERS)[number].member("name")
            raise name.error(f"is layers[{other}]'s too")
    return layers


def _layer(given: Given) -> NetworkLayer:
    layer_type = LAYER_TYPES[given.member("type").word(LAYER_TYPES)]
    given.table(("type", *fields_of(layer_type)))
    layer: NetworkLayer = load_fields(layer_type, given)
    try:
        layer.check()
    except ValueError as error:
        raise given.error(str(error), shown=False) from None
    return layer
