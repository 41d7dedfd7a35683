"""Layers as ONNX Runtime computes them."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray


def onnx_layer(
    name: str, x: NDArray[Any], *constants: NDArray[Any], **attributes: Any
) -> NDArray[Any]:
    """Return what one node of ONNX gives of x, and of constants such as a weight."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    names = [f"constant{number}" for number in range(len(constants))]
    node = helper.make_node(name, ["x", *names], ["y"], **attributes)
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None] * x.ndim)],
        [numpy_helper.from_array(*each) for each in zip(constants, names, strict=True)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    result: NDArray[Any] = session.run(None, {"x": x})[0]
    return result
