"""What a chain asks of torch as a graph of ONNX: nodes, constants, and tensors by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from updown_cli.errors import InputError

# The version of the operators, and of the format, which ONNX Runtime has long known.
OPSET, FORMAT = 18, 9

# What stands in a shape for the side of the input, and for what is left.
AS_IT_WAS, LEFT = 0, -1

SIDES = ("depth", "height", "width")


@dataclass(frozen=True)
class Place:
    """What the values of a tensor are in a graph, in which shape: there it may have another."""

    name: str
    shape: tuple[int, ...]


class Stored:
    """Values as a graph has them."""

    def __init__(self, place: Place) -> None:
        self.place, self.shape = place, place.shape


@dataclass
class Graph:
    """Nodes and constants, each with a name, in the order in which they were asked for.

    A node without a kind is what ONNX has not; its first input is the reason.
    """

    nodes: list[tuple[str, list[str], list[str], dict[str, Any]]] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    result: str = ""

    def add(self, kind: str, inputs: list[Any], attributes: dict[str, Any], outs: int = 1) -> str:
        """Write a node down, after those among its inputs, and return the name of its result."""
        names = [self.name_of(one) for one in inputs]
        target = f"v{len(self.nodes)}"
        targets = [target, *(f"{target}_{more}" for more in range(1, outs))]
        self.nodes.append((kind, names, targets, attributes))
        return target

    def refuse(self, reason: str) -> str:
        """Return the name of what cannot be had; that matters only where it is used."""
        self.nodes.append(("", [reason], [name := f"v{len(self.nodes)}"], {}))
        return name

    def name_of(self, value: Any) -> str:
        """Return the name of a tensor, a constant or another node; empty for None."""
        if value is None:
            return ""
        if isinstance(value, tuple):
            return self.add(*value)
        place = getattr(value, "place", None)
        if place is None:
            return self._constant(value)
        shape = tuple(value.shape)
        return str(place.name) if shape == place.shape else self._reshaped(place, shape)

    def _reshaped(self, place: Place, shape: tuple[int, ...]) -> str:
        """Return the name of values in another shape, told by that of before where it can be."""
        import numpy as np

        kept = [n < len(place.shape) and side == place.shape[n] for n, side in enumerate(shape)]
        told = [AS_IT_WAS if k else side for k, side in zip(kept, shape, strict=True)]
        if kept.count(False) == 1:
            told[kept.index(False)] = LEFT
        return self.add("Reshape", [Stored(place), np.array(told, np.int64)], {})

    def _constant(self, value: Any) -> str:
        import numpy as np
        import torch

        name = f"c{len(self.constants)}"
        array = value.numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
        whole = array.dtype.kind == "i" and array.ndim
        self.constants[name] = array if whole else np.ascontiguousarray(array, np.float32)
        return name

    def used(self) -> Graph:
        """Return what the result is made of; raise InputError where ONNX has not all of it."""
        wanted, nodes = {self.result}, []
        for node in reversed(self.nodes):
            kind, inputs, targets, _ = node
            if wanted.isdisjoint(targets):
                continue
            if not kind:
                raise InputError(inputs[0])
            wanted.update(inputs)
            nodes.append(node)
        constants = {name: array for name, array in self.constants.items() if name in wanted}
        return Graph(nodes[::-1], constants, self.result)

    def same_as(self, other: Graph) -> bool:
        """Whether both do the same, whatever size they were made for."""
        import numpy as np

        return (
            (self.nodes, self.result) == (other.nodes, other.result)
            and [*self.constants] == [*other.constants]
            and all(np.array_equal(a, other.constants[n]) for n, a in self.constants.items())
        )

    def model(self, onnx: Any, sides: tuple[tuple[int, ...], ...], *, free: bool) -> bytes:
        """Return all as a file, for what has such sides, or for images of any height and width."""
        helper, single = onnx.helper, onnx.TensorProto.FLOAT
        nodes = [helper.make_node(kind, *ends, **more) for kind, *ends, more in self.nodes]
        nodes.append(helper.make_node("Identity", [self.result], ["y"]))
        ends = [
            helper.make_tensor_value_info(name, single, _told(shape, before) if free else shape)
            for name, shape, before in zip("xy", sides, ("", "out_"), strict=True)
        ]
        constants = [onnx.numpy_helper.from_array(a, n) for n, a in self.constants.items()]
        graph = helper.make_graph(nodes, "updown", ends[:1], ends[1:], constants)
        versions = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=FORMAT)
        model.producer_name = "updown"
        onnx.checker.check_model(model)
        data: bytes = model.SerializeToString()
        return data


def _told(shape: tuple[int, ...], before: str) -> list[int | str]:
    names = SIDES[len(SIDES) - (len(shape) - 2) :]
    return [*shape[:2], *(f"{before}{name}" for name in names)]
