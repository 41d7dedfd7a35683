"""Rounding, alpha and types, against numbers worked out by hand and against Pillow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import Updown
from updown_cli.engine import strip_choice
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.cutting import compute_dtype
from updown_cli.engine.devices import start_torch
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Clamped, Quantization
from updown_cli.engine.results import Result
from updown_cli.errors import InputError, SurroundingsError, UsageError
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.ops.pool.lp import LpPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.shuffle.shuffle import Shuffle
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.pipeline import strips
from updown_cli.pipeline.pipeline import Pipeline

CPU = torch.device("cpu")
TRANSPARENT = ChannelInfo(alpha=True, weighs=True)


def compute(op: Op, pixels: NDArray[Any], out_dtype: str, **settings: Any) -> Result:
    """Run one operation on N x C x sides."""
    channel_info = settings.pop("channel_info", ChannelInfo())
    plan = Pipeline((op,)).plan(Shape(*pixels.shape[1:]))
    return Engine(CPU).run(
        plan, pixels, Quantization(out_dtype, **settings), channel_info=channel_info
    )


def row(*values: float, dtype: str = "uint8") -> NDArray[Any]:
    """Return one grey row."""
    return np.array(values, dtype)[None, None, None]


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("half-up", [1, 3, 255]),
        ("half-even", [0, 2, 254]),
        ("floor", [0, 2, 254]),
        ("trunc", [0, 2, 254]),
    ],
)
def test_means_of_two_pixels_are_rounded(rounding: str, expected: list[int]) -> None:
    """As Pillow's BOX rounds them by default (C2)."""
    means = AvgPool(kernel_size=(1, 2))
    result = compute(means, row(0, 1, 2, 3, 254, 255), "uint8", rounding=rounding)
    assert result.pixels.ravel().tolist() == expected


def test_half_up_agrees_with_pillow_box() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    ours = compute(AvgPool(), noise[None, None], "uint8").pixels[0, 0]
    theirs = Image.fromarray(noise).reduce(2)
    np.testing.assert_array_equal(ours, np.asarray(theirs))


def test_a_value_just_below_a_half_is_not_rounded_up() -> None:
    just_below = np.nextafter(np.float32(0.5), np.float32(0))
    result = compute(MaxPool(kernel_size=(1,)), row(just_below, dtype="float32"), "uint8")
    assert result.pixels.item() == 0


def test_overshoot_is_clamped_and_never_wraps() -> None:
    """S6, C1."""
    step = row(0, 0, 255, 255)
    exact = compute(Bicubic(scale_factor=(1, 2)), step, "float32").pixels.ravel()
    wanted = [0, -8.96, -26.89, 57.77, 197.23, 281.89, 263.96, 255]
    np.testing.assert_allclose(exact, wanted, atol=0.005)  # two decimals are given
    stored = compute(Bicubic(scale_factor=(1, 2)), step, "uint8").pixels.ravel()
    assert stored.tolist() == [0, 0, 0, 58, 197, 255, 255, 255]


@pytest.mark.parametrize(
    ("dtype", "values"),
    [
        ("uint8", [0, 255]),
        ("int16", [-32768, 32767]),
        ("uint16", [0, 65535]),
        ("int32", [-(2**31), 2**31 - 1]),
        ("uint32", [0, 2**32 - 1]),
        ("int64", [-(2**53), 2**53]),
        ("bool", [0, 1]),
        ("float16", [-65504.0, 0.1]),
        ("float64", [0.1, 1e300]),
    ],
)
def test_an_operation_that_changes_nothing_keeps_every_bit(dtype: str, values: list[Any]) -> None:
    pixels = row(*values, dtype=dtype)
    result = compute(Nearest(scale_factor=(1,)), pixels, dtype).pixels
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, pixels)


def test_integers_without_an_exact_float_are_refused() -> None:
    with pytest.raises(InputError, match=r"^integers beyond 2\^53 would lose digits$"):
        compute(MaxPool(kernel_size=(1,)), row(2**53 + 1, 0, dtype="int64"), "int64")


def test_computing_is_in_float32_unless_values_need_more() -> None:
    exact = {"uint8", "int16", "uint16", "float16", "float32", "bool"}
    wide = {"int32", "uint32", "int64", "uint64", "float64"}
    assert {compute_dtype(np.dtype(name)) for name in exact} == {"float32"}
    assert {compute_dtype(np.dtype(name)) for name in wide} == {"float64"}


SIGNED = row(-26.9, 0, 100, 281.9, dtype="float32")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("clamp", [0, 0, 100, 255]),
        ("abs", [27, 0, 100, 255]),
        ("center", [101, 128, 228, 255]),
        ("symmetric", [116, 128, 173, 255]),  # x / 281.9 * 127 + 128
        ("minmax", [0, 22, 105, 255]),  # (x + 26.9) / 308.8 * 255
    ],
)
def test_values_outside_have_a_place_in_the_range(values: str, expected: list[int]) -> None:
    stored = compute(Nearest(scale_factor=(1,)), SIGNED, "uint8", range=values).pixels
    assert stored.ravel().tolist() == expected


def test_a_flat_picture_has_no_range_to_spread() -> None:
    flat = compute(Nearest(scale_factor=(1,)), row(7, 7), "uint8", range="minmax").pixels
    assert flat.ravel().tolist() == [0, 0]


def test_clamped_values_are_counted_with_their_extremes() -> None:
    clamped = compute(Nearest(scale_factor=(1,)), SIGNED, "uint8").clamped
    assert clamped == Clamped(2, float(np.float32(-26.9)), float(np.float32(281.9)))


@pytest.mark.parametrize(
    ("values", "count", "stored"),
    [
        ((-0.5, 255.49), 0, [0, 255]),
        ((-0.5, 255.5), 1, [0, 255]),
        ((-0.50001, 255.49), 1, [0, 255]),
        ((-0.50001, 255.5), 2, [0, 255]),
    ],
)
def test_a_half_is_clamped_where_it_would_be_rounded_beyond_the_range(
    values: tuple[float, float], count: int, stored: list[int]
) -> None:
    """-0.5 is rounded to 0, but 255.5 to 256."""
    result = compute(Nearest(scale_factor=(1,)), row(*values, dtype="float32"), "uint8")
    assert (result.clamped.values if result.clamped else 0) == count
    assert result.pixels.ravel().tolist() == stored


def test_what_rounding_mends_is_not_clamped() -> None:
    inside = row(-0.5, 255.49, dtype="float32")
    assert compute(Nearest(scale_factor=(1,)), inside, "uint8").clamped is None


@pytest.mark.parametrize(
    ("dark", "light", "mean"), [(0, 255, 188), (64, 192, 146)], ids=["black", "grey"]
)
def test_light_is_mixed_in_linear_light(dark: int, light: int, mean: int) -> None:
    """187.5 and 146.4 (C4)."""
    pair = AvgPool(kernel_size=(1, 2))
    mixed = compute(
        pair, row(dark, light), "uint8", channel_info=ChannelInfo(linear_light=True)
    ).pixels
    assert mixed.item() == mean


def test_linear_light_gives_every_code_value_back() -> None:
    codes = np.arange(65536, dtype=np.uint16)[None, None, None]
    channel_info = ChannelInfo(white=65535.0, linear_light=True)
    same = compute(AvgPool(kernel_size=(1,)), codes, "uint16", channel_info=channel_info).pixels
    np.testing.assert_array_equal(same, codes)


def test_linear_light_leaves_alpha_alone() -> None:
    two = rgba((0, 0, 0, 100), (255, 255, 255, 100))
    channel_info = ChannelInfo(alpha=True, weighs=True, linear_light=True)
    mixed = compute(AvgPool(kernel_size=(1, 2)), two, "uint8", channel_info=channel_info).pixels
    assert mixed.ravel().tolist() == [188, 188, 188, 100]


def rgba(*pixels: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """Return one row of RGBA pixels as 1 x 4 x 1 x W."""
    return np.array(pixels, np.uint8).T[None, :, None]


def test_colours_are_weighed_by_alpha() -> None:
    """The mean of an opaque red and an opaque green pixel beside a transparent one (C3)."""
    two = rgba((255, 0, 0, 255), (0, 255, 0, 0))
    mean = compute(AvgPool(kernel_size=(1, 2)), two, "uint8", channel_info=TRANSPARENT).pixels
    assert mean.ravel().tolist() == [255, 0, 0, 128]


def test_straight_alpha_is_a_channel_like_any() -> None:
    two = rgba((255, 0, 0, 255), (0, 255, 0, 0))
    mean = compute(AvgPool(kernel_size=(1, 2)), two, "float32").pixels
    assert mean.ravel().tolist() == [127.5, 127.5, 0, 127.5]


def test_hidden_colour_does_not_bleed_when_enlarging() -> None:
    """Opaque red beside transparent black (C3)."""
    two = rgba((255, 0, 0, 255), (0, 0, 0, 0))
    wide = compute(Bilinear(scale_factor=(1, 2)), two, "uint8", channel_info=TRANSPARENT).pixels
    assert wide[0, 0, 0].tolist() == [255, 255, 255, 0]
    assert wide[0, 3, 0].tolist() == [255, 191, 64, 0]


def test_opaque_pictures_have_the_numbers_of_the_layer() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1, 4, 9, 8), dtype=np.uint8)
    noise[:, 3] = 255
    op = Deconv(kernel="1 2; 3 4", stride=(2,))
    kernel = torch.tensor([[1.0, 2], [3, 4]]).expand(4, 1, 2, 2)
    layer = torch.nn.functional.conv_transpose2d(
        torch.from_numpy(noise).float(), kernel, stride=2, groups=4
    )
    result = compute(op, noise, "float32", channel_info=TRANSPARENT).pixels
    np.testing.assert_allclose(result[:, :3], layer[:, :3].numpy(), rtol=1e-6)


def test_colours_of_an_opaque_picture_stay_where_padding_makes_it_transparent() -> None:
    """The mean of nine in a corner is of four: alpha 4/9 of 255, the colour what it was."""
    red = np.zeros((1, 4, 3, 3), np.uint8)
    red[:, 0], red[:, 3] = 200, 255
    op = PlainConv(kernel="box", padding=(1,))
    corner = compute(op, red, "float32", channel_info=TRANSPARENT).pixels[0, :, 0, 0]
    np.testing.assert_allclose(corner, [200, 0, 0, 255 * 4 / 9], rtol=1e-5)


def test_selecting_operations_keep_straight_colours() -> None:
    two = rgba((255, 0, 0, 255), (0, 200, 0, 0))
    top = compute(MaxPool(kernel_size=(1, 2)), two, "uint8", channel_info=TRANSPARENT).pixels
    assert top.ravel().tolist() == [255, 200, 0, 255]


def test_new_nans_are_counted_and_explained() -> None:
    """P7."""
    odd = LpPool(norm_type=3.0, kernel_size=(1, 2))
    result = compute(odd, row(-1, -2, 1, 2, dtype="float32"), "float32")
    assert np.isnan(result.pixels.ravel()).tolist() == [True, False]
    assert result.warnings == (
        "1 values became NaN; torch takes powers of negative values as they are; "
        "--convention onnx takes |x|",
    )


def test_nan_and_infinity_have_a_place_in_integers() -> None:
    values = row(np.nan, np.inf, -np.inf, 7.0, dtype="float32")
    stored = compute(Nearest(scale_factor=(1,)), values, "uint8").pixels
    assert stored.ravel().tolist() == [0, 255, 0, 7]


def test_a_missing_device_is_named() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    with pytest.raises(UsageError) as refused:
        start_torch("cuda")
    assert str(refused.value) == "--device cuda: no CUDA device; use --device cpu"
    assert start_torch("auto") == CPU


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_gives_the_pixels_of_the_cpu() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (1, 3, 33, 47), dtype=np.uint8)
    plan = Pipeline((Bilinear(scale_factor=(1.7,)),)).plan(Shape(3, 33, 47))
    exact = Quantization("float32")
    ours = [
        Engine(start_torch(device)).run(plan, noise, exact).pixels for device in ("cpu", "cuda")
    ]
    np.testing.assert_allclose(ours[0], ours[1], rtol=1e-5, atol=1e-3)


HALVES = {"float16": torch.float16, "bfloat16": torch.bfloat16}


@pytest.mark.parametrize("name", HALVES)
@pytest.mark.parametrize(
    "op",
    [
        AvgPool(kernel_size=(3,)),
        Bilinear(scale_factor=(1.7,)),
        PlainConv(kernel="sharpen", padding=(1,)),
        Deconv(kernel="bilinear", stride=(2,), padding=(1,)),
        Shuffle(downscale_factor=2),
    ],
    ids=lambda op: op.command,
)
def test_types_of_16_bits_are_those_of_the_layer(op: Op, name: str) -> None:
    """Rounded to the type before, between and after: not float32 rounded at the end."""
    noise = np.random.default_rng(2).integers(0, 256, (1, 3, 32, 46), dtype=np.uint8)
    plan = Pipeline((op,)).plan(Shape(3, 32, 46))
    engine = Engine(CPU, dtype=name)
    result = engine.run(plan, noise, Quantization("float32"))
    expected = plan.steps[0].op.apply(torch.from_numpy(noise).to(HALVES[name]))
    assert result.dtype == name
    assert (result.pixels == expected.float().numpy()).all()
    stored = engine.run(plan, noise, Quantization("uint8")).pixels
    assert (stored == (expected.float().clamp(0, 255) + 0.5).floor().numpy()).all()


def test_a_layer_that_torch_has_not_in_16_bits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: AvgPool, x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("\"avg_pool2d_out_frame\" not implemented for 'Half'")

    monkeypatch.setattr(AvgPool, "apply", refuse)
    plan = Pipeline((AvgPool(),)).plan(Shape(1, 4, 4))
    with pytest.raises(InputError) as refused:
        Engine(CPU, dtype="float16").run(
            plan, np.zeros((1, 1, 4, 4), np.uint8), Quantization("uint8")
        )
    assert str(refused.value) == (
        "torch has not all that is asked for in float16 on cpu; use --dtype float32"
    )


def test_what_memory_does_not_hold_is_computed_in_lower_and_lower_strips(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on a GPU, whose memory nobody knows before."""
    rows: list[int] = []
    apply = LpPool.apply

    def needing_memory(self: LpPool, x: torch.Tensor) -> torch.Tensor:
        rows.append(x.shape[2])
        if x.shape[2] > 9:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return apply(self, x)

    noise = np.random.default_rng(2).integers(0, 256, (1, 1, 64, 8), dtype=np.uint8)
    plan = Pipeline((LpPool(norm_type=3.0),)).plan(Shape(1, 64, 8))
    expected = Engine(CPU).run(plan, noise, Quantization("uint8")).pixels
    monkeypatch.setattr(LpPool, "apply", needing_memory)
    result = Engine(CPU).run(plan, noise, Quantization("uint8"))
    assert (result.pixels == expected).all()
    assert rows[0] == 64
    assert max(rows[-8:]) <= 9


def test_what_no_strip_is_low_enough_for_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(self: LpPool, x: torch.Tensor) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(LpPool, "apply", never)
    plan = Pipeline((LpPool(norm_type=3.0),)).plan(Shape(1, 64, 8))
    with pytest.raises(SurroundingsError) as failed:
        Engine(CPU).run(plan, np.zeros((1, 1, 64, 8), np.uint8), Quantization("uint8"))
    assert str(failed.value) == "cpu: out of memory; use a smaller image"


@pytest.mark.parametrize("dtype", ["uint16", "int32", "float64", "float32", "uint8"])
def test_bfloat16_takes_every_stored_type(updown: Updown, dtype: str) -> None:
    np.save("a.npy", np.arange(64, dtype=dtype).reshape(8, 8))
    done = updown("pool", "-k", "2", "--dtype", "bfloat16", "a.npy", "-o", "b.npy")
    assert done.code == 0
    expected = np.arange(64).reshape(4, 2, 4, 2).max((1, 3))
    np.testing.assert_allclose(np.load("b.npy").reshape(4, 4), expected, rtol=1 / 256)


def test_float16_refuses_what_would_become_infinite(updown: Updown) -> None:
    Image.fromarray(np.full((4, 4), 65535, "uint16")).save("a.png")
    done = updown("pool", "-k", "2", "--dtype", "float16", "a.png", "-o", "b.png")
    reason = "values beyond 65504 do not fit --dtype float16; use bfloat16 or float32"
    assert done.stderr == f"updown: a.png: {reason}\n"
    assert done.code == 1


def test_strips_of_integers_are_higher(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take a quarter of the bytes."""
    monkeypatch.setattr(strips, "STRIP_BYTES", 1000)
    monkeypatch.setattr(strip_choice, "thread_count", lambda: 2)
    pixels = np.random.default_rng(0).integers(0, 256, (1, 1, 64, 50), np.uint8)
    plan = Pipeline.of(MaxPool(kernel_size=(2, 2))).plan(Shape(1, 64, 50))

    def lasts(pixels: NDArray[Any]) -> tuple[list[int], NDArray[Any]]:
        told: list[int] = []
        running = Engine(CPU, tell=lambda done, total: told.append(done))
        return told, running.run(plan, pixels, Quantization(str(pixels.dtype))).pixels

    of_bytes, bytes_made = lasts(pixels)
    of_floats, floats_made = lasts(pixels.astype("float32"))
    assert of_bytes == [0, 8, 16, 24, 32]
    assert of_floats == [0, *range(2, 33, 2)]
    np.testing.assert_array_equal(bytes_made, floats_made)
    expected = pixels.reshape(1, 1, 32, 2, 25, 2).max((3, 5))
    np.testing.assert_array_equal(bytes_made, expected)


@pytest.mark.parametrize("threads", [1, 2])
def test_rows_are_told_as_strips_are_done(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(strip_choice, "thread_count", lambda: threads)
    plan = Pipeline.of(AvgPool(kernel_size=(2, 2))).plan(Shape(1, 20, 8))
    pixels = np.zeros((1, 1, 20, 8), np.uint8)
    running = Engine(CPU, height=4, tell=lambda done, total: told.append((done, total)))
    running.run(plan, pixels, Quantization("uint8"))
    assert told == [(0, 10), (4, 10), (8, 10), (10, 10)]
