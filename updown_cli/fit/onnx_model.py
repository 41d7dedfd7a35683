"""A chain as a model of ONNX, for images of any height and width where it is the same for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError, UpdownError, UsageError
from updown_cli.fit.forward import run_steps
from updown_cli.fit.onnx_trace import trace
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from torch import Tensor

    from updown_cli.fit.onnx_graph import Graph
    from updown_cli.pipeline.pipeline import Pipeline
    from updown_cli.pipeline.plan import Plan

# How far results of the size 1 may be from those of torch.
NEAR = 1e-5

# Pixels that pictures have more along their axes for which a chain is tried: as many as blocks of
# most sizes divide, and some that none divides.
MORE = ((12, 24, 36), (1, 3, 2), (2, 1, 5))


def onnx_model(pipeline: Pipeline, plan: Plan) -> bytes:
    """Return a plan of a chain as a file, x from 0 to 1 where layers want that.

    Height and width are free where the chain does the same for other sizes. Raises InputError for
    what has no equal, or gives other numbers in ONNX Runtime.
    """
    onnx = _library("onnx")
    x, graph, y = _traced(plan)
    others = [_traced(other) for other in _others(pipeline, plan)]
    free = bool(others) and all(graph.same_as(other) for _, other, _ in others)
    sides = tuple(x.shape), tuple(y.shape)
    if free:
        data = graph.model(onnx, sides, free=True)
        if all(_off(data, a, b) <= NEAR for a, _, b in ((x, graph, y), *others)):
            return data
    data = graph.model(onnx, sides, free=False)
    if not (off := _off(data, x, y)) <= NEAR:
        raise InputError(f"ONNX Runtime gives numbers that are {off:.2g} off")
    return data


def _others(pipeline: Pipeline, plan: Plan) -> list[Plan]:
    """Return plans for images of other sizes, as far as there are any."""
    channels, *size = plan.steps[0].before
    found = []
    for more in MORE:
        sides = (a + b for a, b in zip(size, more, strict=False))
        try:
            found.append(pipeline.plan(Shape(channels, *sides)))
        except UpdownError:
            continue
    return found


def _traced(plan: Plan) -> tuple[Tensor, Graph, Tensor]:
    """Return an image, the graph of what a plan makes of it, and that."""
    import torch

    x = torch.rand(1, *plan.steps[0].before, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = run_steps(plan.steps, x, 1.0)
    return x, trace(plan, x), expected


def _off(data: bytes, x: Tensor, expected: Tensor) -> float:
    """Return how far results of ONNX Runtime are from those of torch."""
    runtime = _library("onnxruntime")
    session = runtime.InferenceSession(data, providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"x": x.numpy()})
    if result.shape != tuple(expected.shape):
        return float("inf")
    return float(abs(result - expected.numpy()).max() / max(float(abs(expected).max()), 1.0))


def _library(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        hint = "pip install 'updown-cli[onnx]'"
        raise UsageError(f"needs {name}", subject="--export", hint=hint) from None
