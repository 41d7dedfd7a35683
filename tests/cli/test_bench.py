"""`updown bench`: what it times, and what it refuses before it times anything."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import pytest
import torch

from tests.conftest import Updown
from updown_cli.batch.timing import Case, Timing, noise
from updown_cli.cli.bench import STEPS, _row
from updown_cli.cli.steps import parse_steps
from updown_cli.op.shape import Shape

SHORT = ("--repeat", "3", "--warmup", "0")


def test_every_alternative_is_timed_at_every_size(updown: Updown) -> None:
    sizes = ("--shape", "1x6x8", "--shape", "3x4x4")
    done = updown("bench", "pool -k {1,2}", "pool -k 2 | unpool", *sizes, "--json", *SHORT)
    assert (done.code, done.stderr) == (0, "")
    assert [(line["steps"], line["in"], line["out"]) for line in done.records] == [
        ("pool -k 1", [1, 6, 8], [1, 6, 8]),
        ("pool -k 1", [3, 4, 4], [3, 4, 4]),
        ("pool -k 2", [1, 6, 8], [1, 3, 4]),
        ("pool -k 2", [3, 4, 4], [3, 2, 2]),
        ("pool -k 2 | unpool", [1, 6, 8], [1, 6, 8]),
        ("pool -k 2 | unpool", [3, 4, 4], [3, 4, 4]),
    ]
    for line in done.records:
        seconds = line["seconds"]
        assert 0 < seconds["min"] <= seconds["median"] <= seconds["max"]
        assert (line["device"], line["runs"], line["ratio"]) == ("cpu", 3, 1.0)


def test_rates_and_spread_follow_from_the_seconds() -> None:
    case = Case.of("pool -k 2", parse_steps("pool -k 2"), Shape(3, 1000, 2000), (10**7, None))
    timing = Timing(case, "cpu", (0.3, 0.1, 0.2))
    told = timing.to_json()
    assert told["seconds"] == {"median": 0.2, "min": 0.1, "max": 0.3}
    assert told["spread"] == 1.0
    assert told["megapixels_per_second"] == {"in": 10.0, "out": 2.5}


def test_a_rate_is_never_rounded_to_nothing() -> None:
    case = Case.of("pool -k 2", parse_steps("pool -k 2"), Shape(1, 2, 2), (10**7, None))
    timing = Timing(case, "cpu", (2.0,))
    assert timing.to_json()["megapixels_per_second"] == {"in": 2e-6, "out": 5e-7}
    assert _row(timing)[-2:] == ("2e-06", "5e-07")


def test_the_table_compares_devices_with_the_first(updown: Updown) -> None:
    devices = ("--device", "cpu", "--device", "cpu")
    done = updown("bench", "pool -k 2", "--shape", "3x8x8", *devices, *SHORT)
    head, first, second = done.stdout.splitlines()
    assert head.split() == (
        "steps in out device median min spread in MP/s out MP/s ratio".split()  # noqa: SIM905
    )
    assert first.startswith("pool -k 2 3x8x8 3x4x4 cpu ")
    assert first.endswith(" 1.00")
    assert second.startswith("pool -k 2 3x8x8 3x4x4 cpu ")


def test_without_steps_the_heart_of_the_commands_is_timed(updown: Updown) -> None:
    done = updown("bench", "--shape", "3x16x16", "--json", *SHORT)
    names = [line["steps"].split()[0] for line in done.records]
    assert len(names) == len(STEPS) + 2
    assert set(names) == {"pool", "upsample", "deconv", "shuffle"}


def test_threads_are_torchs(updown: Updown) -> None:
    before = torch.get_num_threads()
    try:
        assert updown("bench", "pool", "--shape", "1x4x4", "--threads", "1", *SHORT).code == 0
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("shape", [Shape(3, 5, 7), Shape(2, 9), Shape(1, 2, 3, 4)])
def test_noise_has_the_shape_and_all_bytes_alike(shape: Shape) -> None:
    pixels = noise(shape)
    assert (pixels.shape, str(pixels.dtype)) == ((1, *shape), "uint8")
    assert noise(Shape(1, 256, 256)).mean() == pytest.approx(127.5, abs=2)  # 74 / 256 is 0.3


def test_a_picture_is_noise_as_decoders_leave_it() -> None:
    assert noise(Shape(3, 5, 7)).transpose(0, 2, 3, 1).flags.c_contiguous


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ("pool -k 9", "--shape", "3x4x4"),
            1,
            "pool -k 9, 3x4x4: pool: nothing is left of a 3x4x4 image; the window is 9x9",
        ),
        (
            ("pool", "--shape", "3x99999x99999"),
            1,
            "pool -k 1, 3x99999x99999: 10000 megapixels, limit is 179 (--max-pixels)",
        ),
        (
            ("pool", "--shape", "3x1000x1000", "--max-memory", "1M"),
            1,
            "pool -k 1, 3x1000x1000: would need * GiB, limit is 0.000977 GiB (--max-memory)",
        ),
        (("pool", "--shape", "3"), 2, None),
        (("pool", "--device", "tpu"), 2, "--device tpu: must be cpu, cuda, cuda:N, mps or auto"),
        (("pool", "--repeat", "0"), 2, "--repeat 0: must be from 1 to 1024"),
        (("poool",), 2, None),
        (("{a,b}" * 11,), 2, "braces make more than 1000 texts"),
    ],
)
def test_what_cannot_be_timed_is_refused_in_one_line(
    updown: Updown, arguments: tuple[str, ...], code: int, sentence: str | None
) -> None:
    done = updown("bench", "pool -k 1", *arguments, "--json")
    assert (done.code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    if sentence is not None:
        assert fnmatchcase(done.stderr, f"updown: {sentence}\n")


def test_what_is_printed_are_lines_of_json(updown: Updown) -> None:
    done = updown("bench", "pool", "--shape", "1x4x4", "--json", *SHORT)
    assert json.loads(done.stdout)["steps"] == "pool"
