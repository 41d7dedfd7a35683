"""Strips of rows: the numbers of the whole picture, in less memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from tests.chains import random_chain
from tests.conftest import Updown, noise, picture
from tests.samples import SAMPLES, dims_of
from updown_cli.cli.steps import parse_steps
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.engine.results import Result
from updown_cli.errors import UpdownError
from updown_cli.files.zero_copy import pixel_view, use_one_block
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops.deconv.deconv import Deconv
from updown_cli.ops.pool.blur import BlurPool
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.unpool.avg import AvgUnpool
from updown_cli.ops.upsample.area import Area
from updown_cli.ops.upsample.area_exact import AreaExact
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan
from updown_cli.pipeline.shape_report import shape_report
from updown_cli.pipeline.strip_inputs import strip_inputs
from updown_cli.pipeline.strips import (
    MOST_TWICE,
    STRIP_BYTES,
    can_be_cut,
    chosen_height,
    expected_bytes,
    float_bytes,
    kept_whole,
    least_bytes,
    needed_bytes,
)

CPU = torch.device("cpu")
CHAINS = 150
WHITE = {"uint8": 255, "uint16": 65535, "float32": 1}

MORE: tuple[Op, ...] = (
    Deconv(kernel="box", padding="valid", stride=(5,)),
    Deconv(kernel="box", padding="same", stride=(2,), output_size=(47, 31)),
    Deconv(kernel="box", padding=(7,), stride=(3,), output_padding=(1,)),
    Deconv(kernel="box", padding=(1,), stride=(2,), method="zero-insert"),
    AvgUnpool(kernel_size=(3,), stride=(2,), output_size=(50, 32)),
    AvgUnpool(kernel_size=(3,), stride=(2,), padding=(1,)),
    Area(scale_factor=(0.25,)),
    AreaExact(size=(36, 7)),
    BlurPool(kernel_size=(7,), stride=(5,)),
)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Compute with one thread: to wake others for a few rows takes most of the time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def drawn(dtype: str, frames: int, shape: Shape, seed: int) -> NDArray[Any]:
    """Return noise of a type, from black to white."""
    values = np.random.default_rng(seed).random((frames, *shape)) * WHITE[dtype]
    return values.round(0 if dtype != "float32" else 6).astype(dtype)


def run(
    plan: Plan,
    pixels: NDArray[Any],
    quantization: Quantization,
    channel_info: ChannelInfo,
    height: int | None = None,
) -> Result:
    """Return the result in strips of a height; whole, with no tables, if there is none."""
    engine = Engine(CPU, height=height)
    if height is not None:
        return engine.run(plan, pixels, quantization, channel_info=channel_info)
    whole = Engine(CPU, dtype="float32", memory=1 << 60, height=plan.shape.size[0])
    return whole.run(plan, pixels, quantization, channel_info=channel_info)


def check(
    plan: Plan,
    pixels: NDArray[Any],
    height: int,
    channel_info: ChannelInfo,
    quantization: Quantization,
) -> None:
    """Compare strips with the whole; convolutions sum in another order, by 1e-3 of a code value."""
    whole, cut = (run(plan, pixels, quantization, channel_info, rows) for rows in (None, height))
    assert (cut.pixels.dtype, cut.pixels.shape) == (whole.pixels.dtype, whole.pixels.shape)
    if all(step.op.selects_values() for step in plan.steps):
        np.testing.assert_array_equal(cut.pixels, whole.pixels)
    elif whole.pixels.dtype.kind == "f":
        largest = max(float(np.nanmax(np.abs(whole.pixels))), 1e-30)
        np.testing.assert_allclose(cut.pixels, whole.pixels, rtol=0, atol=largest * 1e-3 / 255)
    else:
        apart = np.abs(cut.pixels.astype(np.int64) - whole.pixels)
        assert apart.max() <= 1
        assert (apart > 0).mean() <= 0.01  # only where a half is between two levels


def test_random_chains_are_in_strips_what_they_are_whole() -> None:
    """Of all operations, types, with transparency and without, in strips of 1 to 4 rows."""
    source = random.Random(11)
    done = cut = 0
    while done < CHAINS:
        pipeline, shape = random_chain(source, longest=24)
        try:
            plan = pipeline.plan(shape, frames := source.randint(1, 2))
        except UpdownError:
            continue
        dtype = source.choice([*WHITE])
        pixels = drawn(dtype, frames, shape, done)
        alpha = shape.channels in (2, 4) and plan.shape.channels == shape.channels
        levels = all(step.op.keeps_level(step.before) for step in plan.steps)
        channel_info = ChannelInfo(WHITE[dtype], alpha=alpha, weighs=alpha and levels)
        if channel_info.weighs:  # colours are divided by it, and so are their errors
            pixels[:, -1] = pixels[:, -1] // 2 + WHITE[dtype] / 2
        quantization = Quantization(source.choice([dtype, "float32"]))
        check(plan, pixels, source.randint(1, 4), channel_info, quantization)
        done, cut = done + 1, cut + can_be_cut(plan)
    assert cut > CHAINS / 2


@pytest.mark.parametrize("op", [*SAMPLES, *MORE], ids=str)
@pytest.mark.parametrize("height", [1, 5])
def test_every_operation_is_in_strips_what_it_is_whole(op: Op, height: int) -> None:
    shape = Shape(4, *(24, 16, 9)[: dims_of(op)])
    try:
        plan = Pipeline((op,)).plan(shape)
    except UpdownError:
        pytest.skip("needs positions or a network's size")
    if not can_be_cut(plan):
        pytest.skip("gives more than pixels")
    check(plan, drawn("uint8", 1, shape, 0), height, ChannelInfo(), Quantization("float32"))


class Watched(MaxPool):
    """A pool that tells what it was given."""

    seen: list[tuple[int, ...]] = []  # noqa: RUF012

    def apply(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.append(tuple(x.shape))
        return super().apply(x)


def test_an_operation_sees_only_the_rows_of_a_strip() -> None:
    plan = Pipeline((Watched(kernel_size=(3,), stride=(2,), padding=(1,)),)).plan(Shape(1, 41, 8))
    Watched.seen.clear()
    run(plan, drawn("float32", 1, Shape(1, 41, 8), 0), Quantization("float32"), ChannelInfo(), 4)
    assert Watched.seen == [(1, 1, 9, 8), *[(1, 1, 11, 8)] * 4, (1, 1, 3, 8)]


@pytest.mark.parametrize(
    ("op", "rows", "read", "skipped"),
    [
        # rows 4 and 5 read 11 to 18; 9 and 21 are whole strides from both ends
        (MaxPool(kernel_size=(5,), stride=(3,), padding=(1,)), (4, 6), (9, 21), 1),
        (Deconv(kernel="box", stride=(2,)), (10, 12), (4, 6), 2),
        (Nearest(scale_factor=(2,)), (10, 12), (4, 6), 0),  # one more, for rounding
        (Area(size=(20, 5)), (3, 5), (3, 9), 1),
    ],
    ids=str,
)
def test_parts_by_hand_of_thirty_rows(
    op: Op, rows: tuple[int, int], read: tuple[int, int], skipped: int
) -> None:
    (part,) = strip_inputs(Pipeline((op,)).plan(Shape(1, 30, 10)), *rows)
    assert (part.read, part.skipped) == (read, skipped)


@pytest.mark.parametrize("how", ["minmax", "symmetric"])
def test_a_range_that_follows_from_all_values_is_that_of_all_strips(how: str) -> None:
    plan = parse_steps("conv --kernel sobel-h").plan(Shape(3, 20, 12))
    pixels = drawn("uint8", 1, Shape(3, 20, 12), 1)
    check(plan, pixels, 3, ChannelInfo(), Quantization("uint8", range=how))


def test_light_is_linear_in_strips_too() -> None:
    plan = parse_steps("pool --mode avg -k 2").plan(Shape(4, 20, 12), frames=2)
    channel_info = ChannelInfo(alpha=True, weighs=True, linear_light=True)
    check(plan, drawn("uint8", 2, Shape(4, 20, 12), 1), 3, channel_info, Quantization("uint8"))


def test_what_is_clamped_is_summed_over_strips() -> None:
    plan = parse_steps("conv --kernel sobel-h").plan(Shape(3, 20, 12))
    pixels = drawn("uint8", 1, Shape(3, 20, 12), 1)
    whole, cut = (
        run(plan, pixels, Quantization("uint8"), ChannelInfo(), rows) for rows in (None, 3)
    )
    assert cut.clamped == whole.clamped
    assert cut.clamped is not None


def test_new_nans_are_summed_over_strips() -> None:
    plan = parse_steps("pool --mode lp --norm-type 3 -k 2").plan(Shape(1, 12, 8))
    pixels = -drawn("float32", 1, Shape(1, 12, 8), 1)
    told = run(plan, pixels, Quantization("float32"), ChannelInfo(), 2).warnings
    assert told[0].startswith("24 values became NaN; ")
    pixels[0, 0, 11, 7] = np.nan
    assert run(plan, pixels, Quantization("float32"), ChannelInfo(), 2).warnings == ()


def test_what_is_not_finite_is_left_to_the_layer() -> None:
    """A product with 0 is not 0 then, so that a table would spread it."""
    shape = Shape(1, 12, 8)
    plan = Pipeline((Bicubic(scale_factor=(1.5,)),)).plan(shape)
    pixels = drawn("float32", 1, shape, 1)
    pixels[0, 0, 6, 4] = np.inf
    whole = plan.steps[0].op.apply(torch.from_numpy(pixels)).numpy()
    cut = run(plan, pixels, Quantization("float32"), ChannelInfo(), 2).pixels
    np.testing.assert_array_equal(cut, whole)
    with pytest.raises(UpdownError, match=r"would need .* GiB, limit is"):
        Engine(CPU, memory=1000, height=2).run(plan, pixels, Quantization("float32"))


def test_double_precision_is_left_to_the_layer() -> None:
    shape = Shape(1, 12, 8)
    plan = Pipeline((Bicubic(scale_factor=(1.7,)),)).plan(shape)
    pixels = drawn("float32", 1, shape, 1).astype(np.float64)
    whole = plan.steps[0].op.apply(torch.from_numpy(pixels)).numpy()
    cut = run(plan, pixels, Quantization("float64"), ChannelInfo(), 2).pixels
    np.testing.assert_array_equal(cut, whole)


def test_small_pictures_are_not_cut() -> None:
    assert (
        chosen_height(
            parse_steps("pool | upsample --scale-factor 2").plan(Shape(3, 400, 600)), None
        )
        is None
    )


@pytest.mark.parametrize(
    "steps",
    [
        "pool -k 2",
        "conv --kernel gaussian -k 5 -p same | pool --mode lp -k 3 -s 2",
        "upsample --mode bicubic --scale-factor 2",
        "pool --mode adaptive-avg --output-size 500",
    ],
)
def test_large_pictures_are_cut_into_strips_that_fit_a_cache(steps: str) -> None:
    plan = parse_steps(steps).plan(Shape(3, 9000, 4000))
    height = chosen_height(plan, None)
    assert height is not None
    assert STRIP_BYTES / 4 < float_bytes(plan, height) <= STRIP_BYTES


def test_strips_become_higher_where_they_share_much() -> None:
    plan = parse_steps(" | ".join(["conv --kernel box -k 31 -p same"] * 4)).plan(
        Shape(3, 9000, 8000)
    )
    height = chosen_height(plan, None)
    assert height is not None
    assert float_bytes(plan, height) > STRIP_BYTES
    rows = [part.read for part in strip_inputs(plan, 4000, 4000 + height)]
    assert (rows[0][1] - rows[0][0]) / height < 2 * MOST_TWICE - 1  # it shrinks to `height` evenly


def test_a_limit_makes_strips_lower() -> None:
    plan = parse_steps("pool -k 2").plan(Shape(3, 9000, 4000))
    limit = 9000 * 4000 * 3 * 5 // 4 + (2 << 20)
    height = chosen_height(plan, limit)
    assert height is not None
    assert limit - (1 << 20) < needed_bytes(plan, height) <= limit
    assert least_bytes(plan, limit) < limit


@pytest.mark.parametrize(("cores", "strips"), [(1, 1), (4, 4), (100, 64)])
def test_expected_memory_has_a_strip_for_each_core(
    monkeypatch: pytest.MonkeyPatch, cores: int, strips: int
) -> None:
    """4500 rows in 64 strips of 71, each of 2 * 71 rows of 4000 and 71 of 2000 in floats,
    with the positions of the maxima, which take two floats each.

    An array and its result are there once; a picture also as Pillow has it, 4 bytes a pixel.
    """
    monkeypatch.setattr("updown_cli.pipeline.strips.cores", lambda: cores)
    plan = parse_steps("pool -k 2").plan(Shape(3, 9000, 4000))
    assert chosen_height(plan, None) == 71
    strip = 4 * 3 * 71 * (2 * 4000 + 2000 + 2 * 2000)
    array = 3 * (9000 * 4000 + 4500 * 2000) + strips * strip + (20 << 20)
    assert expected_bytes(plan, of_picture=False) == array
    assert expected_bytes(plan) == array + 4 * 9000 * 4000
    for of_picture in (False, True):
        steps, shape = parse_steps("pool -k 2"), Shape(3, 9000, 4000)
        report = shape_report(steps, shape, of_picture=of_picture)
        assert report.bytes == expected_bytes(plan, of_picture=of_picture)


def test_expected_memory_of_an_enlarged_picture_is_that_of_its_encoding() -> None:
    """The picture as Pillow has it, the result, and that once more as Pillow has it."""
    plan = parse_steps("upsample --mode nearest --scale-factor 8").plan(Shape(3, 500, 400))
    small, large = 500 * 400, 4000 * 3200
    assert expected_bytes(plan) == 4 * small + 3 * large + 4 * large + (20 << 20)


@pytest.mark.parametrize("steps", ["upsample --mode spline --size 5000", "pool | unpool"])
def test_what_cannot_be_cut_runs_whole(steps: str) -> None:
    plan = parse_steps(steps).plan(Shape(3, 3000, 4000))
    assert chosen_height(plan, None) is None
    assert least_bytes(plan, 1) > plan.bytes / 2


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            "upsample --mode spline --scale-factor 0.5",
            ["upsample needs the whole picture at once: a spline goes through a whole column"],
        ),
        (
            "pool | unpool",
            [
                "step 1, pool: pool needs the whole picture at once: its positions are kept",
                "step 2, unpool: unpool needs the whole picture at once: its positions may be "
                "anywhere",
            ],
        ),
        ("pool --mode avg", []),
    ],
)
def test_what_keeps_a_large_picture_whole_is_told(steps: str, told: list[str]) -> None:
    assert kept_whole(parse_steps(steps).plan(Shape(3, 5000, 6000))) == told
    assert kept_whole(parse_steps(steps).plan(Shape(3, 50, 60))) == []


@pytest.mark.parametrize("op", SAMPLES, ids=str)
def test_what_needs_its_whole_input_says_why(op: Op) -> None:
    """There is a reason wherever not all operations of its kind could be cut."""
    shape = Shape(4, *(64,) * dims_of(op))
    try:
        reach = op.for_shape(shape).input_spans(shape)[0]
    except UpdownError:
        return
    if reach.needs_all or not op.only_pixels():
        assert op.why_whole


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (
            "pool | unpool",
            "step 1, pool: pool needs the whole picture at once: its positions are kept",
        ),
        (
            "upsample --mode spline --scale-factor 2",
            "upsample needs the whole picture at once: a spline goes through a whole column",
        ),
        (
            "upblock --mode meta --init bilinear --scale-factor 1.7",
            "upblock needs the whole picture at once: blocks are not taken apart",
        ),
        (
            "conv --kernel box -p same @a | add @a",
            "step 1, conv: conv needs the whole picture at once: its result is kept for a later "
            "step",
        ),
        ("conv --kernel box -p same", ""),
    ],
)
def test_too_little_memory_for_the_whole_is_told_with_the_step(
    updown: Updown, steps: str, why: str
) -> None:
    picture("in.tga", noise(90, 70, 3))
    done = updown("chain", steps, "in.tga", "-o", "out.png", "--max-memory", "1K")
    told = done.stderr.strip()
    assert done.code == 1
    assert told.startswith("updown: in.tga: would need ")
    assert told.endswith(f"(--max-memory); {why}" if why else "(--max-memory)")


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK", "LA"])
def test_pixels_are_seen_where_pillow_has_them(mode: str) -> None:
    use_one_block()
    channels = len(Image.new(mode, (1, 1)).getbands())
    values = noise(5, 7, channels).tobytes()
    image = Image.frombytes(mode, (7, 5), values)
    pixels = pixel_view(image)
    del image
    assert pixels.tobytes() == values
    assert not pixels.flags.writeable


def test_a_limit_changes_no_pixel(updown: Updown) -> None:
    picture("in.tga", noise(90, 70, 4))  # which is whole in memory, with the extra huge as well
    steps = "pool -k 3 -s 2 -p 1 | upsample --mode bicubic --scale-factor 1.5"
    assert updown("chain", steps, "in.tga", "-o", "whole.npy").code == 0
    done = updown("chain", steps, "in.tga", "-o", "cut.npy", "--max-memory", "60K")
    assert (done.code, done.stderr) == (0, "")
    np.testing.assert_allclose(np.load("cut.npy"), np.load("whole.npy"), atol=1e-3)
    refused = updown("chain", steps, "in.tga", "-o", "no.npy", "--max-memory", "25K")
    assert refused.code == 1
    assert "would need" in refused.stderr
