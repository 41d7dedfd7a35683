"""Sub-pixel blocks that further convolutions correct, for one channel or several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tests.conftest import Updown, noise, picture, pixels

SHAPES = {
    "conv1.weight": (4, 1, 3, 3),
    "conv1.bias": (4,),
    "conv2.weight": (5, 1, 5, 5),
    "conv2.bias": (5,),
    "conv3.weight": (5, 5, 3, 3),
    "conv4.weight": (4, 5, 3, 3),
    "conv4.bias": (4,),
}
Arrays = dict[str, Any]


def weights(**others: tuple[int, ...]) -> Arrays:
    random = np.random.default_rng(3)
    shapes = {**SHAPES, **others}
    return {n: random.normal(size=s).astype("float32") * 0.3 for n, s in shapes.items()}


def convolved(x: torch.Tensor, arrays: Arrays, name: str, mode: str) -> torch.Tensor:
    weight = torch.from_numpy(arrays[f"{name}.weight"])
    bias = arrays.get(f"{name}.bias")
    reach = weight.shape[-1] // 2
    padded = F.pad(x, (reach,) * 4, mode=mode)
    return F.conv2d(padded, weight, None if bias is None else torch.from_numpy(bias))


def expected(x: NDArray[Any], arrays: Arrays, mode: str) -> NDArray[Any]:
    """Return the results of each channel as an image of its own."""
    results = []
    for channel in range(x.shape[1]):
        one = torch.from_numpy(x[:, channel : channel + 1])
        linear = convolved(one, arrays, "conv1", mode)
        hidden = convolved(one, arrays, "conv2", mode).relu()
        hidden = convolved(hidden, arrays, "conv3", mode).relu()
        results.append(F.pixel_shuffle(linear + convolved(hidden, arrays, "conv4", mode), 2))
    return torch.cat(results, 1).numpy()


@pytest.mark.parametrize(("edges", "mode"), [("zeros", "constant"), ("replicate", "replicate")])
def test_corrections_are_added_and_each_channel_is_an_image(
    edges: str, mode: str, updown: Updown
) -> None:
    arrays = weights()
    np.savez("W.npz", **arrays)
    x = np.random.default_rng(1).random((2, 3, 7, 6)).astype("float32")
    np.save("x.npy", x)
    line = ("upblock", "--mode", "subpixel", "--weights", "W.npz", "--edges", edges)
    done = updown(*line, "x.npy", "-o", "y.npy")
    assert (done.code, done.stderr) == (0, "")
    made = np.load("y.npy")
    assert made == pytest.approx(expected(x, arrays, mode), abs=1e-5)
    code = updown("explain", "chain", " ".join(line), "--input", "3x7x6", "--code").stdout
    names: dict[str, Any] = {"x": torch.from_numpy(x)}
    names["x"] = names["x"][:1]
    exec(code, names)
    assert np.array_equal(names["y"].numpy(), made[:1])


def test_the_stages_of_a_corrected_block_are_shown(updown: Updown) -> None:
    np.savez("W.npz", **weights())
    picture("x.png", noise(6, 6))
    line = ("--mode", "subpixel", "--weights", "W.npz", "--show-steps", "steps")
    assert updown("upblock", *line, "x.png", "-o", "y.png").code == 0
    stages = sorted(path.stem for path in Path("steps").glob("*.npy"))
    assert stages == [
        *("01-conv1", "02-conv2", "03-relu-conv2", "04-conv3", "05-relu-conv3", "06-conv4"),
        *("07-sum", "08-shuffle"),
    ]


REFUSED = [
    ({"conv4.weight": (3, 5, 3, 3)}, "--weights W.npz::conv4.weight: gives 3 maps, expected 4"),
    ({"conv3.weight": (5, 4, 3, 3)}, "--weights W.npz::conv3.weight: has shape 5x4x3x3, "
     "expected _x5x_x_"),
    ({"conv3.weight": (5, 5, 2, 3)}, "--weights W.npz::conv3.weight: must have odd sides, not 2x3"),
]  # fmt: skip


@pytest.mark.parametrize(("others", "sentence"), REFUSED)
def test_corrections_that_do_not_fit_are_refused(
    others: dict[str, tuple[int, ...]], sentence: str, updown: Updown
) -> None:
    arrays = weights(**others)
    arrays.pop("conv4.bias")
    np.savez("W.npz", **arrays)
    picture("x.png", noise(6, 6))
    done = updown("upblock", "--mode", "subpixel", "--weights", "W.npz", "x.png", "-o", "y.png")
    assert (done.code, done.stderr) == (2, f"updown: {sentence}\n")


def test_a_block_learns_its_corrections(updown: Updown) -> None:
    picture("large.png", noise(16, 16, 3))
    picture("small.png", noise(8, 8, 3))
    done = updown(
        *("fit", "upblock --mode subpixel --hidden 3 --edges replicate", "-o", "W.npz"),
        *("--pairs", "small.png", "large.png", "--colour", "gray", "--steps", "2", "--crop", "8"),
    )
    assert done.code == 0, done.stderr
    with np.load("W.npz") as file:
        shapes = {name: array.shape for name, array in file.items() if "weight" in name}
    assert [*shapes.values()] == [(4, 1, 3, 3), (3, 1, 5, 5), (3, 3, 3, 3), (4, 3, 3, 3)]
    line = ("--mode", "subpixel", "--edges", "replicate", "--weights", "W.npz")
    assert updown("upblock", *line, "small.png", "-o", "made.png").code == 0
    assert pixels("made.png").shape == (16, 16, 3)
