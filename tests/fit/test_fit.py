"""Kernels that are found again, and pairs from which none can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import correlate

from tests.conftest import SAMPLES, Updown, noise, picture, pixels

Array = NDArray[Any]

SOBEL = np.array([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])


def gaussian(side: int, sigma: float) -> Array:
    taps = np.exp(-(((np.arange(side) - side // 2) / sigma) ** 2) / 2)
    kernel: Array = np.outer(taps, taps) / taps.sum() ** 2
    return kernel


def shifted_box() -> Array:
    """A box of 3x3 whose middle is a pixel down and two to the right of that of 7x7."""
    kernel = np.zeros((7, 7))
    kernel[3:6, 4:7] = 1 / 9
    return kernel


def drawn(side: int) -> Array:
    kernel: Array = np.random.default_rng(5).random((side, side))
    kernel /= kernel.sum()
    return kernel


KERNELS = {
    "sobel": SOBEL,
    "gaussian": gaussian(7, 1.5),
    "shifted-box": shifted_box(),
    "random": drawn(11),
}


def photograph() -> Array:
    """Return a photograph's grey levels."""
    return np.asarray(Image.open(SAMPLES / "photo.jpg").convert("L"), np.float64)[:192, :192]


def scene() -> Array:
    """Return them with the grain of a dark night: detail of all sizes tells all taps apart."""
    return np.floor(photograph() / 2 + noise(192, 192) / 2)


def seen_through(kernel: Array, scene: Array) -> Array:
    """Return the sums of windows as another library has them, with zeros around."""
    return np.asarray(correlate(scene, kernel, mode="constant"))


def found(path: str, name: str = "0.weight") -> Array:
    with np.load(path) as file:
        return np.asarray(file[name])


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_is_found_from_one_pair_of_bytes(name: str, updown: Updown) -> None:
    """Sobel's results are cut off at black; those are left out."""
    kernel = KERNELS[name]
    result = np.floor(seen_through(kernel, scene()).clip(0, 255) + 0.5)
    picture("sharp.png", scene())
    picture("seen.png", result)
    side = len(kernel)
    steps = f"conv -k {side} -p {side // 2}"
    done = updown("fit", steps, "--pairs", "sharp.png", "seen.png", "-o", "W.npz")
    assert done.code == 0, done.stderr
    assert abs(found("W.npz") - kernel).max() <= 1e-2 * abs(kernel).max()


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_is_found_from_floats(name: str, updown: Updown) -> None:
    kernel = KERNELS[name]
    np.save("sharp.npy", scene().astype("float32"))
    np.save("seen.npy", seen_through(kernel, scene()).astype("float32"))
    side = len(kernel)
    steps = f"conv -k {side} -p {side // 2}"
    assert updown("fit", steps, "--pairs", "sharp.npy", "seen.npy", "-o", "W.npz").code == 0
    assert abs(found("W.npz") - kernel).max() <= 1e-5 * abs(kernel).max()


def test_a_shift_is_found_within_a_hundredth_of_a_pixel(updown: Updown) -> None:
    picture("sharp.png", scene())
    picture("moved.png", np.floor(seen_through(shifted_box(), scene()) + 0.5))
    updown("fit", "conv -k 7 -p 3", "--pairs", "sharp.png", "moved.png", "-o", "W.npz")
    kernel = found("W.npz")
    down, right = (np.arange(7) - 3).repeat(7).reshape(7, 7), np.tile(np.arange(7) - 3, (7, 1))
    assert (kernel * down).sum() / kernel.sum() == pytest.approx(1, abs=0.01)
    assert (kernel * right).sum() / kernel.sum() == pytest.approx(2, abs=0.01)


def test_a_deconv_learns_to_interpolate_and_to_repeat(updown: Updown) -> None:
    """Bilinear repeats pixels at the edges, which a deconv cannot: results there are left out."""
    small = noise(40, 40).astype("float32")
    np.save("small.npy", small)
    large = F.interpolate(torch.from_numpy(small)[None, None], scale_factor=2, mode="bilinear")
    np.save("bilinear.npy", large[0, 0].numpy())
    np.save("nearest.npy", small.repeat(2, 0).repeat(2, 1))
    pairs = ("--pairs", "small.npy", "bilinear.npy", "-o", "B.npz")
    assert updown("fit", "deconv -k 4 -s 2 -p 1", *pairs).code == 0
    line = np.array([0.25, 0.75, 0.75, 0.25])
    assert abs(found("B.npz") - np.outer(line, line)).max() <= 1e-3
    pairs = ("--pairs", "small.npy", "nearest.npy", "-o", "N.npz")
    assert updown("fit", "deconv -k 2 -s 2", *pairs).code == 0
    assert found("N.npz") == pytest.approx(np.ones((2, 2)), abs=1e-6)


def made_by(steps: str, arrays: dict[str, Array], updown: Updown) -> None:
    """Write what a chain that reads T.npz makes of a small picture of three channels."""
    np.save("in.npy", np.random.default_rng(1).random((3, 16, 20)).astype("float32"))
    stored: dict[str, Any] = {name: each.astype("float32") for name, each in arrays.items()}
    np.savez("T.npz", **stored)
    assert updown("chain", steps, "in.npy", "-o", "out.npy").code == 0


def weights(*shape: int) -> Array:
    return np.random.default_rng(sum(shape)).normal(size=shape)


WHOLE = [
    ("conv -k 3x4 -s 2 -p 1 --channels 5", "conv --kernel T.npz::0.weight --bias T.npz::0.bias "
     "-s 2 -p 1", {"0.weight": (5, 3, 3, 4), "0.bias": (5,)}),
    ("conv --mode dilated -k 3 -p same --groups 3 --channels 6", "conv --mode dilated --kernel "
     "T.npz::0.weight --bias T.npz::0.bias -p same --groups 3",
     {"0.weight": (6, 1, 3, 3), "0.bias": (6,)}),
    ("conv --mode depthwise -k 3", "conv --mode depthwise --kernel T.npz::0.weight",
     {"0.weight": (3, 1, 3, 3)}),
    ("deconv -k 4 -s 2 -p same --groups 3 --channels 6", "deconv --kernel T.npz::0.weight "
     "--bias T.npz::0.bias -s 2 -p same --groups 3", {"0.weight": (3, 2, 4, 4), "0.bias": (6,)}),
    ("deconv -k 5 -s 3 -p 2 --output-padding 1 --dilation 2 --channels 2 --no-bias", "deconv "
     "--kernel T.npz::0.weight -s 3 -p 2 --output-padding 1 --dilation 2",
     {"0.weight": (3, 2, 5, 5)}),
    ("upblock --mode subpixel --channel-order dcr", "upblock --mode subpixel --channel-order dcr "
     "--weights T.npz", {"conv1.weight": (12, 3, 3, 3), "conv1.bias": (12,)}),
    ("upblock --mode up-conv --no-relu", "upblock --mode up-conv --no-relu --weights T.npz",
     {"conv1.weight": (3, 3, 5, 5), "conv1.bias": (3,)}),
    ("upblock --mode nnconv -k 3 --no-relu --no-batch-norm --order upsample-first",
     "upblock --mode nnconv -k 3 --no-relu --no-batch-norm --order upsample-first --weights T.npz",
     {"conv1.weight": (3, 3, 3, 3), "conv1.bias": (3,)}),
    ("pool -k 2 | conv -k 3 -p 1 --channels 8 | shuffle --upscale-factor 2", "pool -k 2 | conv "
     "--kernel T.npz::1.weight --bias T.npz::1.bias -p 1 | shuffle --upscale-factor 2",
     {"1.weight": (8, 3, 3, 3), "1.bias": (8,)}),
    ("conv -k 3 | pool --mode avg -k 2", "conv --kernel T.npz::0.weight | pool --mode avg -k 2",
     {"0.weight": (3, 3)}),
]  # fmt: skip


@pytest.mark.parametrize(("learned", "known", "shapes"), WHOLE, ids=[one[0] for one in WHOLE])
def test_whole_weights_are_found_exactly(
    learned: str, known: str, shapes: dict[str, tuple[int, ...]], updown: Updown
) -> None:
    arrays = {name: weights(*shape) for name, shape in shapes.items()}
    made_by(known, arrays, updown)
    done = updown("fit", learned, "--pairs", "in.npy", "out.npy", "-o", "W.npz")
    assert done.code == 0, done.stderr
    assert done.stdout.startswith("exact: ")
    for name, array in arrays.items():
        assert found("W.npz", name) == pytest.approx(array, abs=2e-4)


def test_a_signal_has_kernels_too(updown: Updown) -> None:
    signal = np.random.default_rng(2).random((1, 300)).astype("float32")
    kernel = np.array([1.0, -2, 0.5])
    np.save("in.npy", signal)
    np.save("out.npy", np.convolve(signal[0], kernel[::-1], "valid")[None].astype("float32"))
    options = ("--layout", "CL", "-o", "W.npz")
    done = updown("fit", "conv -k 3", "--pairs", "in.npy", "out.npy", *options)
    assert done.code == 0, done.stderr
    assert found("W.npz") == pytest.approx(kernel, abs=1e-5)


def test_what_was_learned_is_used_by_other_commands(updown: Updown) -> None:
    np.save("in.npy", noise(20, 20).astype("float32"))
    np.save("out.npy", noise(20, 20).astype("float32").repeat(2, 0).repeat(2, 1))
    fitted = updown(
        "fit", "deconv -k 2 -s 2", "--pairs", "in.npy", "out.npy", "-o", "W.safetensors"
    )
    line = fitted.stdout.splitlines()[-1]
    assert line == "updown chain 'deconv --kernel W.safetensors::0.weight --stride 2'"
    picture("a.png", noise(8, 8))
    kernel = ("--kernel", "W.safetensors::0.weight", "-s", "2")
    assert updown("deconv", *kernel, "a.png", "-o", "b.png").code == 0
    assert (pixels("b.png") == pixels("a.png").repeat(2, 0).repeat(2, 1)).all()
    told = updown("explain", "deconv", *kernel, "--input", "2x2", "--code")
    assert 'load_file("W.safetensors")["0.weight"]' in told.stdout
    assert updown("sheet", "--try", line.split("'")[1], "a.png", "-o", "s.png").code == 0


def test_it_tells_how_well_it_does_beside_interpolation(updown: Updown) -> None:
    for number in range(3):
        part = photograph()[60 * number : 60 * number + 60, :60]
        Path("large").mkdir(exist_ok=True)
        picture(f"large/{number}.png", part)
    degrade = "upsample --mode bicubic --antialias --scale-factor 0.5"
    done = updown(
        *("fit", "deconv -k 6 -s 2 -p 2", "--pictures", "large", "--degrade", degrade),
        *("-o", "W.npz", "--json"),
    )
    (told,) = done.records
    assert told["pairs"] == {"taught": 2, "held_out": 1}
    for scores in told["scores"].values():
        assert [*scores] == ["fit", "nearest", "bilinear", "bicubic", "lanczos"]
        assert scores["bicubic"]["psnr"] > scores["nearest"]["psnr"]


def test_a_score_is_that_of_compare(updown: Updown) -> None:
    picture("sharp.png", scene())
    picture("seen.png", np.floor(seen_through(KERNELS["gaussian"], scene()) + 0.5))
    options = ("--pairs", "sharp.png", "seen.png", "-o", "W.npz", "--json", "--edges", "keep")
    (told,) = updown("fit", "conv -k 3 -p 1", *options).records
    updown("conv", "--kernel", "W.npz::0.weight", "-p", "1", "sharp.png", "-o", "made.png")
    (compared,) = updown("compare", "made.png", "seen.png", "--json").records
    assert told["scores"]["taught"]["fit"]["psnr"] == pytest.approx(
        compared["metrics"]["psnr"], abs=1e-3
    )
    (unchanged,) = updown("compare", "sharp.png", "seen.png", "--json").records
    assert told["scores"]["taught"]["unchanged"]["psnr"] == pytest.approx(
        unchanged["metrics"]["psnr"], abs=1e-3
    )


def test_pictures_that_small_ones_are_made_of_are_cut_to_fit(updown: Updown) -> None:
    picture("odd.png", noise(41, 47))
    degrade = "upsample --scale-factor 0.5"
    done = updown(
        *("fit", "deconv -k 2 -s 2", "--pictures", "odd.png", "--degrade", degrade),
        *("-o", "W.npz", "--json", "--saturated", "keep"),
    )
    assert done.code == 0, done.stderr
    assert done.records[0]["exact"]["pixels"] == 40 * 46


def test_the_same_command_gives_the_same_bytes(updown: Updown) -> None:
    picture("a.png", noise(40, 40))
    for name in ("one.npz", "one.safetensors"):
        line = ("fit", "conv -k 3 -p 1", "--pairs", "a.png", "a.png", "-o", name)
        updown(*line)
        first = Path(name).read_bytes()
        assert updown(*line, "--if-exists", "overwrite").code == 0
        assert Path(name).read_bytes() == first


def test_a_weight_file_tells_what_made_it(updown: Updown) -> None:
    import hashlib
    import json

    picture("a.png", noise(40, 40))
    for name in ("W.npz", "W.safetensors"):
        updown("fit", "conv -k 3 -p 1", "--pairs", "a.png", "a.png", "-o", name, "--seed", "4")
        told = json.loads(updown("fit", "--show", name).stdout)
        assert told["steps"] == "conv -k 3 -p 1"
        assert told["settings"]["seed"] == 4
        digest = hashlib.sha256(Path("a.png").read_bytes()).hexdigest()
        assert told["inputs"]["files"] == {"a.png": digest}
    import safetensors.numpy

    assert [*safetensors.numpy.load_file("W.safetensors")] == ["0.weight"]


def test_a_picture_of_the_kernel(updown: Updown) -> None:
    np.save("in.npy", noise(30, 30).astype("float32"))
    np.save("out.npy", seen_through(SOBEL, noise(30, 30).astype("float32")).astype("float32"))
    pair = ("--pairs", "in.npy", "out.npy", "-o", "W.npz", "--plot", "K.png")
    assert updown("fit", "conv -k 3 -p 1", *pair).code == 0
    drawn = pixels("K.png")
    assert drawn.shape == (48, 48)
    middles = drawn[12:48:12, 12:48:12]
    assert middles.tolist() == [[192, 255, 192], [128, 128, 128], [64, 1, 64]]


REFUSED = [
    ("deconv -k 4 -s 2 -p 1", "s.png l.png", 1,
     "s.png, l.png: the chain makes 3x16x16 of 3x8x8, not 3x17x16"),
    ("conv -k 5", "small.png c.png", 1, "small.png, c.png: conv: nothing is left of "
     "a 1x4x4 image; the kernel with its gaps is larger; use --padding same"),
    ("conv -k 7", "c.png d.png", 1, "singular: the pairs leave 48 of 49 unknowns open; "
     "constant pictures tell nothing; take others, or --ridge 1e-6"),
    ("conv -k 7 -p 3", "t.png t.png", 1, "49 unknowns need as many pixels, the pairs have 0; "
     "take more or larger pictures, or a smaller kernel"),
    ("conv -k 3 -p 1", "nan.npy f.npy", 1, "nan.npy: holds NaN or infinite numbers"),
    ("conv -k 3 -p 1", "f.npy none.npy", 1, "none.npy: no such file"),
    ("conv --kernel box -p 1", "t.png t.png", 2, "no layer is without weights, so that there is "
     "nothing to learn; leave --kernel or --weights of a conv, deconv or upblock out"),
    ("conv -k 3 -p 1", "t.png folder", 2, "--pairs t.png folder: a folder and a file"),
    ("conv -k 3 -p 1", "folder other", 2,
     "folder/a.png: has no picture of its name in other and 1 more"),
    ("conv -k 3 -p 1 | activate --mode tanh", "t.png t.png --method exact", 2,
     "--method exact: not linear in the unknowns"),
    ("conv -k 3 -p 1 --bias 2", "t.png t.png", 2,
     "--bias: is learned with --channels"),
    ("pool -k 2 --channels 2", "t.png t.png", 2,
     "step 1, pool: --channels: goes with a layer that learns"),
    ("conv -k 3 --channels 4 --groups 3", "s.png s.png", 1,
     "s.png, s.png: 3 and 4 channels do not divide into 3 groups"),
    ("conv -k 3 -p 1", "t.png t.png --held-out 1", 2,
     "--held-out 1: leaves none of 1 pairs to learn from"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "rest", "code", "sentence"), REFUSED)
def test_what_cannot_be_learned_is_told_in_a_sentence(
    steps: str, rest: str, code: int, sentence: str, updown: Updown
) -> None:
    picture("s.png", noise(8, 8, 3))
    picture("l.png", noise(17, 16, 3))
    picture("small.png", np.full((4, 4), 7))
    picture("c.png", np.full((64, 64), 7))
    picture("d.png", np.full((58, 58), 9))
    picture("t.png", noise(6, 6).clip(1, 254))
    np.save("nan.npy", np.full((32, 32), np.nan, "float32"))
    np.save("f.npy", noise(32, 32).astype("float32"))
    for folder, name in (("folder", "a.png"), ("other", "b.png")):
        Path(folder).mkdir()
        picture(f"{folder}/{name}", noise(6, 6))
    done = updown("fit", steps, "--pairs", *rest.split(), "-o", "W.npz")
    assert (done.code, done.stderr) == (code, f"updown: {sentence}\n")
    assert not Path("W.npz").exists()


def test_a_file_that_is_there_stays(updown: Updown) -> None:
    picture("a.png", noise(20, 20))
    Path("W.npz").write_text("mine")
    line = ("fit", "conv -k 3 -p 1", "--pairs", "a.png", "a.png", "-o")
    done = updown(*line, "W.npz")
    assert done.code == 2
    assert done.stderr == "updown: W.npz exists; choose --if-exists overwrite\n"
    assert Path("W.npz").read_text() == "mine"
    assert updown(*line, "W.pt").stderr == (
        "updown: --output W.pt: must end in .safetensors or .npz\n"
    )
    assert updown("fit", "--show", "a.png").stderr == (
        "updown: a.png: is no .safetensors or .npz file\n"
    )
