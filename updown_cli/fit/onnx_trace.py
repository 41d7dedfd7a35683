"""A chain as a model of ONNX: it is run once, and what it asks of torch is written down."""

from __future__ import annotations

import inspect
from typing import Any

from updown_cli.errors import InputError, UsageError
from updown_cli.fit.forward import run_steps
from updown_cli.fit.onnx_nodes import node_of
from updown_cli.pipeline.plan import Plan

# The version of the operators, and of the format, which ONNX Runtime has long known.
OPSET, FORMAT = 18, 9

# How far results of the size 1 may be from those of torch.
NEAR = 1e-5

# Names of arguments of functions that Python cannot tell.
KNOWN = {
    "conv": ("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    "conv_transpose": (
        *("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"),
    ),
    "max_pool": ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode"),
    "avg_pool": ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"),
    "pixel_shuffle": ("input", "upscale_factor"),
    "pad": ("input", "pad", "mode", "value"),
    "interpolate": ("input", "size", "scale_factor", "mode", "align_corners"),
    "leaky_relu": ("input", "negative_slope"),
    "index_select": ("input", "dim", "index"),
    "repeat_interleave": ("input", "repeats", "dim"),
    "batch_norm": ("input", "running_mean", "running_var", "weight", "bias"),
}
PAIR = ("input", "other")


def onnx_model(plan: Plan) -> bytes:
    """Return a plan as a file of ONNX for images of its size, x from 0 to 1 where layers want that.

    Raises InputError for what has no equal, or gives other numbers in ONNX Runtime.
    """
    onnx = _library("onnx")
    import torch

    x = torch.rand(1, *plan.steps[0].before, generator=torch.Generator().manual_seed(0))
    graph = Graph()
    with torch.no_grad():
        made = run_steps(plan.steps, graph.traced(x, "x"), 1.0)
        expected = run_steps(plan.steps, x, 1.0)
    if not hasattr(made, "onnx_name"):
        raise InputError("values are put into parts of a picture, which has no equal in ONNX here")
    data: bytes = graph.model(onnx, x, made).SerializeToString()
    _check(data, x, expected)
    return data


def _check(data: bytes, x: Any, expected: Any) -> None:
    runtime = _library("onnxruntime")
    session = runtime.InferenceSession(data, providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"x": x.numpy()})
    apart = abs(result - expected.numpy()).max() / max(float(abs(expected).max()), 1.0)
    if not apart <= NEAR:
        raise InputError(f"ONNX Runtime gives numbers that are {apart:.2g} off")


def _library(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        hint = "pip install 'updown-cli[onnx]'"
        raise UsageError(f"needs {name}", subject="--export", hint=hint) from None


class Graph:
    """Nodes and constants, each with a name, in the order in which they were asked for."""

    def __init__(self) -> None:
        self.nodes: list[tuple[str, list[str], str, dict[str, Any]]] = []
        self.constants: dict[str, Any] = {}
        self.kind = _traced_kind(self)

    def traced(self, tensor: Any, name: str) -> Any:
        """Return a tensor whose every use is written down."""
        found = tensor.detach().as_subclass(self.kind)
        found.onnx_name = name
        return found

    def add(self, name: str, arguments: dict[str, Any], result: Any) -> Any:
        """Write a call down, and return its result; raise InputError for one without equal."""
        node = node_of(name, arguments, result)
        if node is None:
            raise InputError(f"torch's {name} has no equal in ONNX here")
        kind, inputs, attributes = node
        target = f"v{len(self.nodes)}"
        self.nodes.append((kind, [self._name(one) for one in inputs], target, attributes))
        return self.traced(result, target)

    def _name(self, value: Any) -> str:
        import numpy as np
        import torch

        if value is None:
            return ""
        if hasattr(value, "onnx_name"):
            return str(value.onnx_name)
        name = f"c{len(self.constants)}"
        array = value.numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
        self.constants[name] = array if array.dtype.kind == "i" and array.ndim else _single(array)
        return name

    def model(self, onnx: Any, x: Any, y: Any) -> Any:
        """Return all as a model."""
        helper, single = onnx.helper, onnx.TensorProto.FLOAT
        nodes = [
            helper.make_node(kind, inputs, [target], **attributes)
            for kind, inputs, target, attributes in self.nodes
        ]
        nodes.append(helper.make_node("Identity", [y.onnx_name], ["y"]))
        ends = [
            helper.make_tensor_value_info(name, single, list(tensor.shape))
            for name, tensor in (("x", x), ("y", y))
        ]
        constants = [onnx.numpy_helper.from_array(a, n) for n, a in self.constants.items()]
        graph = helper.make_graph(nodes, "updown", ends[:1], ends[1:], constants)
        versions = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=versions, ir_version=FORMAT)
        model.producer_name = "updown"
        onnx.checker.check_model(model)
        return model


def _single(array: Any) -> Any:
    import numpy as np

    return np.ascontiguousarray(array, np.float32)


def _traced_kind(graph: Graph) -> Any:
    """Return a kind of tensor that tells a graph what is done with it."""
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
            of_traced = any(hasattr(one, "onnx_name") for one in (*args, *kwargs.values()))
            plain = not isinstance(result, torch.Tensor) or name.startswith(("new_", "__get__"))
            if plain or not of_traced:
                return result
            return graph.add(name, _by_name(name, func, args, kwargs), result)

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
