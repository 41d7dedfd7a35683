"""`--show-steps`: what the stages of a block give, in files that are named in order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.conftest import Updown, noise, picture, pixels
from tests.ops.upblock.blocks import save_npz
from updown_cli.ops.upblock.stages import INPUT, Stage, run_stages

ROW = [[0, 100], [200, 255]]
START = ("upblock", "--init", "bilinear")


def names(folder: str) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*.*"))


def test_stages_take_what_they_name() -> None:
    stages = (
        Stage("double", lambda x: 2 * x),
        Stage("plus-one", lambda x: x + 1),
        Stage("negative", lambda x: -x, of=(INPUT,)),
        Stage("sum", lambda a, b: a + b, of=("plus-one", "negative")),
    )
    given = {name: x.item() for name, x in run_stages(stages, torch.tensor(5.0))}
    assert given == {"double": 10, "plus-one": 11, "negative": -5, "sum": 6}


def test_every_step_is_saved_as_numbers_and_as_a_picture(updown: Updown) -> None:
    done = updown(*START, picture("in.png", ROW), "-o", "out.png", "--show-steps", "steps")
    assert done.code == 0
    stages = ("01-unpool", "02-conv1", "03-relu")
    assert names("steps") == [name + suffix for name in stages for suffix in (".npy", ".png")]
    unpooled = [[0, 0, 100, 0], [0] * 4, [200, 0, 255, 0], [0] * 4]
    assert pixels("steps/01-unpool.png").tolist() == unpooled
    numbers = np.load("steps/01-unpool.npy")
    assert numbers.dtype == np.float32
    np.testing.assert_allclose(numbers[0] * 255, unpooled, rtol=1e-6)
    assert np.array_equal(pixels("steps/03-relu.png"), pixels("out.png"))


def test_steps_are_in_the_range_of_the_block(updown: Updown) -> None:
    path = picture("in.png", ROW)
    command = (*START, "--input-range", "code", path, "-o", "out.png", "--show-steps", "steps")
    assert updown(*command).code == 0
    assert np.load("steps/01-unpool.npy").max() == 255
    assert pixels("steps/01-unpool.png").max() == 255


def test_steps_of_16_bits_are_pictures_of_8(updown: Updown) -> None:
    np.save("in.npy", np.array([[0, 25700]], dtype=np.uint16))
    for given in ("unit", "code"):
        command = (*START, "--input-range", given, "in.npy", "-o", f"{given}.npy")
        assert updown(*command, "--show-steps", given + "-steps").code == 0
        assert pixels(f"{given}-steps/01-unpool.png").tolist() == [[0, 0, 100, 0], [0] * 4]


def test_every_branch_is_named(updown: Updown) -> None:
    path = picture("in.png", noise(4, 4, 3))
    np.save("after.npy", np.ones((5, 3, 1, 1)))
    command = ("upblock", "--mode", "fast-up-proj", "--init", "random", "--post-conv", "after.npy")
    assert updown(*command, path, "-o", "out.npy", "--show-steps", "steps").code == 0
    quarters = ["even-even", "even-odd", "odd-even", "odd-odd"]
    stages = [f"conv1-{place}" for place in quarters]
    stages += ["conv1", "bn1", "relu1", "conv2", "bn2"]
    stages += [f"conv3-{place}" for place in quarters]
    stages += ["conv3", "bn3", "sum", "relu", "post-conv"]
    saved = [name.removesuffix(".npy") for name in names("steps") if name.endswith(".npy")]
    assert saved == [f"{number:02d}-{stage}" for number, stage in enumerate(stages, 1)]
    both = np.load("steps/09-bn2.npy") + np.load("steps/15-bn3.npy")
    assert np.array_equal(np.load("steps/16-sum.npy"), both)
    assert np.load("steps/18-post-conv.npy").shape == (5, 8, 8)
    assert not Path("steps/18-post-conv.png").exists()


def test_steps_of_transparent_pictures_are_transparent(updown: Updown) -> None:
    path = picture("in.png", noise(3, 3, 4))
    assert updown(*START, path, "-o", "out.png", "--show-steps", "steps").code == 0
    assert pixels("steps/02-conv1.png").shape == (6, 6, 4)


def test_four_channels_of_an_array_are_no_picture(updown: Updown) -> None:
    np.save("in.npy", noise(4, 3, 3))
    assert updown(*START, "in.npy", "-o", "out.npy", "--show-steps", "steps").code == 0
    assert names("steps") == ["01-unpool.npy", "02-conv1.npy", "03-relu.npy"]


def test_frames_are_kept_together(updown: Updown) -> None:
    np.save("in.npy", noise(2, 3, 4, 5))
    assert updown(*START, "in.npy", "-o", "out.npy", "--show-steps", "steps").code == 0
    assert names("steps") == ["01-unpool.npy", "02-conv1.npy", "03-relu.npy"]
    assert np.load("steps/03-relu.npy").shape == (2, 3, 8, 10)


def test_several_inputs_have_a_folder_each(updown: Updown) -> None:
    for name in ("a.png", "b.png"):
        picture(name, ROW)
    assert updown(*START, "a.png", "b.png", "-o", "out/", "--show-steps", "steps").code == 0
    assert {Path(name).parts[0] for name in names("steps")} == {"a", "b"}
    assert len(names("steps")) == 12


def test_the_folder_can_be_a_template(updown: Updown) -> None:
    path = picture("in.png", ROW)
    assert updown(*START, path, "-o", "out.png", "--show-steps", "of-{stem}").code == 0
    assert len(names("of-in")) == 6


def test_steps_are_not_written_over(updown: Updown) -> None:
    path = picture("in.png", ROW)
    Path("steps").mkdir()
    picture("steps/02-conv1.png", ROW)
    command = (*START, path, "-o", "out.png", "--show-steps", "steps")
    done = updown(*command, "-q")
    assert done.code == 1
    assert done.stderr.startswith("updown: in.png: steps/02-conv1.png exists; choose --if-exists")
    assert not Path("out.png").exists()
    assert names("steps") == ["02-conv1.png"]
    assert updown(*command, "--if-exists", "overwrite").code == 0
    assert len(names("steps")) == 6


@pytest.mark.parametrize("given", ["overwrite", "rename"])
def test_an_input_is_not_written_over(updown: Updown, given: str) -> None:
    Path("steps").mkdir()
    path = picture("steps/01-unpool.png", ROW)
    done = updown(*START, path, "-o", "out.png", "--show-steps", "steps", "--if-exists", given)
    assert (done.code, done.stderr) == (
        2,
        "updown: steps/01-unpool.png: is the input steps/01-unpool.png; updown never writes over "
        "its input; choose another --output\n",
    )


def test_a_file_of_weights_is_not_written_over(updown: Updown) -> None:
    save_npz("net", {"up.conv1.weight": np.ones((1, 1, 5, 5))})
    path = picture("in.png", ROW)
    command = ("upblock", "--weights", "net.npz::up", path, "-o", "net.npz")
    done = updown(*command, "--if-exists", "overwrite")
    assert done.code == 2
    assert done.stderr.startswith("updown: net.npz: is the input net.npz; ")


def test_a_result_among_its_steps_is_refused(updown: Updown) -> None:
    path = picture("in.png", ROW)
    done = updown(*START, path, "-o", "steps/03-relu.png", "--show-steps", "steps")
    assert (done.code, done.stderr) == (
        2,
        "updown: steps/03-relu.png: would hold both the result and a step; choose another "
        "--show-steps\n",
    )


def test_steps_count_for_the_memory_that_is_needed(updown: Updown) -> None:
    path = picture("in.png", noise(200, 200, 3))
    command = ("upblock", "--mode", "up-proj", "--init", "bilinear", path, "-o", "out.png")
    limits = ("--max-memory", "25M")
    assert updown(*command, *limits).code == 0
    done = updown(*command, *limits, "--show-steps", "steps", "--if-exists", "overwrite", "-q")
    assert done.code == 1
    assert "would need" in done.stderr
    assert not Path("steps").exists()
