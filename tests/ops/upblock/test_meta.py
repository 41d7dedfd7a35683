"""Meta upscale against the formula pixel by pixel, and against hand-made nets."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.conftest import Updown, noise, picture, pixels
from tests.helpers import run
from tests.ops.upblock.blocks import SAVERS, Array, Arrays, every_kind_of_file, save_npz
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.ops.upblock.meta import Meta
from updown_cli.ops.upblock.meta_positions import source_positions

SCALES = ("1.0", "1.1", "1.5", "2", "2.3", "2.5", "3.7")
INS, OUTS, HIDDEN = 2, 3, 16
# Inputs and weights are float64; the sums are added up in different orders.
ROUNDING = 1e-12
FIRST, FIRST_BIAS = "meta_block.0.weight", "meta_block.0.bias"
SECOND, SECOND_BIAS = "meta_block.2.weight", "meta_block.2.bias"


def net(ins: int = INS, outs: int = OUTS, side: int = 3) -> Arrays:
    rng = np.random.default_rng(8)
    rows = ins * side * side * outs
    return {
        FIRST: rng.standard_normal((HIDDEN, 3)),
        FIRST_BIAS: rng.standard_normal(HIDDEN),
        SECOND: rng.standard_normal((rows, HIDDEN)),
        SECOND_BIAS: rng.standard_normal(rows),
    }


def image(channels: int = INS) -> Array:
    return np.random.default_rng(1).standard_normal((2, channels, 5, 7))


def formula(x: Array, arrays: Arrays, scale: str, side: int = 3) -> Array:
    """Return every output pixel from its window and its own weights, one at a time."""
    r = Fraction(scale)
    height, width = (int(r * length) for length in x.shape[2:])
    channels = x.shape[1]
    padded = np.pad(x, [(0, 0), (0, 0), (side // 2,) * 2, (side // 2,) * 2])
    outs = len(arrays[SECOND]) // (channels * side * side)
    out = np.empty((len(x), outs, height, width))
    for i, j in np.ndindex(height, width):
        top, left = i / r // 1, j / r // 1
        seen = np.array([1 / r, i / r - top, j / r - left], dtype=float)
        hidden = np.maximum(arrays[FIRST] @ seen + arrays.get(FIRST_BIAS, 0.0), 0)
        said = arrays[SECOND] @ hidden + arrays.get(SECOND_BIAS, 0.0)
        window = padded[:, :, top : top + side, left : left + side]
        out[:, :, i, j] = window.reshape(len(x), -1) @ said.reshape(-1, outs)
    return out


def result(op: Meta, x: Array) -> NDArray[Any]:
    numbers: Array = run(op, torch.from_numpy(x)).pixels.numpy()
    return numbers


def scaled(scale: str, **settings: Any) -> Meta:
    """Return a block with its scale read as a user types it."""
    kind = next(p.kind for p in Meta.parameters() if p.name == "scale_factor")
    return Meta(scale_factor=kind.parse(scale), **settings)


@pytest.mark.parametrize("scale", [*SCALES, "0.4", "5/3"])
def test_matches_the_formula(scale: str) -> None:
    op = scaled(scale, weights=save_npz("net", net()))
    expected = formula(image(), net(), scale)
    np.testing.assert_allclose(result(op, image()), expected, rtol=ROUNDING, atol=1e-11)


@every_kind_of_file
@pytest.mark.parametrize("side", [1, 3, 5])
def test_reads_every_kind_of_file(save: Any, side: int) -> None:
    arrays = net(side=side)
    op = scaled("1.5", weights=save("net", arrays), kernel_size=side)
    expected = formula(image(), arrays, "1.5", side)
    np.testing.assert_allclose(result(op, image()), expected, rtol=ROUNDING, atol=1e-11)


@pytest.mark.parametrize("left_out", [{FIRST_BIAS}, {SECOND_BIAS}, {FIRST_BIAS, SECOND_BIAS}])
def test_biases_may_be_missing(left_out: set[str]) -> None:
    arrays = {key: array for key, array in net().items() if key not in left_out}
    op = scaled("1.5", weights=save_npz("net", arrays))
    expected = formula(image(), arrays, "1.5")
    np.testing.assert_allclose(result(op, image()), expected, rtol=ROUNDING, atol=1e-11)


def test_biases_can_be_left_out() -> None:
    op = scaled("1.5", weights=save_npz("net", net()), biases=False)
    expected = formula(image(), {FIRST: net()[FIRST], SECOND: net()[SECOND]}, "1.5")
    np.testing.assert_allclose(result(op, image()), expected, rtol=ROUNDING, atol=1e-11)


def test_a_trained_network_s_block_is_read_by_its_prefix() -> None:
    arrays = {f"P2W.{key}": array for key, array in net().items()}
    path = save_npz("net", arrays | {"sfe.weight": np.ones(3)})
    op = scaled("2.5", weights=f"{path}::P2W")
    assert op.warnings(Shape(INS, 5, 7)) == []
    expected = formula(image(), net(), "2.5")
    np.testing.assert_allclose(result(op, image()), expected, rtol=ROUNDING, atol=1e-11)


@pytest.mark.parametrize(
    ("scale", "pixel", "source"),
    [("2.3", 69, 30), ("2.7", 81, 30), ("3.7", 111, 30), ("1.1", 11, 10), ("7/3", 7, 3)],
)
def test_whole_positions_are_whole(scale: str, pixel: int, source: int) -> None:
    """In float32 69 * (1 / 2.3) is 29.999998, in pixel 29."""
    where = source_positions(100, scaled(scale, init="random").scale)
    assert (where.sources[pixel], where.offsets[pixel]) == (source, 0.0)


@pytest.mark.parametrize(
    ("scale", "side"), [("1.15", 115), ("2.3", 230), ("1.7", 170), ("2/3", 66), ("29%", 29)]
)
def test_the_size_is_that_of_the_number_as_typed(scale: str, side: int) -> None:
    """In floats 1.15 * 100 is 114.99999999999999 and 0.29 * 100 is 28.999999999999996."""
    assert scaled(scale, init="random").out_shape(Shape(1, 100, 100)) == (1, side, side)


def test_pixels_gathered_in_parts_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    op = scaled("2", init="random")
    at_once = result(op, image())
    monkeypatch.setattr("updown_cli.ops.upblock.meta.GATHERED_VALUES", 1)
    np.testing.assert_allclose(result(op, image()), at_once, rtol=ROUNDING, atol=1e-14)


@pytest.mark.parametrize("side", [3, 5])
@pytest.mark.parametrize("scale", [*SCALES, "0.4"])
def test_a_bilinear_start_takes_values_between_four_pixels(scale: str, side: int) -> None:
    x = np.random.default_rng(0).uniform(0, 255, (1, 3, 5, 7))
    beyond = np.pad(x, [(0, 0), (0, 0), (0, 1), (0, 1)])
    height, width = (int(Fraction(scale) * length) for length in x.shape[2:])
    expected = np.empty((1, 3, height, width))
    for i, j in np.ndindex(height, width):
        (top, y), (left, z) = (divmod(n / Fraction(scale), 1) for n in (i, j))
        rows = beyond[:, :, top] * float(1 - y) + beyond[:, :, top + 1] * float(y)
        expected[:, :, i, j] = rows[..., left] * float(1 - z) + rows[..., left + 1] * float(z)
    op = scaled(scale, init="bilinear", kernel_size=side)
    # The net makes the product of both offsets of straight pieces, to 2e-5 of white.
    np.testing.assert_allclose(result(op, x), expected, atol=4 * 2e-5 * 255)


def test_scale_1_starts_as_the_image_itself(updown: Updown) -> None:
    path = picture("in.png", noise(6, 5, 3))
    command = ("upblock", "--mode", "meta", "--init", "bilinear", "--scale-factor", "1")
    assert updown(*command, path, "-o", "out.png").code == 0
    assert np.array_equal(pixels("out.png"), pixels(path))


def test_steps_show_what_the_net_sees_and_says(updown: Updown) -> None:
    np.save("in.npy", image()[:1])
    path = SAVERS["pt"]("net", net())
    command = ("upblock", "--mode", "meta", "--weights", path, "--scale-factor", "1.5")
    assert updown(*command, "in.npy", "-o", "out.npy", "--show-steps", "steps").code == 0
    seen, said = np.load("steps/01-offsets.npy"), np.load("steps/02-weights.npy")
    assert seen.shape == (3, 7, 10)
    assert seen[:, 4, 5].tolist() == [
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
        pytest.approx(1 / 3),
    ]
    hidden = np.maximum(net()[FIRST] @ seen[:, 4, 5] + net()[FIRST_BIAS], 0)
    weights = net()[SECOND] @ hidden + net()[SECOND_BIAS]
    np.testing.assert_allclose(said[:, 4, 5], weights, rtol=ROUNDING)
    assert np.array_equal(np.load("steps/03-upscale.npy"), np.load("out.npy")[0])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"init": "random"}, "--scale-factor: is needed"),
        ({"init": "random", "scale_factor": (0.0,)}, "--scale-factor 0: must be more than 0"),
        (
            {"init": "random", "scale_factor": (2.0, 3.0)},
            "--scale-factor 2x3: must be one number for both axes",
        ),
        (
            {"init": "bilinear", "scale_factor": (2.0,), "kernel_size": 1},
            "--init bilinear goes with --kernel-size 3 or more",
        ),
        (
            {"init": "icnr", "scale_factor": (2.0,)},
            "--init icnr goes with --mode subpixel",
        ),
    ],
)
def test_contradictions_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError) as refused:
        Meta(**settings)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        (
            {"fc.weight": np.ones((4, 3))},
            "--weights net.npz: has no array meta_block.0.weight; it has fc.weight 4x3",
        ),
        (
            {FIRST: np.ones((4, 2))},
            "--weights net.npz::meta_block.0.weight: has shape 4x2, expected _x3",
        ),
        (
            net() | {SECOND: np.ones((54, 5))},
            "--weights net.npz::meta_block.2.weight: has shape 54x5, expected _x16",
        ),
        (
            net() | {SECOND_BIAS: np.ones(5)},
            "--weights net.npz::meta_block.2.bias: has shape 5, expected 54",
        ),
    ],
)
def test_files_that_hold_no_net_are_refused(arrays: Arrays, said: str) -> None:
    path = save_npz("net", arrays)
    with pytest.raises(ParameterError) as refused:
        Meta(weights=path, scale_factor=(2.0,))
    assert str(refused.value) == said


def test_images_whose_windows_do_not_fit_the_weights_are_refused() -> None:
    op = Meta(weights=save_npz("net", net()), scale_factor=(2.0,))
    with pytest.raises(ShapeError) as refused:
        op.out_shape(Shape(4, 5, 5))
    assert str(refused.value) == (
        "--weights net.npz::meta_block.2.weight: has 54 rows, expected a multiple of 4x3x3; the "
        "image has 4 channels"
    )


def test_an_image_that_would_vanish_is_refused() -> None:
    with pytest.raises(ShapeError) as refused:
        Meta(init="random", scale_factor=(0.1,)).out_shape(Shape(1, 9, 20))
    assert str(refused.value) == (
        "upblock: nothing is left of a 1x9x20 image; --scale-factor is too small for it"
    )
