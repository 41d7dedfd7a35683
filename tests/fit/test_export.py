"""Chains as models of ONNX and as modules of torch, run by these libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from tests.conftest import Updown, noise, picture

CHAINS = [
    "conv --kernel sobel-h -p 1 | activate --mode tanh",
    "deconv --kernel bilinear -s 2 -p 1 --bias 0.5",
    "conv --kernel box -p same @a | add @a | pool -k 2",
    "upsample --mode bilinear --scale-factor 2 | pool --mode avg -k 3 -s 2 -p 1",
    "upsample --mode bicubic --scale-factor 2",
    "upsample --mode nearest --scale-factor 3 | pad --mode reflect --padding 2",
    "upblock --mode subpixel --weights photo | normalize --mean 0.5 --std 0.2",
    "upblock --mode nnconv --init bilinear --no-batch-norm",
    "shuffle --downscale-factor 2",
    "pool -k 2 | unpool",
]


def seen() -> NDArray[Any]:
    return np.random.default_rng(0).random((1, 3, 12, 16)).astype("float32")


def made(steps: str, updown: Updown) -> NDArray[Any]:
    """Return what the chain makes of floats."""
    np.save("x.npy", seen())
    assert updown("chain", steps, "x.npy", "-o", "y.npy").code == 0
    return np.asarray(np.load("y.npy"))


@pytest.mark.parametrize("steps", CHAINS)
def test_onnx_runtime_gives_the_same(steps: str, updown: Updown) -> None:
    done = updown("chain", steps, "3x12x16", "--export", "m.onnx")
    assert (done.code, done.stderr) == (0, "")
    session = onnxruntime.InferenceSession("m.onnx", providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"x": seen()})
    assert np.abs(result - made(steps, updown)).max() <= 1e-5


@pytest.mark.parametrize("steps", CHAINS)
def test_a_module_gives_the_same(steps: str, updown: Updown) -> None:
    assert updown("chain", steps, "3x12x16", "--export", "m.py").code == 0
    names: dict[str, Any] = {}
    exec(Path("m.py").read_text(), names)
    module = names["Chain"]()
    assert isinstance(module, torch.nn.Module)
    assert module(torch.from_numpy(seen())).numpy() == pytest.approx(made(steps, updown), abs=1e-6)


REFUSED = [
    ("crop --size 20", "m.onnx", 1, "torch's __getitem__ has no equal in ONNX here"),
    ("pool -k 2", "m.pt", 2, "--export m.pt: must end in .onnx or .py"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "target", "code", "sentence"), REFUSED)
def test_what_has_no_equal_is_refused_with_the_reason(
    steps: str, target: str, code: int, sentence: str, updown: Updown
) -> None:
    done = updown("chain", steps, "3x12x16", "--export", target)
    assert (done.code, done.stderr) == (code, f"updown: {sentence}\n")
    assert not Path(target).exists()


@pytest.mark.parametrize("steps", [CHAINS[0], CHAINS[1], "pool -k 3 -s 2 -p 1"])
def test_a_model_takes_any_height_and_width(steps: str, updown: Updown) -> None:
    assert updown("chain", steps, "3x12x16", "--export", "m.onnx").code == 0
    session = onnxruntime.InferenceSession("m.onnx", providers=["CPUExecutionProvider"])
    other = np.random.default_rng(1).random((1, 3, 21, 30)).astype("float32")
    np.save("other.npy", other)
    assert updown("chain", steps, "other.npy", "-o", "made.npy").code == 0
    (result,) = session.run(None, {"x": other})
    assert result == pytest.approx(np.load("made.npy").reshape(result.shape), abs=1e-5)


def test_an_export_is_for_one_input(updown: Updown) -> None:
    picture("a.png", noise(8, 8))
    assert updown("chain", "pool -k 2", "a.png", "--export", "m.onnx").code == 0
    session = onnxruntime.InferenceSession("m.onnx", providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == [1, 1, "height", "width"]
    assert updown("chain", "pool -k 2", "--export", "n.onnx").stderr == (
        "updown: --export: takes one input, for whose size it is, not 0; give a file, or a size "
        "such as 3x64x64\n"
    )
    again = updown("chain", "pool -k 2", "a.png", "--export", "m.onnx")
    assert again.stderr == "updown: m.onnx exists; choose --if-exists overwrite\n"
