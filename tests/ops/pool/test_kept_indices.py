"""`pool --print-indices`: positions beside the summary, or in the JSON record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import SAMPLES, Updown, noise, picture

# 5x5 counted by rows: the maxima of 2x2 windows are at their bottom right (U3).
RAMP = np.arange(25).reshape(5, 5)


def test_positions_are_printed_between_the_table_and_the_totals(updown: Updown) -> None:
    picture("ramp.png", RAMP)
    done = updown("pool", "--print-indices", "ramp.png", "-o", "p.png")
    assert done.code == 0, done.stderr
    head, *told, totals = done.stdout.splitlines()[1:]
    assert head.startswith("ramp.png -> p.png")
    assert totals.startswith("1 done in ")
    assert told == [
        "positions in ramp.png, 1x1x2x2, numbered as torch does",
        "[[[ 6  8]",
        "  [16 18]]]",
    ]


@pytest.mark.parametrize(
    ("numbering", "expected"),
    [
        ("torch", [[[1, 6]], [[5, 3]]]),
        ("tf", [[[2, 12]], [[11, 7]]]),
        ("tf-batch", [[[2, 12]], [[11, 7]]]),
        ("onnx", [[[1, 6]], [[13, 11]]]),
    ],
)
def test_positions_in_json_have_the_chosen_numbering(
    updown: Updown, numbering: str, expected: Any
) -> None:
    """The first image of (U4)."""
    image = [[[2, 11, 25, 21], [10, 4, 29, 16]], [[23, 6, 18, 26], [3, 30, 8, 0]]]
    np.save("image.npy", np.array(image, np.float32))
    done = updown(
        "pool", "--print-indices", "--index-format", numbering, "--json", "image.npy", "-o", "p.npy"
    )
    (record,) = done.records
    told = {"numbering": numbering, "shape": [1, 2, 1, 2], "values": [expected]}
    assert record["indices"] == told


def test_printed_positions_are_those_that_are_saved(updown: Updown) -> None:
    """Of two pictures, each with its own."""
    for seed, name in enumerate(("a.png", "b.png")):
        picture(name, noise(9, 10, 3, seed=seed))
    done = updown(
        "pool", "-k", "3", "--print-indices", "--save-indices", "{stem}.npz", "--json",
        "a.png", "b.png", "-o", "out/",
    )  # fmt: skip
    for record in done.records:
        saved = np.load(record["source"].replace("png", "npz"))["indices"]
        np.testing.assert_array_equal(record["indices"]["values"], saved)


def test_many_positions_are_abbreviated(updown: Updown) -> None:
    done = updown("pool", "--print-indices", SAMPLES / "photo.png", "-o", "p.png")
    told = done.stdout.splitlines()
    assert "..." in done.stdout
    assert "(not all are shown; --save-indices saves them)" in told
    assert len(told) < 40


def test_json_holds_no_more_positions_than_can_be_read(updown: Updown) -> None:
    np.save("large.npy", np.zeros((514, 512), np.float32))
    done = updown("pool", "--print-indices", "--json", "large.npy", "-o", "p.npy")
    assert done.records[0]["indices"] == {
        "numbering": "torch", "shape": [1, 1, 257, 256], "values": None,
    }  # fmt: skip


@pytest.mark.parametrize("mode", ["adaptive-max", "fractional-max"])
def test_the_other_max_pools_print_theirs(updown: Updown, mode: str) -> None:
    picture("ramp.png", RAMP)
    done = updown(
        "pool", "--mode", mode, "--output-size", "2", "--print-indices", "--json",
        "ramp.png", "-o", "p.png",
    )  # fmt: skip
    assert done.records[0]["indices"]["values"][0][0][1][1] == 24


def test_nothing_is_printed_that_was_not_asked_for(updown: Updown) -> None:
    picture("ramp.png", RAMP)
    assert "positions" not in updown("pool", "ramp.png", "-o", "p.png").stdout
    assert "indices" not in updown("pool", "--json", "ramp.png", "-o", "q.png").records[0]


def test_standard_output_holds_pixels_or_positions(installed: Callable[..., Any]) -> None:
    """Whether it is asked for by -o or follows from standard input."""
    picture("ramp.png", RAMP)
    data = Path("ramp.png").read_bytes()
    for done in (
        installed("pool", "--print-indices", "ramp.png", "-o", "-"),
        installed("pool", "--print-indices", "-", input=data),
    ):
        assert (done.returncode, done.stdout) == (2, b"")
        expected = b"updown: --print-indices, -o -: both write to standard output\n"
        assert done.stderr == expected


def test_the_report_of_standard_input_does_not_follow_its_pixels(
    installed: Callable[..., Any],
) -> None:
    """Standard output is where they go if -o does not say."""
    picture("ramp.png", RAMP)
    data = Path("ramp.png").read_bytes()
    done = installed("pool", "-", input=data)
    assert done.returncode == 0
    assert done.stdout.endswith(b"IEND\xaeB`\x82")
    refused = installed("pool", "--json", "-", input=data)
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert refused.stderr == b"updown: --json, -o -: both write to standard output\n"


def test_positions_in_a_report_file(updown: Updown) -> None:
    picture("ramp.png", RAMP)
    updown("pool", "--print-indices", "--report", "r.json", "ramp.png", "-o", "p.png")
    (record,) = json.loads(Path("r.json").read_text())
    assert record["indices"]["values"] == [[[[6, 8], [16, 18]]]]
