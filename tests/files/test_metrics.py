"""The measures of a difference, against NumPy, scikit-image and numbers worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.metrics import mean_squared_error, structural_similarity

from tests.conftest import SAMPLES, noise, pixels
from updown_cli.files.comparison import compare_pictures, difference
from updown_cli.files.metrics import slabs
from updown_cli.files.metrics.ssim import window
from updown_cli.files.picture import Picture

NAN, INF = math.nan, math.inf


def grey(values: Any, dtype: Any = np.uint8) -> Picture:
    """Return a grey picture of rows of values."""
    return Picture(np.array(values, dtype)[None, None], "L", format="PNG")


def array(values: Any, dtype: Any = np.float32) -> Picture:
    """Return an array, N x C x sides."""
    return Picture(np.array(values, dtype), layout="NCHW")


def metrics(a: Picture, b: Picture, **settings: Any) -> dict[str, Any]:
    """Return the measures of two pictures."""
    found = compare_pictures(a, b, **settings).metrics
    assert found is not None
    return vars(found)


def test_measures_worked_out_by_hand() -> None:
    """Differences 0, 3, -4 and 0: squares 25, sum 7, of four."""
    found = metrics(grey([[10, 20], [30, 40]]), grey([[10, 17], [34, 40]]))
    expected = {"mse": 6.25, "rmse": 2.5, "max": 4.0, "mean": 1.75, "percent": 50.0}
    assert {name: found[name] for name in expected} == expected
    assert (found["differing"], found["pixels"], found["ssim"]) == (2, 4, None)
    # 10 log10(65025 / 6.25) = 20 log10(102)
    assert found["psnr"] == pytest.approx(40.172003435, abs=1e-9)


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_relative_errors_and_the_cosine_of_tensors(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = np.random.default_rng(rows)
    a, b = dice.normal(size=(2, 2, 3, 7, 5))
    monkeypatch.setattr(slabs, "SLAB_VALUES", 3 * 5 * rows)
    found = metrics(array(a, np.float64), array(b, np.float64))
    flat = a.ravel(), b.ravel()
    cosine = np.dot(*flat) / np.linalg.norm(flat[0]) / np.linalg.norm(flat[1])
    assert found["cosine"] == pytest.approx(cosine, rel=1e-12)
    assert found["relative"] == pytest.approx(np.linalg.norm(a - b) / np.linalg.norm(a), rel=1e-12)
    assert found["max_relative"] == pytest.approx((np.abs(a - b) / np.abs(a)).max(), rel=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([[[[3.0, 4.0]]]], [[[[3.0, 4.0]]]], (0.0, 0.0, 1.0)),
        ([[[[3.0, 4.0]]]], [[[[4.0, -3.0]]]], (2**0.5, 1.75, 0.0)),
        ([[[[0.0, 2.0]]]], [[[[1.0, 2.0]]]], (0.5, INF, 0.894427190999916)),
        ([[[[0.0, 0.0]]]], [[[[0.0, 0.0]]]], (0.0, 0.0, 1.0)),
        ([[[[0.0, 0.0]]]], [[[[1.0, 0.0]]]], (INF, INF, 0.0)),
    ],
)
def test_relative_errors_worked_out_by_hand(
    a: Any, b: Any, expected: tuple[float, float, float]
) -> None:
    found = metrics(array(a), array(b))
    names = ("relative", "max_relative", "cosine")
    assert [found[name] for name in names] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_the_largest_difference_is_found_in_any_slab(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = np.random.default_rng(rows).normal(size=(2, 3, 7, 5)).astype(np.float32)
    monkeypatch.setattr(slabs, "SLAB_VALUES", 3 * 5 * rows)
    frame, *at = np.unravel_index(np.abs(a).argmax(), a.shape)
    found = metrics(array(a), array(np.zeros_like(a)))
    assert (found["frame"], found["at"]) == (frame, tuple(at))
    a[1, 2, 3, 4] = NAN
    found = metrics(array(a), array(np.zeros_like(a)))
    assert (found["frame"], found["at"]) == (1, (2, 3, 4))


def test_white_against_black_of_eight_bits_is_zero_decibels() -> None:
    found = metrics(grey(np.full((11, 11), 255)), grey(np.zeros((11, 11))))
    assert found["psnr"] == 0.0
    # c1 / (peak^2 + c1) with c1 = (0.01 peak)^2
    assert found["ssim"] == pytest.approx(1e-4 / (1 + 1e-4), rel=1e-9)


def test_the_window_is_a_gaussian_of_eleven_taps() -> None:
    from scipy.ndimage import gaussian_filter1d

    impulse = np.eye(1, 31, 15)[0]
    expected = gaussian_filter1d(impulse, 1.5, truncate=3.5)[10:21]
    np.testing.assert_allclose(window(), expected, rtol=1e-14)


def structural(a: NDArray[Any], b: NDArray[Any], peak: float) -> float:
    """Return scikit-image's value for C x sides."""
    values = [
        structural_similarity(  # type: ignore[no-untyped-call]
            x.astype(np.float64), y.astype(np.float64), gaussian_weights=True, sigma=1.5,
            use_sample_covariance=False, data_range=peak,
        )
        for x, y in zip(a, b, strict=True)
    ]  # fmt: skip
    return float(np.mean(values))


@pytest.mark.parametrize("name", ["photo.png", "gray16.png", "gray.png"])
def test_a_photograph_and_a_disturbed_one_as_scikit_image_has_them(name: str) -> None:
    image = np.atleast_3d(pixels(SAMPLES / name)).transpose(2, 0, 1)
    peak = np.iinfo(image.dtype).max
    spread = np.random.default_rng(0).normal(0, peak / 30, image.shape)
    other = np.clip(image + spread, 0, peak).astype(image.dtype)
    colour = "RGB" if len(image) == 3 else "L"
    found = metrics(Picture(image[None], colour), Picture(other[None], colour))
    # Both work in float64; sums of a million terms in another order agree to 1e-10.
    assert found["ssim"] == pytest.approx(structural(image, other, peak), abs=1e-10)
    assert found["mse"] == pytest.approx(mean_squared_error(image, other), rel=1e-10)


@pytest.mark.parametrize("sides", [(40,), (11,), (13, 12), (11, 300), (14, 12, 13)])
def test_similarity_of_signals_images_and_volumes(sides: tuple[int, ...]) -> None:
    moments = np.random.default_rng(1)
    a = moments.random((2, *sides))
    b = a + moments.normal(0, 0.1, a.shape)
    found = metrics(array(a[None], np.float64), array(b[None], np.float64))
    # Values are near 1 and in float64.
    assert found["ssim"] == pytest.approx(structural(a, b, 1.0), abs=1e-12)


def test_small_slabs_give_the_same_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = (Picture(noise(2, 3, 41, 17, seed=seed), "RGB") for seed in (0, 1))
    whole = dict(metrics(a, b))
    monkeypatch.setattr(slabs, "SLAB_VALUES", 1)
    parts = dict(metrics(a, b))
    assert parts.pop("at") == whole.pop("at")
    assert parts.pop("nans") == whole.pop("nans")
    # Sums in another order.
    assert list(parts.values()) == pytest.approx(list(whole.values()), rel=1e-12)


def test_a_side_shorter_than_the_window_has_no_similarity() -> None:
    a = noise(10, 40)
    assert metrics(grey(a), grey(a // 2))["ssim"] is None


def test_equal_pictures_of_any_size_are_similar() -> None:
    found = metrics(grey([[7]]), grey([[7]]))
    assert (found["ssim"], found["psnr"], found["max"]) == (1.0, INF, 0.0)


def test_a_pixel_differs_if_any_channel_does() -> None:
    a = np.zeros((1, 3, 2, 2), np.uint8)
    b = a.copy()
    b[0, :, 0, 0] = 1
    b[0, 2, 1, 1] = 9
    assert metrics(Picture(a, "RGB"), Picture(b, "RGB"))["percent"] == 50.0


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([NAN, 1], [NAN, 1], {"max": 0.0, "mse": 0.0, "differing": 0, "nans": (1, 1)}),
        ([NAN, 1], [NAN, 3], {"max": 2.0, "mse": 2.0, "differing": 1, "nans": (1, 1)}),
        ([INF, -INF], [INF, -INF], {"max": 0.0, "mse": 0.0, "differing": 0, "nans": (0, 0)}),
        ([INF, 1], [5, 1], {"max": INF, "mse": INF, "psnr": -INF, "differing": 1}),
        ([INF, 1], [-INF, 1], {"max": INF, "mean": INF, "differing": 1}),
        ([1e200, 0], [0, 0], {"max": 1e200, "mse": INF, "psnr": -INF, "differing": 1}),
    ],
)
def test_what_is_no_finite_number(a: Any, b: Any, expected: dict[str, Any]) -> None:
    found = metrics(array([[[a]]], np.float64), array([[[b]]], np.float64))
    assert {name: found[name] for name in expected} == expected


def test_nan_in_one_picture_makes_the_measures_nan() -> None:
    found = metrics(array([[[[NAN, 1]]]]), array([[[[2, 1]]]]))
    assert (found["differing"], found["nans"]) == (1, (1, 0))
    assert all(math.isnan(found[name]) for name in ("mse", "rmse", "psnr", "max", "mean"))


def test_large_whole_numbers_differ_though_floats_do_not() -> None:
    found = metrics(array([[[[2**62]]]], np.int64), array([[[[2**62 + 1]]]], np.int64))
    assert (found["differing"], found["max"]) == (1, 0.0)


@pytest.mark.parametrize(
    ("a", "b", "largest", "peak"),
    [
        (grey([[255, 1]]), grey([[65535, 257]], np.uint16), 0.0, 65535),
        (grey([[255, 1]]), grey([[65535, 0]], np.uint16), 257.0, 65535),
        (grey([[1.0, 0.5]], np.float32), grey([[255, 127]]), 0.5, 255),
        (array([[[[12.5, 3]]]]), grey([[13, 3]]), 0.5, 255),
    ],
)
def test_pictures_of_different_depth_are_on_one_scale(
    a: Picture, b: Picture, largest: float, peak: float
) -> None:
    """An array has no white: its values are taken as they are."""
    found = compare_pictures(a, b)
    assert found.metrics is not None
    assert found.metrics.max == largest
    assert found.differences[-1].startswith("depth ")
    assert not found.same
    if largest:
        expected = 10 * math.log10(peak**2 / found.metrics.mse)
        assert found.metrics.psnr == pytest.approx(expected)


@pytest.mark.parametrize(
    ("b", "differences"),
    [
        (Picture(np.zeros((1, 3, 4, 6), np.uint8), "RGB"), ["size 3x4x5 and 3x4x6"]),
        (Picture(np.zeros((2, 3, 4, 5), np.uint8), "RGB"), ["frames 1 and 2"]),
        (
            Picture(np.zeros((1, 4, 4, 5), np.uint8), "RGB", alpha=True),
            ["size 3x4x5 and 4x4x5", "mode RGB and RGBA"],
        ),
    ],
)
def test_pictures_of_another_size_have_no_measures(b: Picture, differences: list[str]) -> None:
    found = compare_pictures(Picture(np.zeros((1, 3, 4, 5), np.uint8), "RGB"), b)
    assert (list(found.differences), found.metrics, found.same) == (differences, None, False)


def test_four_channels_of_other_meaning_have_no_measures() -> None:
    pixels = np.zeros((1, 4, 2, 2), np.uint8)
    found = compare_pictures(Picture(pixels, "CMYK"), Picture(pixels, "RGB", alpha=True))
    assert (found.differences, found.metrics) == (("mode CMYK and RGBA",), None)


def test_colours_weighed_by_alpha_do_not_differ_where_nothing_shows() -> None:
    a = np.array([200, 100, 50, 0, 10, 20, 30, 128], np.uint8).reshape(1, 2, 4, 1).swapaxes(1, 2)
    b = a.copy()
    b[0, 0, 0] = 7
    pictures = [Picture(x.swapaxes(2, 3), "RGB", alpha=True) for x in (a, b)]
    assert metrics(*pictures)["max"] == 193.0
    assert metrics(*pictures, weighs=True)["differing"] == 0
    b[0, 0, 1] = 12
    # 2 * 128 / 255
    assert metrics(*pictures, weighs=True)["max"] == pytest.approx(2 * 128 / 255)


def test_peak_can_be_told() -> None:
    a, b = array(noise(1, 1, 12, 12), np.float32), array(noise(1, 1, 12, 12, seed=1), np.float32)
    expected = metrics(*(grey(p.pixels[0, 0]) for p in (a, b)))
    found = metrics(a, b, peak=255.0)
    assert (found["psnr"], found["ssim"]) == (expected["psnr"], expected["ssim"])


def test_the_array_of_a_difference_is_exact() -> None:
    from io import BytesIO

    a, b = array([[[[1.5, -2, NAN]]]]), array([[[[1, 2, 0]]]])
    data = difference(a, b, ".npy", weighs=False, amplify=3)
    np.testing.assert_array_equal(np.load(BytesIO(data)), [[[[1.5, 12, NAN]]]])
