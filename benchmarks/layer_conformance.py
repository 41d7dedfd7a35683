"""Compare `--like tensorflow` and `--like keras` of pools and convolutions with the libraries.

Run it where TensorFlow and Keras are, with the Python that has updown:
    python benchmarks/layer_conformance.py --updown .venv/bin/python --folder /tmp/layers --write
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.page_section import write_section  # noqa: E402
from tests.ops.layer_cases import COUNT, LayerCase, all_cases, fractional_settings  # noqa: E402

PAGE = ROOT / "docs" / "conformance.md"
STORED = ROOT / "tests" / "ops" / "stored_layers.json"
TITLE = "Layers of TensorFlow and Keras"
INTRODUCTION = f"""\
What `updown pool`, `conv`, `deconv` and `shuffle` make with `--like tensorflow` and
`--like keras`, compared with the layers themselves: {COUNT} random settings of each, of windows,
strides, gaps, padding and sizes, on noise of both signs; Keras with TensorFlow beneath. Differences
are relative to the largest value of a result. Written by `benchmarks/layer_conformance.py`; ONNX
Runtime is compared by the tests themselves.

ONNX Runtime differs from ONNX's own formulas in two places, where updown follows the formulas:
`MaxPool` with `dilations` and `auto_pad` (it pads as if there were no gaps), and `ConvTranspose`
with `auto_pad` and a kernel smaller than the stride (it leaves the zeros at the end out).
"""
#: Of so many cases of a layer one is stored for the tests.
EACH = 40
POOLS = {"max": "MaxPooling", "avg": "AveragePooling"}


def expected(case: LayerCase) -> NDArray[Any]:
    """Return what the library itself makes of a case."""
    library, *_ = case.layer.split()
    made = of_tensorflow(case) if library == "tensorflow" else of_keras(case)
    return np.asarray(made)


def of_tensorflow(case: LayerCase) -> Any:
    """Return what tf.nn makes of it."""
    import tensorflow as tf

    x, options = case.x, case.options
    _, kind, *_ = case.layer.split()
    if kind in ("upscale", "downscale"):
        shuffle = tf.nn.depth_to_space if kind == "upscale" else tf.nn.space_to_depth
        return shuffle(x, options["factor"])
    padding, strides = options["padding"].upper(), options["strides"]
    if kind in ("max", "avg"):
        pool = getattr(tf.nn, f"{kind}_pool2d")
        return pool(x, ksize=options["size"], strides=strides, padding=padding)
    kernel = case.weights["kernel"]
    if kind == "plain":
        return tf.nn.conv2d(x, kernel, strides, padding, dilations=options["dilations"])
    if kind == "deconv":
        shape = [len(x), *options["output_shape"], kernel.shape[-2]]
        return tf.nn.conv2d_transpose(x, kernel, shape, strides, padding)
    whole = {
        "strides": [1, *strides, 1],
        "padding": padding,
        "dilations": options["dilations"],
    }
    if kind == "depthwise":
        return tf.nn.depthwise_conv2d(x, kernel, **whole)
    return tf.nn.separable_conv2d(x, kernel, case.weights["pointwise"], **whole)


def of_keras(case: LayerCase) -> Any:
    """Return what a layer of Keras makes of it."""
    import keras

    _, kind, *_ = case.layer.split()
    dims, options = case.x.ndim - 2, dict(case.options)
    if kind in POOLS:
        size = options.pop("size")
        layer = getattr(keras.layers, f"{POOLS[kind]}{dims}D")(tuple(size), **options)
        return layer(case.x)
    kernel = case.weights["kernel"]
    taps = kernel.shape[:dims]
    options["dilation_rate"] = options.pop("dilations", [1] * dims)
    options["use_bias"] = False
    if kind == "plain":
        layer = getattr(keras.layers, f"Conv{dims}D")(kernel.shape[-1], taps, **options)
    elif kind == "deconv":
        layer = getattr(keras.layers, f"Conv{dims}DTranspose")(kernel.shape[-2], taps, **options)
    elif kind == "depthwise":
        layer = keras.layers.DepthwiseConv2D(taps, depth_multiplier=kernel.shape[-1], **options)
    else:
        outs = case.weights["pointwise"].shape[-1]
        options["depth_multiplier"] = kernel.shape[-1]
        layer = keras.layers.SeparableConv2D(outs, taps, **options)
    layer.build(case.x.shape)
    layer.set_weights([*case.weights.values()])
    return layer(case.x)


def difference(actual: NDArray[Any], wanted: NDArray[Any]) -> float:
    """Return the largest difference as a part of the largest value; infinite for another shape."""
    if actual.shape != wanted.shape:
        return float("inf")
    most = np.abs(actual.astype(np.float64) - wanted).max()
    return float(most / max(np.abs(wanted).max(), 1e-30))


def compared(folder: Path) -> tuple[dict[str, list[float]], list[dict[str, Any]]]:
    """Return the differences of each layer, and what is stored."""
    found: dict[str, list[float]] = {}
    stored = []
    with np.load(folder / "results.npz") as results:
        for number, case in enumerate(all_cases()):
            wanted = expected(case)
            worst = difference(results[str(number)], wanted)
            if worst > 1e-5:
                print(f"{case.layer}: {case.steps}, {case.x.shape}: {worst}")
            if len(found.setdefault(case.layer, [])) % EACH == 0:
                stored.append(kept(number, wanted))
            found[case.layer].append(worst)
    return found, stored


def drawn() -> dict[tuple[str, int], list[NDArray[Any]]]:
    """Return the results of TensorFlow's fractional pools, each with the sequences it drew."""
    import tensorflow as tf

    found = {}
    for mode in ("max", "avg"):
        pool = getattr(tf.nn, f"fractional_{mode}_pool")
        for number in range(COUNT):
            x, ratios, options = fractional_settings(number)
            found[mode, number] = [
                part.numpy() for part in pool(x, ratios, seed=number + 1, **options)
            ]
    return found


def sequences_of(pools: dict[tuple[str, int], list[NDArray[Any]]]) -> list[list[Any]]:
    """Return each mode and number with its sequences."""
    return [[*key, rows.tolist(), columns.tolist()] for key, (_, rows, columns) in pools.items()]


def compared_fractional(
    pools: dict[tuple[str, int], list[NDArray[Any]]], folder: Path
) -> tuple[dict[str, list[float]], list[dict[str, Any]]]:
    """Return the differences of the fractional pools, and what is stored."""
    found: dict[str, list[float]] = {}
    stored = []
    with np.load(folder / "results.npz") as results:
        for (mode, number), (wanted, rows, columns) in pools.items():
            worst = difference(results[f"{mode} {number}"], wanted)
            found.setdefault(f"tensorflow fractional-{mode} pool", []).append(worst)
            if number % EACH == 0:
                drawn_with = {"mode": mode, "rows": rows.tolist(), "columns": columns.tolist()}
                stored.append(drawn_with | kept(number, wanted))
    return found, stored


def kept(number: int, wanted: NDArray[Any]) -> dict[str, Any]:
    """Return what is stored of a case: its number, the shape of the result and some values."""
    flat = wanted.ravel()
    some = [float(flat[flat.size * place // 8]) for place in range(8)]
    return {"case": number, "shape": list(wanted.shape), "values": some}


def section(found: dict[str, list[float]]) -> str:
    """Return the part of the page."""
    import keras
    import tensorflow as tf

    versions = {
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
        "Python": platform.python_version(),
    }
    lines = [
        INTRODUCTION,
        "| | Version |",
        "| --- | --- |",
        *(f"| {name} | {version} |" for name, version in versions.items()),
        "",
        "| Layer | Settings | Difference 0 | Largest difference |",
        "| --- | --- | --- | --- |",
    ]
    for layer, values in found.items():
        zero = sum(value == 0 for value in values)
        lines.append(f"| {layer} | {len(values)} | {zero} | {max(values):.2g} |")
    return "\n".join(lines)


def main() -> None:
    """Compute, compare and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updown", default=sys.executable, help="Python that has updown")
    parser.add_argument("--folder", type=Path, required=True, help="where files go")
    parser.add_argument("--write", action="store_true", help="write the page and what is stored")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    pools = drawn()
    (folder / "drawn.json").write_text(json.dumps(sequences_of(pools)))
    script = ROOT / "benchmarks" / "layer_results.py"
    subprocess.run([options.updown, str(script), str(folder)], check=True)
    found, stored = compared(folder)
    more, stored_fractional = compared_fractional(pools, folder)
    found, stored = found | more, stored + stored_fractional
    text = section(found)
    print(text)
    if options.write:
        write_section(PAGE, TITLE, text)
        STORED.write_text("[\n" + ",\n".join(map(json.dumps, stored)) + "\n]\n")


if __name__ == "__main__":
    main()
