"""ONNX: what ONNX Runtime gives of a Resize of release 19, on processors.

Of doubles, which it does not take, ONNX's own reference gives the result.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.resizing.case import FLOAT32, UINT8, Case

COORDINATES = (
    *("half-pixel", "half-pixel-symmetric", "pytorch-half-pixel", "align-corners"),
    *("asymmetric", "tf-half-pixel-for-nn"),
)
ROUNDED = ("round-prefer-floor", "round-prefer-ceil", "floor", "ceil")
BOTH, ONE = (UINT8, FLOAT32), (FLOAT32,)
CROP = {
    "coordinate_transformation_mode": "tf-crop-and-resize",
    "roi": (0.1, -0.2, 0.8, 1.1),
    "extrapolation_value": 0.5,
}
WIDE = {"antialias": True}

#: Whether what it gives of doubles tells which result in single precision lies nearer.
EXACT_OF_DOUBLES = True

# The release since which inputs may be left out.
OPTIONAL = 13


def _placed(word: str) -> dict[str, Any]:
    return {} if word == "half-pixel" else {"coordinate_transformation_mode": word}


CASES = [
    *(
        Case("nearest", _placed(word) | {"nearest_mode": how}, BOTH)
        for word in COORDINATES
        for how in ROUNDED
    ),
    *(Case("linear", _placed(word), BOTH) for word in COORDINATES),
    *(Case("linear", _placed(word) | WIDE, BOTH) for word in COORDINATES),
    *(Case("cubic", _placed(word), ONE) for word in COORDINATES),
    *(Case("cubic", _placed(word) | WIDE, BOTH) for word in COORDINATES),
    *(Case(mode, CROP, ONE) for mode in ("nearest", "linear", "cubic")),
    Case("linear", WIDE | CROP, ONE),
    Case("linear", WIDE | {"exclude_outside": True}, BOTH),
    Case("cubic", {"exclude_outside": True}, ONE),
    Case("cubic", {"cubic_coeff_a": -0.5}, ONE),
    Case("cubic", WIDE | {"exclude_outside": True, "cubic_coeff_a": -0.5}, BOTH),
    *(Case("linear", {"keep_aspect_ratio_policy": p}, BOTH) for p in ("not-larger", "not-smaller")),
]


def version() -> str:
    """Return the version."""
    import onnxruntime

    return f"onnxruntime {onnxruntime.__version__}"


def resize(pixels: Any, size: tuple[int, int], case: dict[str, Any]) -> Any:
    """Return H x W x C in another size."""
    planes = np.ascontiguousarray(np.moveaxis(pixels, -1, 0))[None]
    model = resize_model(planes, size, case["mode"], case["settings"])
    done = (reference if pixels.dtype == np.float64 else run)(model, planes)
    if not done.size:
        raise ValueError("nothing is left")
    return np.moveaxis(done[0], 0, -1)


def reference(model: Any, x: Any) -> Any:
    """Return what ONNX's reference gives."""
    from onnx.reference import ReferenceEvaluator

    return ReferenceEvaluator(model).run(None, {"x": x})[0]  # type: ignore[index]


def run(model: Any, x: Any) -> Any:
    """Return what ONNX Runtime gives."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": x})[0]


def resize_model(
    x: Any, size: tuple[int, int], mode: str, settings: dict[str, Any], opset: int = 19
) -> Any:
    """Return a model that resizes N x C x H x W, to a size or by the settings' `scale_factor`."""
    from onnx import helper, numpy_helper

    attributes = {
        name: value.replace("-", "_") if isinstance(value, str) else value
        for name, value in settings.items()
        if name not in ("roi", "scale_factor")
    }
    if opset >= 18:
        attributes |= {"axes": [2, 3]}
    lead, twice = (0, (0.0, 0.0)) if opset >= 18 else (2, (0.0, 0.0, 1.0, 1.0))
    roi = settings.get("roi", ())
    corners = [*twice[:lead], *roi[:2], *twice[2 : 2 + lead], *roi[2:]] if roi else []
    scales = settings.get("scale_factor")
    numbers: dict[str, Any] = {
        "roi": np.array(corners, np.float32),
        "scales": np.array([*(1.0,) * lead, *(scales or ())] if scales else [], np.float32),
        "sizes": np.array([] if scales else [*x.shape[:lead], *size], np.int64),
    }
    given = {name: array for name, array in numbers.items() if len(array) or opset < OPTIONAL}
    inputs = ["x", *(name if name in given else "" for name in numbers)]
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    graph = helper.make_graph(
        [helper.make_node("Resize", inputs[: 3 if scales else 4], ["y"], mode=mode, **attributes)],
        "resize",
        [helper.make_tensor_value_info("x", kind, x.shape)],
        [helper.make_tensor_value_info("y", kind, None)],
        [numpy_helper.from_array(array, name) for name, array in given.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
