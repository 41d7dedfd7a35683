"""`--like tensorflow|keras|onnx` of operations that have the options: the libraries' defaults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.conftest import Updown
from tests.helpers import apply, run
from tests.ops.layer_cases import LayerCase, all_cases, fractional
from tests.ops.onnx_layers import onnx_layer
from updown_cli.cli.steps import parse_steps
from updown_cli.errors import UpdownError
from updown_cli.op.base import Op
from updown_cli.op.schema import Given
from updown_cli.ops import op_from_json

RNG = np.random.default_rng(19)
STORED = json.loads((Path(__file__).parent / "stored_layers.json").read_text())


def op(steps: str) -> Op:
    """Return the operation that is typed."""
    (made,) = parse_steps(steps).ops
    return made


def signed(*shape: int) -> NDArray[np.float32]:
    """Return numbers of both signs."""
    return RNG.normal(size=shape).astype(np.float32)


SPANS: list[tuple[str, dict[str, Any]]] = [
    ("-k 2", {"kernel_shape": [2, 2]}),
    ("-k 3x2 -s 2x1", {"kernel_shape": [3, 2], "strides": [2, 1]}),
    ("-k 3 -s 2 -p 1", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    (
        "-k 3 -s 2 -p 1x0 --ceil-mode",
        {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 0, 1, 0], "ceil_mode": 1},
    ),
    (
        "-k 2 -s 3 -p 1 --ceil-mode",
        {"kernel_shape": [2, 2], "strides": [3, 3], "pads": [1, 1, 1, 1], "ceil_mode": 1},
    ),
    (
        "-k 3 -s 2 -p SAME_UPPER",
        {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_UPPER"},
    ),
    (
        "-k 4x3 -s 3x2 -p SAME_LOWER",
        {"kernel_shape": [4, 3], "strides": [3, 2], "auto_pad": "SAME_LOWER"},
    ),
    ("-k 3 -s 2 -p VALID", {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "VALID"}),
]
GAPS = (
    "-k 3 -s 2 --dilation 2x1 -p 1",
    {
        "kernel_shape": [3, 3],
        "strides": [2, 2],
        "dilations": [2, 1],
        "pads": [1, 1, 1, 1],
    },
)


@pytest.mark.parametrize(("typed", "attributes"), [*SPANS, GAPS])
@pytest.mark.parametrize(
    ("mode", "name", "own"),
    [
        ("max", "MaxPool", {}),
        ("avg", "AveragePool", {}),
        ("lp", "LpPool", {"p": 3}),
    ],
)
def test_pools_of_onnx(
    mode: str, name: str, own: dict[str, Any], typed: str, attributes: dict[str, Any]
) -> None:
    if mode == "avg" and "--dilation" in typed:
        return
    x = signed(2, 3, 11, 8)
    power = "--norm-type 3" if mode == "lp" else ""
    made = op(f"pool --like onnx --mode {mode} {typed} {power}")
    expected = onnx_layer(name, x, **attributes, **own)
    np.testing.assert_allclose(apply(made, x), expected, rtol=4e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("typed", "attributes"),
    [
        ("", {}),
        ("-s 2 -p SAME_UPPER", {"strides": [2, 2], "auto_pad": "SAME_UPPER"}),
        ("-s 2 -p SAME_LOWER", {"strides": [2, 2], "auto_pad": "SAME_LOWER"}),
        ("-s 3x2 -p VALID", {"strides": [3, 2], "auto_pad": "VALID"}),
        ("-p 1x2 --dilation 2", {"pads": [1, 2, 1, 2], "dilations": [2, 2]}),
    ],
)
@pytest.mark.parametrize("taps", [(3, 3), (2, 4)])
def test_conv_of_onnx(taps: tuple[int, int], typed: str, attributes: dict[str, Any]) -> None:
    x, weight = signed(2, 3, 9, 8), signed(4, 3, *taps)
    np.save("w.npy", weight)
    made = op(f"conv --like onnx --kernel w.npy {typed}")
    np.testing.assert_allclose(
        apply(made, x), onnx_layer("Conv", x, weight, **attributes), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize(
    ("typed", "attributes"),
    [
        ("", {}),
        ("-s 2", {}),
        ("-s 2 -p 1 --output-padding 1", {"pads": [1, 1, 1, 1], "output_padding": [1, 1]}),
        ("-s 2 -p SAME_UPPER", {"auto_pad": "SAME_UPPER"}),
        ("-s 2 -p SAME_LOWER", {"auto_pad": "SAME_LOWER"}),
        ("-s 2 -p VALID", {"auto_pad": "VALID"}),
        ("-s 2 --output-size 10", {"output_shape": [10, 10]}),
        ("-s 2 --output-size 9x7", {"output_shape": [9, 7]}),
        ("-s 2 --output-size 11", {"output_shape": [11, 11]}),
        ("-s 2 --output-size 10 -p VALID", {"output_shape": [10, 10], "auto_pad": "VALID"}),
        ("-s 2 --output-size 9 -p SAME_UPPER", {"output_shape": [9, 9], "auto_pad": "SAME_UPPER"}),
        ("-s 2 --output-size 9 -p SAME_LOWER", {"output_shape": [9, 9], "auto_pad": "SAME_LOWER"}),
    ],
)
@pytest.mark.parametrize("taps", [(3, 3), (4, 5), (2, 3)])
def test_deconv_of_onnx(taps: tuple[int, int], typed: str, attributes: dict[str, Any]) -> None:
    x, weight = signed(2, 2, 5, 5), signed(2, 3, *taps)
    np.save("w.npy", weight)
    made = op(f"deconv --like onnx --kernel w.npy {typed}")
    strides = {"strides": [2, 2]} if "-s 2" in typed else {}
    expected = onnx_layer("ConvTranspose", x, weight, **strides, **attributes)
    np.testing.assert_allclose(apply(made, x), expected, rtol=1e-5, atol=1e-5)


def test_output_shape_of_onnx_cuts_the_larger_half_off_before() -> None:
    """1 to 5 twice as far apart times 1 10 100 are 11 numbers: of ten the first is cut off."""
    row = "1 10 102 20 203 30 304 40 405 50 500"
    whole = [int(number) for number in row.split()]
    one = "--kernel '1 10 100' -s 1x2 --output-size 1x10"
    x = [[1, 2, 3, 4, 5]]
    assert apply(op(f"deconv --like onnx {one}"), x).ravel().tolist() == whole[1:]
    assert apply(op(f"deconv --like tensorflow {one}"), x).ravel().tolist() == whole[:-1]


@pytest.mark.parametrize("order", ["", "CRD", "DCR"])
def test_depth_to_space_of_onnx(order: str) -> None:
    x = signed(2, 12, 3, 4)
    mode = {"mode": order} if order else {}
    words = f"--order {order.lower()}" if order else ""
    made = op(f"shuffle --like onnx --upscale-factor 2 {words}")
    expected = onnx_layer("DepthToSpace", x, blocksize=2, **mode)
    assert (apply(made, x) == expected).all()


def test_space_to_depth_of_onnx() -> None:
    x = signed(2, 3, 4, 6)
    made = op("shuffle --like onnx --downscale-factor 2")
    assert (apply(made, x) == onnx_layer("SpaceToDepth", x, blocksize=2)).all()


def test_tensorflow_and_keras_never_count_padding() -> None:
    for library in ("tensorflow", "keras"):
        made = op(f"pool --like {library} --mode avg -k 3 -s 1 -p SAME")
        assert apply(made, [[1, 2, 3, 4]]).tolist() == [[1.5, 2, 3, 3.5]]


def test_records_say_the_parameters_that_follow(updown: Updown) -> None:
    words = ("explain", "pool", "--like", "onnx", "--mode", "avg", "--input", "1x4x4", "--json")
    done = updown(*words)
    step = json.loads(done.stdout)["step"]
    assert "like" not in step
    assert (step["stride"], step["count_include_pad"]) == ([1, 1], False)


def test_code_is_the_library_s(updown: Updown) -> None:
    assert updown("explain", "pool", "--like", "keras", "-p", "same", "--code").stdout == (
        "import tensorflow as tf\n\n# x and y are frames x sides x channels.\n"
        'y = tf.nn.max_pool2d(x, ksize=2, strides=2, padding="SAME")\n'
    )
    words = (
        "explain",
        "deconv",
        "--like",
        "keras",
        "--kernel",
        "box",
        "-s",
        "1",
        "--dilation",
        "2",
    )
    code = updown(*words, "--code").stdout
    assert code.startswith("# TensorFlow has nothing that is equal.\nimport torch.nn")


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ({"op": "pool", "like": "keras", "mode": "max", "kernel_size": [2]}, "--mode max -k 2"),
        ({"op": "pool", "like": "onnx", "mode": "avg", "kernel_size": [3]}, "--mode avg -k 3"),
        ({"op": "pool", "like": "onnx", "kernel_size": [3], "stride": [2]}, "-k 3 -s 2"),
    ],
)
def test_a_recipe_may_name_a_library(step: dict[str, Any], typed: str) -> None:
    """What is typed with `--like` is what a recipe means, and what it says when it is saved."""
    made = op_from_json(Given(step))
    assert made == op(f"pool --like {step['like']} {typed}")
    assert "like" not in made.to_json()


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (
            {"op": "pool", "like": "kears", "kernel_size": [2]},
            'like "kears": must be one of tensorflow, keras, onnx; did you mean keras?',
        ),
        ({"op": "crop", "like": "onnx"}, 'like "onnx": crop is like torch alone'),
        (
            {"op": "pool", "like": "keras", "kernel_size": [2], "ceil_mode": True},
            "--like keras has no --ceil-mode",
        ),
        (
            {"op": "pool", "like": "onnx", "mode": "median", "kernel_size": [2]},
            'mode "median": must be one of max, avg, lp',
        ),
    ],
)
def test_what_a_library_has_not_is_refused_in_a_recipe(step: dict[str, Any], reason: str) -> None:
    with pytest.raises(UpdownError) as refused:
        op_from_json(Given(step))
    assert str(refused.value) == reason


@pytest.mark.parametrize(("kind", "pick"), [("avg", np.mean), ("max", np.max)])
def test_adaptive_pools_of_keras_have_the_bins_of_torch(kind: str, pick: Any) -> None:
    """From the floor of where a bin begins to the ceiling of where it ends, as Keras 3.15.1."""
    x, down, across = signed(9, 7), ((0, 3), (2, 5), (4, 7), (6, 9)), ((0, 3), (2, 5), (4, 7))
    expected = [[pick(x[slice(*rows), slice(*columns)]) for columns in across] for rows in down]
    made = op(f"pool --like keras --mode adaptive-{kind} --output-size 4x3")
    np.testing.assert_allclose(apply(made, x), expected, rtol=1e-6)


def test_defaults_of_the_library_are_in_its_help(updown: Updown) -> None:
    text = updown("pool", "--like", "onnx", "--help").stdout
    assert "  -s, --stride N|HxW          Pixels between windows.  [1]\n" in text
    assert "  lp   The p-norm" in text
    assert "  median" not in text


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            "pool --like kears",
            "--like kears: must be one of tensorflow, keras, onnx; did you mean keras?",
        ),
        ("shuffle --like keras", "--like keras: must be one of tensorflow, onnx"),
        ("pool --like onnx --mode median", "--like onnx has --mode max, avg, lp"),
        ("pool --like keras --ceil-mode", "--like keras has no --ceil-mode"),
        (
            "pool --like keras -p 1",
            "--padding 1: is not for --like keras, which has same, valid",
        ),
        (
            "pool --like keras -p SAME_LOWER",
            "--padding same-lower: is not for --like keras, which has same, valid",
        ),
        (
            "pool --like tensorflow --dilation 2 -p same",
            "--like tensorflow has no --dilation beside --padding",
        ),
        (
            "pool --like onnx --mode avg --count-include-pad -p same",
            "--like onnx has no --count-include-pad beside --padding; give --padding as a number",
        ),
        (
            "deconv --like keras --kernel box -p same --output-padding 0",
            "--like keras has no --output-padding beside --padding; --output-size N asks for "
            "(in - 1) * stride + kernel_size % 2",
        ),
        (
            "deconv --like onnx --kernel box -p 1 --output-size 9",
            "--like onnx has no --output-size beside --padding; the size says what is cut",
        ),
        (
            "deconv --like onnx --kernel box -p same --output-padding 1",
            "--like onnx has no --output-padding beside --padding; give --padding as a number",
        ),
        (
            "shuffle --like onnx --downscale-factor 2 --order crd",
            "--like onnx has no --downscale-factor beside --order; its SpaceToDepth is dcr",
        ),
        (
            "shuffle --like tensorflow --downscale-factor 2 --order crd",
            "--order crd: is not for --like tensorflow, which has dcr",
        ),
    ],
)
def test_what_a_library_has_not_is_refused(words: str, reason: str, updown: Updown) -> None:
    done = updown(*words.split(), "a.png")
    assert (done.code, done.stderr) == (2, f"updown: {reason}\n")


@pytest.fixture(scope="module")
def cases() -> list[LayerCase]:
    """Return the settings that were compared with TensorFlow and Keras."""
    return [*all_cases()]


@pytest.mark.parametrize(
    "stored", STORED, ids=lambda stored: f"{stored.get('mode', '')}{stored['case']}"
)
def test_layers_are_those_of_tensorflow_and_keras(
    stored: dict[str, Any], cases: list[LayerCase]
) -> None:
    """The numbers are the libraries' own, as benchmarks/layer_conformance.py has found them."""
    drawn = [stored["rows"], stored["columns"]] if "mode" in stored else None
    number = stored["case"]
    case = fractional(stored["mode"], number, *drawn) if drawn else cases[number]
    for name, weight in case.weights.items():
        np.save(f"{name}.npy", weight)
    x = torch.from_numpy(np.moveaxis(case.x, -1, 1).copy())
    y = np.moveaxis(run(op(case.steps), x).pixels.numpy(), 1, -1)
    assert list(y.shape) == stored["shape"]
    some = [y.ravel()[y.size * place // 8] for place in range(8)]
    np.testing.assert_allclose(some, stored["values"], rtol=1e-5, atol=1e-5)
