"""What is measured: planted faults are found, right settings are not blamed, numbers are right."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage import transform

from benchmarks.doctor_faults import FAULTS, box, cubic, resized, stored, triangle
from updown_cli.doctor.examine import MEASURES, Examination, examine
from updown_cli.doctor.function import Function
from updown_cli.doctor.measure import BY_DESIGN, GOOD
from updown_cli.doctor.position import find_position
from updown_cli.doctor.rig import start_rig
from updown_cli.errors import InputError

Pixels = NDArray[Any]
Resize = Callable[[Pixels], Pixels]

SMALL = (120, 160)


def examined(resize: Resize, size: tuple[int, int] | None = SMALL) -> Examination:
    return examine(Function("it", resize), size)


def measured(resize: Resize, *names: str) -> list[float]:
    found = {finding.measure.name: finding.value for finding in examined(resize).findings}
    return [float("nan" if found[name] is None else str(found[name])) for name in names]


def by_kernel(**how: Any) -> Resize:
    return lambda pixels: stored(resized(pixels[..., :3], **how), pixels)


def names_of(found: Examination, verdict: str) -> set[str]:
    return {finding.measure.name for finding in found.findings if finding.verdict == verdict}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str) -> None:
    fault = FAULTS[name]
    found = examined(fault.resize)
    (finding,) = [each for each in found.faults if each.measure.name == fault.measure]
    assert finding.means
    assert finding.mend


def test_edges_have_the_profile_of_the_kernel_and_each_phase_its_weights() -> None:
    """A triangle of four taps sums up to its edge; levels are rounded to one of 128."""
    halved = examined(by_kernel(scale=0.5, kernel=triangle)).to_json()
    (weights,) = [phase["weights"] for phase in halved["kernel"]["down"]["by_phase"]]
    assert weights[6:10] == pytest.approx([1 / 8, 3 / 8, 3 / 8, 1 / 8], abs=0.01)
    profile = dict(zip(*halved["edge"]["across"].values(), strict=True))
    near = [level for distance, level in profile.items() if abs(distance) < 1.1]
    assert near == pytest.approx([0, 1 / 8, 1 / 2, 7 / 8, 1], abs=0.01)
    doubled = examined(by_kernel(scale=2, kernel=triangle)).to_json()["kernel"]["across"]
    assert [phase["phase"] for phase in doubled["by_phase"]] == pytest.approx(
        [0.25, 0.75], abs=0.01
    )
    used = [[weight for weight in p["weights"] if weight > 0.01] for p in doubled["by_phase"]]
    assert used == [
        pytest.approx([3 / 4, 1 / 4], abs=0.01),
        pytest.approx([1 / 4, 3 / 4], abs=0.01),
    ]


#: What two faults at once are, or cannot be told from.
TOGETHER = {
    "video range": {"gain", "offset"},
    "uneven overlap": {"shift", "gain", "border", "checkerboard", "overshoot", "ringing"},
    "antialiased across alone": {"alias", "direction"},
    "cropped": {"shift", "stretch"},
}


@pytest.mark.parametrize(
    "name", ["a tenth of a pixel late", "bias", "grey", "16 bits cut", "chroma at half the size"]
)
def test_nothing_else_is_blamed(name: str) -> None:
    found = examined(FAULTS[name].resize)
    assert names_of(found, "fault") == TOGETHER.get(name, {FAULTS[name].measure})


def pillow(scale: float, resample: Image.Resampling) -> Resize:
    def act(pixels: Pixels) -> Pixels:
        image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
        size = round(image.width * scale), round(image.height * scale)
        return np.asarray(image.resize(size, resample))

    return act


def opencv(scale: float, interpolation: int) -> Resize:
    def act(pixels: Pixels) -> Pixels:
        return np.asarray(
            cv2.resize(pixels[..., :3], None, fx=scale, fy=scale, interpolation=interpolation)
        )

    return act


def scikit_image(pixels: Pixels) -> Pixels:
    colours = pixels[..., :3]
    sides = colours.shape[0] // 2, colours.shape[1] // 2
    resize: Any = transform.resize
    return stored(resize(colours, sides, anti_aliasing=True, preserve_range=True), pixels)


def scipy_zoom(pixels: Pixels) -> Pixels:
    factors = (2, 2, 1)
    colours = pixels[..., :3].astype(float)
    return stored(ndimage.zoom(colours, factors, order=1, mode="nearest", grid_mode=True), pixels)


def scipy_corners(pixels: Pixels) -> Pixels:
    return stored(ndimage.zoom(pixels[..., :3].astype(float), (2, 2, 1), order=1), pixels)


Filter = Image.Resampling
RIGHT: dict[str, Resize] = {
    "Pillow bilinear": pillow(0.5, Filter.BILINEAR),
    "Pillow lanczos": pillow(0.4, Filter.LANCZOS),
    "Pillow box": pillow(0.5, Filter.BOX),
    "Pillow nearest": pillow(2, Filter.NEAREST),
    "OpenCV area": opencv(0.25, cv2.INTER_AREA),
    "OpenCV linear": opencv(1.5, cv2.INTER_LINEAR),
    "OpenCV cubic": opencv(2, cv2.INTER_CUBIC),
    "scikit-image": scikit_image,
    "SciPy": scipy_zoom,
    "SciPy, corners aligned": scipy_corners,
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_settings_are_not_blamed(name: str) -> None:
    assert [finding.measure.name for finding in examined(RIGHT[name]).faults] == []


def test_what_is_by_design_is_told() -> None:
    nearest = names_of(examined(pillow(0.5, Filter.NEAREST)), BY_DESIGN)
    assert {"shift", "alias", "lines"} <= nearest
    shift = examined(pillow(0.5, Filter.NEAREST)).findings[0]
    assert (shift.excuse[:27], shift.mend) == ("one source pixel is picked ", "")
    assert "overshoot" in names_of(examined(opencv(2, cv2.INTER_CUBIC)), BY_DESIGN)
    assert "stretch" in names_of(examined(scipy_corners), BY_DESIGN)


@pytest.mark.parametrize("late", [0.0, 0.03, 0.25, -0.5, 1.3])
@pytest.mark.parametrize("scale", [0.5, 1.5])
def test_a_shift_is_told_to_a_hundredth(late: float, scale: float) -> None:
    rig = start_rig(Function("it", by_kernel(scale=scale, late=late)), SMALL)
    find_position(rig)
    assert rig.moved == pytest.approx((late, late), abs=0.005)


def test_the_directions_of_a_shift_are_told() -> None:
    found = examined(lambda pixels: np.roll(pixels, (1, -2), (0, 1)), (96, 128))
    assert found.findings[0].told == "2.00 px left, 1.00 px down"


def test_the_alias_of_a_mean_of_two_is_its_integral() -> None:
    """|cos(pi f)|^2 beyond a quarter, over the same up to it."""
    inner = 1 / 8 + 1 / (4 * math.pi)
    (alias,) = measured(by_kernel(kernel=box), "alias")
    assert alias == pytest.approx(10 * math.log10((1 / 4 - inner) / inner), abs=0.1)


def test_a_picked_pixel_has_as_much_false_as_true() -> None:
    assert measured(lambda pixels: pixels[::2, ::2], "alias") == [pytest.approx(0, abs=0.1)]


def test_the_overshoot_of_a_cubic_is_that_of_its_sums() -> None:
    """Of 2 x taps lie at 1.25, 0.25, -0.75 and -1.75; an edge has some of them on each side."""
    taps = cubic(np.array([1.25, 0.25, -0.75, -1.75]))
    expected = max(np.cumsum(taps).max(), np.cumsum(taps[::-1]).max()) - 1
    (overshoot,) = measured(by_kernel(scale=2, kernel=cubic), "overshoot")
    assert overshoot == pytest.approx(expected, abs=0.006)


def test_gain_offset_and_gamma_are_told_apart() -> None:
    names = ("gain", "offset", "gamma")
    assert measured(FAULTS["weights sum to 0.95"].resize, *names) == [
        pytest.approx(0.05, abs=0.003), pytest.approx(0, abs=0.5), 0.0,
    ]  # fmt: skip
    assert measured(FAULTS["wrong gamma"].resize, *names) == [
        0.0, 0.0, pytest.approx(0.1, abs=0.01)
    ]  # fmt: skip
    assert measured(FAULTS["bias"].resize, "offset") == [pytest.approx(4, abs=0.6)]


def test_truncation_takes_half_a_level() -> None:
    how = partial(resized, kernel=triangle)
    (cut,) = measured(lambda pixels: how(pixels[..., :3]).astype(pixels.dtype), "rounding")
    assert cut == pytest.approx(0.5, abs=0.1)


def stored_as_jpeg(subsampling: str) -> Resize:
    def act(pixels: Pixels) -> Pixels:
        half = pillow(0.5, Filter.BICUBIC)(pixels[..., :3])
        if half.dtype != np.uint8:
            return half
        file = io.BytesIO()
        Image.fromarray(half).save(file, "JPEG", quality=95, subsampling=subsampling)
        return np.asarray(Image.open(file))

    return act


def test_subsampled_chroma_is_told_and_nothing_else() -> None:
    """4:2:0 halves both sides of chroma, 4:2:2 the width alone; JPEG itself is no fault."""
    assert names_of(examined(stored_as_jpeg("4:2:0")), "fault") == {"chroma"}
    across = next(f for f in examined(stored_as_jpeg("4:2:2")).faults)
    assert (across.measure.name, "contrast across than" in across.means) == ("chroma", True)
    assert examined(stored_as_jpeg("4:4:4")).faults == []


def test_half_the_chroma_loses_what_its_means_lose() -> None:
    """Means of two lose cos(pi / 6.3) of a fine wave, repeated again as much, and less of 44.1."""

    def act(pixels: Pixels) -> Pixels:
        half = resized(pixels[..., :3])
        if half.shape[2] < 3:
            return stored(half, pixels)
        luma = half @ np.array([[0.299], [0.587], [0.114]])
        cells = (half - luma).reshape(half.shape[0] // 2, 2, half.shape[1] // 2, 2, 3).mean((1, 3))
        return stored(luma + cells.repeat(2, 0).repeat(2, 1), pixels)

    (lost,) = measured(act, "chroma")
    fine, coarse = (math.cos(math.pi / period) ** 2 for period in (6.3, 44.1))
    assert lost == pytest.approx(1 - fine / coarse, abs=0.03)


def test_light_is_mixed_or_code_values() -> None:
    def in_light(pixels: Pixels) -> Pixels:
        white = np.iinfo(pixels.dtype).max
        code = pixels[..., :3] / white
        light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
        half = resized(light).clip(0, 1)
        back = np.where(half <= 0.0031308, half * 12.92, 1.055 * half ** (1 / 2.4) - 0.055)
        return stored(back * white, pixels)

    found = examined(in_light)
    assert found.faults == []
    assert found.rig.mixes_light
    assert "light" in names_of(found, GOOD)
    assert "light" in names_of(examined(by_kernel()), BY_DESIGN)


def test_maxima_are_no_kernel_and_are_not_blamed_for_it() -> None:
    def largest(pixels: Pixels) -> Pixels:
        height, width, channels = pixels.shape
        cells = pixels.reshape(height // 2, 2, width // 2, 2, channels)
        return np.asarray(cells.max((1, 3)))

    found = examined(largest)
    assert found.faults == []
    assert not found.rig.linear
    assert {"separability", "alpha"} <= names_of(found, BY_DESIGN)


def convolved(weights: Pixels, *, wraps: bool = False) -> Resize:
    """Return a filter of three by three, of premultiplied colours, that repeats the border."""

    def act(pixels: Pixels) -> Pixels:
        white, given = np.iinfo(pixels.dtype).max, pixels.astype(float)
        opacity = given[..., 3:] / white if pixels.shape[2] == 4 else np.ones_like(given[..., :1])
        mixed = [
            ndimage.correlate(plane, weights, mode="nearest")
            for plane in np.moveaxis(np.concatenate([given[..., :3] * opacity, opacity], -1), -1, 0)
        ]
        alpha = mixed[-1].clip(0, 1) if pixels.shape[2] == 4 else opacity[..., 0]
        colours = np.stack(mixed[:-1], -1) / np.maximum(alpha, 1e-9)[..., None]
        result = np.concatenate([colours, alpha[..., None] * white], -1)[..., : pixels.shape[2]]
        if wraps and pixels.dtype == np.uint8:
            return np.asarray(np.rint(result).astype(np.int64).astype(np.uint8))
        return stored(result, pixels)

    return act


CROSS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
SHARPEN = np.array([[0, 0, 0], [0, 5, 0], [0, 0, 0]]) - CROSS


def test_sharpening_is_no_fault_and_its_values_are_cut_off() -> None:
    """Of 5 and four of -1 a row along an edge has -1, 3, -1: a step goes beyond by 1, of 1/2."""
    found = examined(convolved(SHARPEN))
    assert [finding.measure.name for finding in found.faults] == []
    told = {finding.measure.name: finding for finding in found.findings}
    assert told["overshoot"].value == pytest.approx((255 - 192) / 128, abs=0.01)
    assert told["blur"].means == "all waves that fit keep half of their contrast or more"
    weights = found.to_json()["kernel"]["across"]["weights"]
    assert [weight for weight in weights if abs(weight) > 0.05] == pytest.approx(
        [-1, 3, -1], abs=0.02
    )


def test_sharpening_that_wraps_is_told() -> None:
    assert "wrap" in names_of(examined(convolved(SHARPEN, wraps=True)), "fault")


def test_where_weights_sum_to_nothing_positions_are_not_measured() -> None:
    found = examined(convolved(CROSS - np.diag([0, 4, 0])))
    assert names_of(found, "fault") == {"gain"}
    unknown = {"shift", "stretch", "alias", "blur", "lines", "overshoot", "ringing"}
    assert unknown <= names_of(found, "not measured")


@pytest.mark.parametrize(
    ("scale", "size"), [(1 / 16, (720, 960)), (5, (120, 160)), (1, (360, 480))]
)
def test_signals_are_as_large_as_it_takes(scale: float, size: tuple[int, int]) -> None:
    found = examined(opencv(scale, cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), None)
    assert found.rig.size == size
    assert found.faults == []


NO_PICTURES: dict[str, tuple[Resize, str]] = {
    "NaN": (lambda p: np.full((60, 80, 3), np.nan), "gives NaN or infinity"),
    "too much": (
        lambda p: p[::2, ::2] * 1e30,
        "gives values up to 2.2e+32 times white; a model's white is said with --white",
    ),
    "one level": (
        lambda p: np.full((60, 80, 3), 7, np.uint8),
        "gives one level everywhere, whatever it is shown",
    ),
    "one pixel": (
        lambda p: p[:1, :1],
        "makes 1x1 of 120x160, too little to measure; give it larger signals, with --size",
    ),
}


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_is_refused(name: str) -> None:
    resize, sentence = NO_PICTURES[name]
    with pytest.raises(InputError) as failed:
        examined(resize)
    assert str(failed.value) == f"it: {sentence}"


@pytest.mark.parametrize(
    "resize",
    [
        lambda p: p[::2, ::2] > 100,
        lambda p: np.repeat(p[::2, ::2, :1], 12, -1),
        lambda p: p[::2, ::2, 0],
        lambda p: p[:60, :80],
        lambda p: np.repeat(p[:1], 90, 0),
        lambda p: p[::2, ::2].astype(np.int32) - 128,
    ],
)
def test_whatever_a_resize_does_something_is_said(resize: Resize) -> None:
    found = examined(resize)
    assert found.faults
    json.dumps(found.to_json(), allow_nan=False)


def test_every_measure_is_told_once_and_says_what_it_means() -> None:
    found = examined(by_kernel())
    assert [finding.measure for finding in found.findings] == [*MEASURES]
    assert all(finding.means and finding.told for finding in found.findings)
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)


def test_json_has_what_is_told_and_the_kernel() -> None:
    data = examined(by_kernel()).to_json()
    assert (data["in"], data["out"], data["faults"]) == ([120, 160], [60, 80], [])
    assert len(data["findings"]) == len(MEASURES)
    kernel = dict(
        zip(data["kernel"]["across"]["distances"], data["kernel"]["across"]["weights"], strict=True)
    )
    near = {round(distance, 1): weight for distance, weight in kernel.items() if abs(distance) < 2}
    assert near == pytest.approx({-1.5: 0.125, -0.5: 0.375, 0.5: 0.375, 1.5: 0.125}, abs=0.01)
