"""`updown shapes` against what runs."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.chains import random_chain
from tests.conftest import SAMPLES, Updown, noise, picture
from tests.test_imports import loaded_by
from updown_cli.cli.shape_table import with_byte_unit, with_metric_unit
from updown_cli.cli.steps import parse_steps
from updown_cli.errors import UpdownError
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.unpool.max import MaxUnpool
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan
from updown_cli.pipeline.shape_report import ShapeReport, shape_report

CHAINS = 1000


def what_runs(pipeline: Pipeline, shape: Shape) -> list[tuple[int, ...]]:
    """Return the shapes after each step, run one by one without a plan, up to one that fails."""
    signal = Signal(torch.rand(1, *shape))
    shapes: list[tuple[int, ...]] = []
    for op in pipeline.ops:
        try:
            filled_in = op.for_shape(Shape(*signal.pixels.shape[1:]))
            for pool_indices in signal.pool_indices:
                if isinstance(filled_in, MaxUnpool) and pool_indices.name == filled_in.indices:
                    filled_in = filled_in.with_pool_indices(pool_indices)
            signal = filled_in.run(signal)
        except (UpdownError, RuntimeError, ValueError, TypeError, IndexError):
            break
        if 0 in signal.pixels.shape:
            break
        shapes.append(tuple(signal.pixels.shape[1:]))
    return shapes


def test_a_thousand_random_chains_give_what_is_told() -> None:
    source = random.Random(8)
    worked = 0
    for _ in range(CHAINS):
        pipeline, shape = random_chain(source)
        found = shape_report(pipeline, shape)
        told = [tuple(line.step.after) for line in found.lines]
        ran = what_runs(pipeline, shape)
        if "--require-divisible" in str(found.error):
            ran = ran[: len(told)]  # it would run, but for the user's wish
        assert told == ran, f"{pipeline} on {shape}"
        assert (found.error is None) == (len(told) == len(pipeline.ops))
        for size in found.nearest:
            pipeline.plan(Shape(shape.channels, *size))
        worked += found.error is None
    assert CHAINS / 4 < worked < CHAINS * 3 / 4


def test_receptive_fields_are_what_changes_a_row() -> None:
    """Of fifty random chains: rows outside of what a row needs never change it."""
    source = random.Random(9)
    checked = 0
    while checked < 50:
        pipeline, shape = random_chain(source)
        found = shape_report(pipeline, shape)
        if found.error is not None or any("spline" in str(op.mode) for op in pipeline.ops):
            continue  # (of a spline every row changes, by less than float32 shows)
        plan = pipeline.plan(shape)
        x = torch.rand(1, *shape)
        before = result_of(plan, x)
        for row in range(shape.size[0]):
            changed = x.clone()
            changed[:, :, row] = source.choice((-1.0, 2.0))
            differs = (result_of(plan, changed) != before).sum((0, 1, 3)) > 0
            for out in differs.nonzero().flatten().tolist():
                first, last = plan.needs(0, out, out + 1)
                assert first <= row < last, f"row {row} changes {out}: {pipeline} on {shape}"
        checked += 1


def result_of(plan: Plan, x: torch.Tensor) -> torch.Tensor:
    signal = Signal(x)
    for step in plan.steps:
        signal = step.op.run(signal)
    return signal.pixels


def lines_of(steps: str, *shape: int) -> ShapeReport:
    return shape_report(parse_steps(steps), Shape(*shape))


def test_an_encoder_and_decoder_by_hand() -> None:
    found = lines_of("pool -k 2 | conv --kernel sobel-h -p same | unpool", 3, 480, 640)
    pool, conv, unpool = (line.to_json() for line in found.lines)
    assert pool["receptive_field"] == [2, 2]
    assert (pool["stride"], pool["offset"]) == (["2", "2"], ["1/2", "1/2"])
    assert pool["operations"] == 3 * 240 * 320 * 4
    assert (conv["receptive_field"], conv["stride"]) == ([6, 6], ["2", "2"])
    assert conv["operations"] == 3 * 240 * 320 * 9
    assert unpool["receptive_field"] == [6, 6]
    assert (unpool["stride"], unpool["offset"]) == (["1", "1"], ["0", "0"])
    # before and after the last step and what it works on as float32, the
    # positions as int64, both files as bytes, the picture read as Pillow has it, libraries
    small, large = 3 * 240 * 320, 3 * 480 * 640
    around = 4 * 480 * 640 + (20 << 20)
    assert found.bytes == 4 * (small + large + 6 * large) + 8 * small + 2 * large + around


@pytest.mark.parametrize(
    ("steps", "field", "stride", "offset"),
    [
        # three 3x3 convolutions see 7x7, as the textbooks have it
        (" | ".join(["conv --kernel box -p 1"] * 3), 7, "1", "0"),
        # AlexNet's first layers: 11 s4, then 3 s2, then 5 p2
        (
            "conv --kernel box -k 11 -s 4 | pool -k 3 -s 2 | conv --kernel box -k 5 -p 2",
            51,
            "8",
            "9",
        ),
        ("upsample --mode bilinear --scale-factor 2", 2, "1/2", "-1/4"),
        ("pool -k 2 | upsample --mode nearest-exact --scale-factor 2", 2, "1", "0"),
        ("pool --mode adaptive-avg --output-size 1", 240, "240", "239/2"),
    ],
)
def test_fields_by_hand(steps: str, field: int, stride: str, offset: str) -> None:
    found = lines_of(steps, 1, 240, 240).lines[-1].to_json()
    assert found["receptive_field"] == [field, field]
    assert found["stride"] == [stride, stride]
    assert found["offset"] == [offset, offset]


@pytest.mark.parametrize(
    ("steps", "shape", "nearest"),
    [
        ("shuffle --downscale-factor 4", (1, 9, 16), [(8, 16), (12, 16)]),
        ("pool -k 9", (1, 4, 30), [(9, 30)]),
        ("pool -k 2 | shuffle --downscale-factor 3", (1, 20, 13), [(19, 13), (24, 13)]),
        ("shuffle --upscale-factor 2", (3, 8, 8), []),
    ],
)
def test_the_nearest_sizes_that_would_work(
    steps: str, shape: tuple[int, ...], nearest: list[tuple[int, ...]]
) -> None:
    assert [*parse_steps(steps).nearest_sizes(Shape(*shape))] == nearest


def test_a_table_for_a_size(updown: Updown) -> None:
    done = updown("shapes", "pool -k 2 | upsample --scale-factor 2", "--shape", "3x9x12")
    assert (done.code, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    # (4 * (9 * 12 + 3 * 4 * 6) + 9 * 12 + 4 * 6) * 3 bytes for one step, as positions take two
    # values each, with 8 * 12 at the end for two steps
    assert lines == [
        "3x9x12",
        "step out receptive field stride offset operations memory",
        "pool max 2x2 3x4x6 2x2 2x2 1/2x1/2 288 20 MiB",
        "upsample nearest 2x2 3x8x12 2x2 1x1 1/2x1/2 0 20 MiB",
        "all 288 20 MiB",
    ]


@pytest.mark.parametrize(
    ("given", "shapes"),
    [
        (("--size", "9x12"), [[3, 9, 12]]),
        (("--size", "9"), [[3, 9, 9]]),
        (("--shape", "2x9"), [[2, 9]]),
        (("--shape", "1x9x12", "--size", "7x8"), [[3, 7, 8], [1, 9, 12]]),
    ],
)
def test_sizes_are_heights_and_widths(
    updown: Updown, given: tuple[str, ...], shapes: list[list[int]]
) -> None:
    records = updown("shapes", "pool -k 2", *given, "--json").records
    assert [record["in"] for record in records] == shapes


def test_a_step_that_cannot_work_is_told_with_sizes_that_would(updown: Updown) -> None:
    done = updown("shapes", "pool -k 2 | shuffle --downscale-factor 3", "--shape", "1x20x13")
    assert done.code == 1
    assert done.stdout.splitlines()[-2:] == [
        "cannot work: step 2, shuffle: a side of 10 pixels cannot be divided by 3; choose another "
        "factor",
        "nearest sizes that would: 19x13, 24x13",
    ]


def test_inputs_of_one_size_share_a_table(updown: Updown) -> None:
    Path("in/deep").mkdir(parents=True)
    for name in ("a", "b", "deep/c"):
        picture(f"in/{name}.png", noise(8, 10, 3))
    picture("in/d.png", noise(8, 10))
    Path("in/notes.txt").write_text("no image")
    done = updown("shapes", "pool", "in", "-r", "--json")
    assert [(record["in"], record["inputs"]) for record in done.records] == [
        ([3, 8, 10], ["in/a.png", "in/b.png", "in/deep/c.png"]),
        ([1, 8, 10], ["in/d.png"]),
    ]
    assert done.code == 0


def test_what_is_told_is_what_a_run_records(updown: Updown) -> None:
    steps = "pool -k 3 -s 2 | conv --kernel box | unpool | upsample --size 40x_"
    np.save("x.npy", np.ones((2, 31, 20), np.float32))
    told = updown("shapes", steps.replace(" | unpool", ""), "x.npy", "--json").records[0]
    line = ("chain", steps.replace(" | unpool", ""), "x.npy", "-o", "y.npy", "--json")
    done = updown(*line).records[0]
    assert [step["out"] for step in told["steps"]] == [step["out"] for step in done["steps"]]
    refused = updown("chain", steps, "x.npy", "-o", "z.npy", "--json").records[0]
    assert updown("shapes", steps, "x.npy", "--json").records[0]["error"] == refused["error"]


def test_an_unpool_reads_the_size_in_its_file(updown: Updown) -> None:
    picture("x.png", noise(9, 11))
    assert updown("pool", "--save-indices", "p.npz", "x.png", "-o", "y.png").code == 0
    (found,) = updown("shapes", "unpool --indices p.npz", "y.png", "--json").records
    assert found["steps"][0]["out"] == [1, 9, 11]


def test_a_recipe_is_told_too(updown: Updown) -> None:
    assert updown("chain", "pool -k 5", "--save-recipe", "r.json").code == 0
    (found,) = updown("shapes", "--recipe", "r.json", "--shape", "1x10x15", "--json").records
    assert found["steps"][0]["out"] == [1, 2, 3]


def test_a_result_that_a_run_refuses_for_its_pixels_is_refused(updown: Updown) -> None:
    picture("x.png", noise(8, 10))
    line = ("upsample --scale-factor 9999", "x.png")
    (found,) = updown("shapes", *line, "--json").records
    assert found["error"]["message"].endswith("megapixels, limit is 179 (--max-pixels)")
    (record,) = updown("chain", *line, "-o", "y.png", "--json").records
    assert record["error"] == found["error"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("pool", "--shape", "3"),
            "--shape 3: must be channels and one to three sides, such as 3x480x640",
        ),
        (
            ("pool", "--size", "3x4x5"),
            "--size 3x4x5: must be a whole number or HxW; channels go first in --shape 3x4x5",
        ),
        (("pool", "--size", "0x4"), "--size 0x4: must be from 1 to 2147483648"),
        (("pool", "--shape", "3x0x4"), "--shape 3x0x4: must be from 1 to 2147483648"),
        (("pool", "--size", "3x"), "--size 3x: must be a whole number or HxW"),
        (("pool", "--size", "large"), "--size large: must be a whole number or HxW"),
        (
            ("pool", "--shape", "3xax4"),
            "--shape 3xax4: must be channels and one to three sides, such as 3x480x640",
        ),
        (("pol", "--shape", "3x4x4"), "step 1: no operation 'pol'; did you mean pool?"),
        (("pool",), "no input; name files, folders, or - for standard input"),
        (("pool", "-"), "-: standard input has no header to look at"),
        ((), "no steps; give STEPS, or --recipe FILE.json"),
    ],
)
def test_wrong_command_lines_are_refused_in_one_line(
    updown: Updown, arguments: tuple[str, ...], sentence: str
) -> None:
    refused = updown("shapes", *arguments)
    assert (refused.code, refused.stdout, refused.stderr) == (2, "", f"updown: {sentence}\n")


def test_a_file_that_cannot_be_read_is_named(updown: Updown) -> None:
    done = updown("shapes", "pool", "no.png", "--shape", "1x4x4")
    assert (done.code, done.stderr) == (1, "updown: no.png: no such file\n")
    assert done.stdout.startswith("1x4x4\n")


def test_torch_is_not_loaded() -> None:
    photo = SAMPLES / "photo.png"
    code = (
        "from updown_cli.cli.main import main\n"
        f"try: main(['shapes', 'pool | conv --kernel box | unpool', {str(photo)!r}, '--json'])\n"
        "except SystemExit as end: assert end.code == 1"
    )
    assert "torch" not in loaded_by(code)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (1234567, "1.23 M"), (10**16, "10 P")]
)
def test_counts_for_a_person(number: int, text: str) -> None:
    assert with_metric_unit(number) == text


@pytest.mark.parametrize(("number", "text"), [(1023, "1023 B"), (1536, "1.5 KiB")])
def test_bytes_for_a_person(number: int, text: str) -> None:
    assert with_byte_unit(number) == text
