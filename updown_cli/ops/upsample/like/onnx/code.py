"""ONNX's Resize as Python: a model of one node, and ONNX Runtime that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from updown_cli.op.code import Code, format_call, literal

if TYPE_CHECKING:
    from updown_cli.op.code import Lines

# The inputs of a Resize after its image.
INPUTS = ("roi", "scales", "sizes")


def resize_lines(inputs: Mapping[str, tuple[float, ...]], attributes: Mapping[str, Any]) -> Lines:
    """Return lines that make `done` of `plane` by a Resize with constant inputs."""
    last = max(INPUTS.index(name) for name in inputs)
    names = literal(["x", *(name if name in inputs else "" for name in INPUTS[: last + 1])])
    constants = [f'constant({_array(name, numbers)}, "{name}")' for name, numbers in inputs.items()]
    node = format_call("helper.make_node", '"Resize"', Code(names), '["y"]', **attributes)
    return [
        "helper, constant = onnx.helper, onnx.numpy_helper.from_array",
        *f"node = {node}".split("\n"),
        "x, y = (helper.make_tensor_value_info(name, 1, [None, None]) for name in 'xy')",
        f"constants = [{', '.join(constants)}]",
        'graph = helper.make_graph([node], "resize", [x], [y], constants)',
        'opset = helper.make_opsetid("", 19)',
        "model = helper.make_model(graph, opset_imports=[opset], ir_version=9)",
        "session = onnxruntime.InferenceSession(model.SerializeToString())",
        'done = session.run(None, {"x": plane})[0]',
    ]


def _array(name: str, numbers: tuple[float, ...]) -> str:
    kind = "np.int64" if name == "sizes" else "np.float32"
    return f"np.array({literal(numbers)}, {kind})"
