"""A chain run once, and what it asks of torch written down."""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.fit.forward import run_steps
from updown_cli.fit.onnx_graph import Graph, Place, Stored
from updown_cli.fit.onnx_nodes import Node, node_of, pool_attributes

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.pipeline.plan import Plan

# What moves no value of a tensor in memory: its shape alone may be another.
VIEWS = ("flatten", "unflatten", "reshape", "view", "unsqueeze", "squeeze", "contiguous", "to")

# A pool whose positions are given as well, and what puts values at positions.
POOL_WITH_POSITIONS, PUT = "max_pool2d_with_indices", "scatter"

# Names of arguments of functions that Python cannot tell.
KNOWN = {
    "conv": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "conv_transpose": (
        *("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"),
    ),
    "max_pool": ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "avg_pool": ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"),
    "max_pool2d_with_indices": (
        *("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    ),
    "scatter": ("input", "dim", "index", "src"),
    "pixel_shuffle": ("input", "upscale_factor"),
    "pixel_unshuffle": ("input", "downscale_factor"),
    "pad": ("input", "pad", "mode", "value"),
    "interpolate": ("input", "size", "scale_factor", "mode", "align_corners"),
    "leaky_relu": ("input", "negative_slope"),
    "index_select": ("input", "dim", "index"),
    "repeat_interleave": ("input", "repeats", "dim"),
    "batch_norm": ("input", "running_mean", "running_var", "weight", "bias"),
}
PAIR = ("input", "other")


def trace(plan: Plan, x: Tensor) -> Graph:
    """Return the graph of what a plan makes of x."""
    import torch

    tracer = Tracer()
    with torch.no_grad():
        made = run_steps(plan.steps, tracer.traced(x, Place("x", tuple(x.shape))), 1.0)
    if not hasattr(made, "place"):
        raise InputError("values are put into parts of a picture, which has no equal in ONNX here")
    tracer.graph.result = tracer.graph.name_of(made)
    return tracer.graph.used()


class Tracer:
    """Writes into a graph what is done with tensors that it has seen."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.kind = _traced_kind(self)
        self.positions: list[Positions] = []

    def traced(self, tensor: Any, place: Place) -> Any:
        """Return a tensor whose every use is written down."""
        found = tensor.detach().as_subclass(self.kind)
        found.place = place
        return found

    def seen(self, name: str, given: dict[str, Any], result: Any) -> Any:
        """Write a call down, and return its result."""
        plain, x = name.strip("_"), given["input"]
        if isinstance(result, tuple):
            return self._pooled(plain, given, result)
        if plain in VIEWS or (plain == "getitem" and result.numel() == x.numel()):
            return self.traced(result, x.place) if hasattr(x, "place") else result
        if plain == PUT:
            return self._put_back(given, result)
        return self.traced(result, Place(self._added(name, given, result), tuple(result.shape)))

    def _added(self, name: str, given: dict[str, Any], result: Any, outs: int = 1) -> str:
        try:
            node = node_of(name, given, result)
        except InputError as error:
            return self.graph.refuse(error.reason)
        if node is None:
            return self.graph.refuse(f"torch's {name} has no equal in ONNX here")
        return self.graph.add(*node, outs=outs)

    def _pooled(self, name: str, given: dict[str, Any], result: tuple[Any, ...]) -> Any:
        values, *rest = result
        target = self._added(name, given, values, outs=2)
        if name == POOL_WITH_POSITIONS:
            found = Positions(target, rest[0], tuple(given["input"].shape), given)
            self.positions.append(found)
        return self.traced(values, Place(target, tuple(values.shape))), *rest

    def _put_back(self, given: dict[str, Any], result: Any) -> Any:
        """Write down that values go to where a pool took them from, if that is what is done."""
        for one in reversed(self.positions):
            if one.are(given["index"]) and result.numel() == math.prod(one.source):
                shape = one.source
                name = self.graph.add(*one.unpool(given["src"]))
                return self.traced(result, Place(name, shape))
        reason = "values are put where no pool that ONNX has took them from"
        return self.traced(result, Place(self.graph.refuse(reason), tuple(result.shape)))


@dataclass(frozen=True)
class Positions:
    """What a pool of a source gives beside its maxima: its second result in the graph."""

    pool: str
    indices: Tensor
    source: tuple[int, ...]
    given: dict[str, Any]

    def are(self, index: Tensor) -> bool:
        """Whether these are the positions."""
        import torch

        return torch.equal(index.flatten(), self.indices.flatten())

    def unpool(self, values: Any) -> Node:
        """Return the node that puts values back."""
        import numpy as np

        windows = pool_attributes(self.given, len(self.source) - 2)
        each = zip(windows["kernel_shape"], windows["strides"], windows["pads"], strict=False)
        formula = [
            (side - 1) * stride - 2 * pad + kernel
            for side, (kernel, stride, pad) in zip(self.indices.shape[2:], each, strict=True)
        ]
        told = [] if (*self.source[2:],) == (*formula,) else [np.array(self.source, np.int64)]
        pooled = Stored(Place(values.place.name, tuple(self.indices.shape)))
        positions = Stored(Place(f"{self.pool}_1", tuple(self.indices.shape)))
        return "MaxUnpool", [pooled, positions, *told], windows


def _traced_kind(tracer: Tracer) -> Any:
    """Return a kind of tensor that tells a tracer what is done with it."""
    import torch

    class Traced(torch.Tensor):
        """A tensor whose uses are written down."""

        @classmethod
        def __torch_function__(
            cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            kwargs = kwargs or {}
            with torch._C.DisableTorchFunctionSubclass():
                result = func(*args, **kwargs)
            name = getattr(func, "__name__", "")
            of_traced = any(hasattr(one, "place") for one in (*args, *kwargs.values()))
            first = result[0] if isinstance(result, tuple) and result else result
            plain = not isinstance(first, torch.Tensor) or name.startswith(("new_", "__get__"))
            if plain or not of_traced:
                return result
            return tracer.seen(name, _by_name(name, func, args, kwargs), result)

    return Traced


def _by_name(name: str, func: Any, args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call by name."""
    stem = name.rstrip("123").removesuffix("d").rstrip("123") if name[-1:] == "d" else name
    names = KNOWN.get(stem, PAIR)
    if name == "permute":
        dims = args[1] if len(args) == 2 and not isinstance(args[1], int) else args[1:]
        return {"input": args[0], "dims": dims}
    if stem not in KNOWN:
        try:
            names = tuple(inspect.signature(func).parameters)
        except (TypeError, ValueError):
            names = PAIR
    named = dict(zip(names, args, strict=False)) | kwargs
    return named if "input" in named else {**named, "input": args[0]}
