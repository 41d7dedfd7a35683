"""A new operation is one file and a name in the list: everything else follows from it."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from docs.make_commands import family_section
from tests import test_every_op, toy
from tests.conftest import SAMPLES, Updown
from tests.toy import TOY, CutToy, RangeToy
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.ops import OPS, SUMMARIES
from updown_cli.pipeline.pipeline import Pipeline

PHOTO = SAMPLES / "gray.png"
TOYS = [RangeToy(kernel_size=(3,), stride=(2,)), CutToy(min_val=60, max_val=180)]
each_toy = pytest.mark.parametrize("op", TOYS, ids=lambda op: op.mode)


@pytest.fixture(autouse=True)
def _in_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SUMMARIES, "toy", TOY.help)
    monkeypatch.setitem(sys.modules, "updown_cli.ops.toy", toy)


def pixels() -> NDArray[np.float64]:
    return np.asarray(Image.open(PHOTO), np.float64)


def ranges(image: NDArray[np.float64], kernel: int, stride: int) -> NDArray[np.float64]:
    """Return largest less smallest, a window at a time."""
    rows, columns = ((side - kernel) // stride + 1 for side in image.shape)
    windows = [
        [
            image[y * stride : y * stride + kernel, x * stride : x * stride + kernel]
            for x in range(columns)
        ]
        for y in range(rows)
    ]
    return np.array([[np.ptp(window) for window in row] for row in windows])


def expected(op: Op) -> NDArray[np.float64]:
    return ranges(pixels(), 3, 2) if isinstance(op, RangeToy) else np.clip(pixels(), 60, 180)


def typed(op: Op) -> list[str]:
    """Return the step as it is typed."""
    numbers = ["-k", "3", "-s", "2"] if isinstance(op, RangeToy) else ["--min-val", "60"]
    return ["--mode", op.mode, *numbers, *([] if numbers[0] == "-k" else ["--max-val", "180"])]


def test_it_is_in_the_help_of_all_commands(updown: Updown) -> None:
    assert "  toy         Play.\n" in updown("--help").stdout


def test_its_help_tells_modes_and_parameters(updown: Updown) -> None:
    text = " ".join(updown("toy", "--help-all").stdout.split())
    assert "range: The largest value of every window less the smallest." in text
    assert "--min-val X The smallest value that stays. (cut) [default: 50]" in text


@each_toy
def test_it_runs_on_files(updown: Updown, op: Op) -> None:
    assert updown("toy", *typed(op), PHOTO, "-o", "toy.png").code == 0
    np.testing.assert_array_equal(np.asarray(Image.open("toy.png")), expected(op))


def test_an_option_of_the_other_mode_is_refused(updown: Updown) -> None:
    done = updown("toy", "--min-val", "3", PHOTO, "-o", "toy.png")
    assert done.stderr == "updown: --min-val goes with --mode cut\n"
    assert done.code == 2


@each_toy
def test_strips_have_the_numbers_of_the_whole(op: Op) -> None:
    plan = Pipeline((op,)).plan(Shape(1, *pixels().shape))
    image = pixels().astype("uint8")[None, None]
    engine = Engine(torch.device("cpu"), height=7)
    result = engine.run(plan, image, Quantization("uint8"), channel_info=ChannelInfo())
    np.testing.assert_array_equal(result.pixels[0, 0], expected(op))


def test_it_is_a_step_of_chains_and_recipes(updown: Updown) -> None:
    steps = f"toy {' '.join(typed(TOYS[0]))} | toy {' '.join(typed(TOYS[1]))}"
    assert updown("chain", steps, PHOTO, "-o", "a.png", "--save-recipe", "toy.json").code == 0
    assert updown("chain", "--recipe", "toy.json", PHOTO, "-o", "b.png").code == 0
    np.testing.assert_array_equal(np.asarray(Image.open("b.png")), np.asarray(Image.open("a.png")))
    np.testing.assert_array_equal(
        np.asarray(Image.open("a.png")), np.clip(ranges(pixels(), 3, 2), 60, 180)
    )


def test_shapes_are_told(updown: Updown) -> None:
    done = updown("shapes", "toy -k 3 -s 2 | toy --mode cut", "--shape", "1x9x11", "--json")
    told = json.loads(done.stdout)
    assert [step["out"] for step in told["steps"]] == [[1, 4, 5], [1, 4, 5]]
    assert told["steps"][-1]["receptive_field"] == [3, 3]


@each_toy
def test_explain_tells_it_with_code_that_gives_the_same(updown: Updown, op: Op) -> None:
    done = updown("explain", "toy", *typed(op), "--input", "7x9", "--json")
    told = json.loads(done.stdout)
    names = {"x": torch.tensor(told["input"])}
    exec(told["torch"], names)
    assert names["y"].tolist() == told["output"]
    assert updown("explain", "toy", *typed(op)).stdout.startswith(f"toy: mode {op.mode}, ")


def test_it_is_in_the_documentation() -> None:
    page = family_section(OPS["toy"])
    assert "| `--max-val X` | The largest value that stays. (cut) [default: 200] |" in page


@each_toy
def test_the_shared_tests_hold_of_it(op: Op) -> None:
    test_every_op.test_json_gives_the_operation_back(op)
    test_every_op.test_json_writes_every_parameter_out(op)
    test_every_op.test_shape_formula_says_what_comes_out(op)
    test_every_op.test_the_input_is_left_as_it_was(op)
    test_every_op.test_images_of_a_batch_do_not_mix(op)
    test_every_op.test_filling_in_twice_changes_nothing(op)


def test_what_does_not_say_all_of_itself_fails_when_it_is_defined() -> None:
    with pytest.raises(TypeError, match=r"Silent lacks told_as, around, .*apply.*size_formula"):

        class Silent(Op):
            command = "toy"
