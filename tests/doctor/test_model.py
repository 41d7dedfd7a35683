"""Models of ONNX as subjects."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from updown_cli.doctor.examine import Examination, examine
from updown_cli.doctor.model import Model
from updown_cli.errors import InputError

NCHW = ["n", 3, "h", "w"]


def resize_model(
    path: str, shape: list[Any], scale: float = 2.0, kind: int = TensorProto.FLOAT, **how: Any
) -> str:
    """Write a model of one Resize."""
    sides = [1.0, 1.0, scale, scale] if shape[1] in (1, 3) else [1.0, scale, scale, 1.0]
    scales = numpy_helper.from_array(np.array(sides, np.float32), "scales")
    node = helper.make_node("Resize", ["x", "", "scales"], ["y"], **how)
    inputs = [helper.make_tensor_value_info("x", kind, shape)]
    outputs = [helper.make_tensor_value_info("y", kind, None)]
    graph = helper.make_graph([node], "resize", inputs, outputs, [scales])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path
    )
    return path


def examined(path: str, **how: Any) -> Examination:
    return examine(Model(path, **how), (96, 128))


def faults(found: Examination) -> list[str]:
    return [finding.measure.name for finding in found.faults]


LINEAR: dict[str, Any] = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}


def test_a_resize_at_pixel_centres_has_no_fault() -> None:
    found = examined(resize_model("up.onnx", NCHW, **LINEAR))
    assert (faults(found), found.rig.out) == ([], (192, 256))


def test_asymmetric_coordinates_are_a_shift_of_a_quarter() -> None:
    how: dict[str, Any] = {"mode": "linear", "coordinate_transformation_mode": "asymmetric"}
    found = examined(resize_model("up.onnx", NCHW, **how))
    assert faults(found) == ["shift"]
    assert found.findings[0].told == "0.25 px left, 0.25 px up"


def test_a_shrink_without_antialias_aliases() -> None:
    assert faults(examined(resize_model("quarter.onnx", NCHW, 0.25, **LINEAR))) == ["alias"]
    smooth = resize_model("smooth.onnx", NCHW, 0.25, antialias=1, **LINEAR)
    assert faults(examined(smooth)) == []


@pytest.mark.parametrize("shape", [[1, 1, 48, 64], [2, 48, 64, 3]])
def test_a_model_has_its_own_size_and_order_of_axes(shape: list[int]) -> None:
    model = Model(resize_model("fixed.onnx", shape, **LINEAR))
    assert (model.size, model.channels) == ((48, 64), 1 if shape[1] == 1 else 3)
    assert model.resize(np.zeros((48, 64, model.channels), np.uint8)).shape[:2] == (96, 128)
    assert faults(examine(model)) == []


def test_white_is_what_is_said() -> None:
    model = Model(resize_model("up.onnx", NCHW, **LINEAR), white=255)
    made = model.resize(np.full((8, 8, 3), 200, np.uint8))
    assert made.max() == pytest.approx(200)
    assert model.white(made) == 255


def identity(path: str, inputs: int = 1, kind: int = TensorProto.FLOAT, axes: int = 4) -> str:
    shape: list[Any] = ["n", 3, "h", "w"][:axes]
    infos = [helper.make_tensor_value_info(f"x{n}", kind, shape) for n in range(inputs)]
    node = helper.make_node("Identity", ["x0"], ["y"])
    graph = helper.make_graph([node], "it", infos, [helper.make_tensor_value_info("y", kind, None)])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path
    )
    return path


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"inputs": 2}, "takes 2 inputs, not one picture"),
        ({"kind": TensorProto.INT64}, "takes tensor(int64), no picture"),
        ({"axes": 3}, "takes 3 axes, not four"),
    ],
)
def test_a_model_that_takes_no_picture_is_refused(how: dict[str, int], reason: str) -> None:
    path = identity("it.onnx", **how)
    with pytest.raises(InputError) as failed:
        Model(path)
    assert str(failed.value) == f"it.onnx: {reason}"


def test_what_is_no_model_is_told_in_one_line() -> None:
    Path("text.onnx").write_text("text\n" * 9)
    with pytest.raises(InputError) as failed:
        Model("text.onnx")
    assert str(failed.value).startswith("text.onnx: is no model: ")
    assert len(str(failed.value)) < 200
    assert "\n" not in str(failed.value)


def test_a_model_that_fails_is_told_in_one_line() -> None:
    model = Model(resize_model("fixed.onnx", [1, 3, 48, 64], **LINEAR))
    with pytest.raises(InputError) as failed:
        model.resize(np.zeros((4, 4, 3), np.uint8))
    assert str(failed.value).startswith("fixed.onnx: cannot be run: ")
    assert len(str(failed.value)) < 200


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("model.onnx").write_text("")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError) as failed:
        Model("model.onnx")
    assert str(failed.value) == (
        "model.onnx: a model needs the extra onnx; pip install 'updown-cli[onnx]'"
    )
