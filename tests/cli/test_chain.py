"""`updown chain`: several operations in one pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tests.conftest import SAMPLES, Updown, noise, picture, pixels
from updown_cli.cli.steps import parse_steps, split_steps
from updown_cli.ops.conv.plain import PlainConv
from updown_cli.ops.pool.max import MaxPool
from updown_cli.ops.unpool.max import MaxUnpool

THERE_AND_BACK = "pool -k 2 | conv --kernel sobel-h -p same | unpool"


def planes_of(image: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)[None].float()


def image_of(planes: torch.Tensor) -> NDArray[np.uint8]:
    """Return planes as updown stores them: clamped, half up."""
    result: NDArray[np.uint8] = planes.clamp(0, 255).add(0.5).floor()[0].byte().numpy()
    return result.transpose(1, 2, 0)


def sobel(x: torch.Tensor) -> torch.Tensor:
    kernel = torch.tensor([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])
    return F.conv2d(x, kernel.expand(3, 1, 3, 3), padding=1, groups=3)


def test_pool_convolve_unpool_is_what_torch_layers_give(updown: Updown) -> None:
    """The encoder and decoder of 000, on an odd size."""
    image = noise(9, 11, 3)
    picture("x.png", image)
    assert updown("chain", THERE_AND_BACK, "x.png", "-o", "y.png").code == 0
    pooled, indices = F.max_pool2d(planes_of(image), 2, return_indices=True)
    expected = F.max_unpool2d(sobel(pooled), indices, [2, 2], output_size=[9, 11])
    np.testing.assert_array_equal(pixels("y.png"), image_of(expected))


def test_a_photograph_to_256_and_up_again(updown: Updown) -> None:
    """The pipeline of 002: both steps on floats, one rounding at the end."""
    steps = (
        "upsample --size 256 --antialias --mode bilinear | "
        "upsample --scale-factor 2 --mode bilinear"
    )
    assert updown("chain", steps, SAMPLES / "photo.png", "-o", "y.png").code == 0
    x = planes_of(pixels(SAMPLES / "photo.png"))
    small = F.interpolate(x, (256, 256), mode="bilinear", antialias=True)
    expected = F.interpolate(small, scale_factor=2, mode="bilinear")
    np.testing.assert_array_equal(pixels("y.png"), image_of(expected))


def test_steps_in_two_words_are_one_chain(updown: Updown) -> None:
    picture("a.png", noise(8, 8))
    done = updown("chain", "pool -k 2", "pool -k 3", "a.png")
    sentence = "'pool -k 3': is a step, not a file; steps are one argument: 'pool -k 2 | pool -k 3'"
    assert (done.code, done.stdout, done.stderr) == (2, "", f"updown: {sentence}\n")


def test_a_file_may_be_called_like_a_step(updown: Updown) -> None:
    picture("a.png", noise(8, 8))
    Path("a.png").rename("pool")
    assert updown("chain", "pool -k 2", "pool", "-o", "b.png", "-q").code == 0


def test_nothing_is_rounded_between_steps(updown: Updown) -> None:
    """The mean of 0 and 1 is half a level, four times that is 2; rounded it would be 4."""
    picture("x.png", [[0, 1]])
    steps = "pool --mode avg -k 1x2 | conv --kernel 4"
    assert updown("chain", steps, "x.png", "-o", "y.png").code == 0
    assert pixels("y.png").tolist() == [[2]]


def test_integers_stay_where_all_steps_select_values(updown: Updown) -> None:
    np.save("x.npy", np.arange(36, dtype=np.int32).reshape(6, 6))
    assert (
        updown("chain", "pool -k 2 | upsample --scale-factor 2", "x.npy", "-o", "y.npy").code == 0
    )
    result = np.load("y.npy")
    assert result.dtype == np.int32
    assert result[0].tolist() == [7, 7, 9, 9, 11, 11]


def test_pools_and_unpools_nest(updown: Updown) -> None:
    image = noise(13, 17, 3, seed=3)
    picture("x.png", image)
    done = updown("chain", "pool -k 2 | pool -k 3 | unpool | unpool", "x.png", "-o", "y.png")
    assert done.code == 0, done.stderr
    one, first = F.max_pool2d(planes_of(image), 2, return_indices=True)
    two, second = F.max_pool2d(one, 3, return_indices=True)
    inner = F.max_unpool2d(two, second, [3, 3], output_size=one.shape[2:])
    expected = F.max_unpool2d(inner, first, [2, 2], output_size=[13, 17])
    np.testing.assert_array_equal(pixels("y.png"), image_of(expected))


@pytest.mark.parametrize(
    "steps",
    [
        "pool -k 2 | pool -k 1 | unpool --indices @1",
        "pool -k 2 --save-indices @outer | pool -k 1 | unpool --indices @outer",
        "pool -k 2 --save-indices p.npz | pool -k 1 | unpool --indices @1",
        "pool -k 2 --save-indices p.npz | pool -k 1 | unpool --indices p.npz",
    ],
)
def test_an_unpool_can_name_its_pool(updown: Updown, steps: str) -> None:
    image = noise(8, 10, 3, seed=4)
    picture("x.png", image)
    done = updown("chain", steps, "x.png", "-o", "y.png")
    assert done.code == 0, done.stderr
    pooled, indices = F.max_pool2d(planes_of(image), 2, return_indices=True)
    expected = image_of(F.max_unpool2d(pooled, indices, [2, 2]))
    np.testing.assert_array_equal(pixels("y.png"), expected)
    if "p.npz" in steps:
        np.testing.assert_array_equal(np.load("p.npz")["indices"], indices.numpy())
        assert updown("pool", "-k", "2", "x.png", "-o", "p.png").code == 0
        assert updown("unpool", "--indices", "p.npz", "p.png", "-o", "z.png").code == 0
        np.testing.assert_array_equal(pixels("z.png"), expected)


def test_an_unpool_in_the_middle_reads_a_file(updown: Updown) -> None:
    image = noise(8, 10, 3, seed=5)
    picture("x.png", image)
    assert updown("pool", "--save-indices", "p.npz", "x.png", "-o", "small.png").code == 0
    picture("y.png", np.zeros((8, 10, 3)))
    steps = "upsample --size 4x5 | unpool --indices p.npz | pool -k 2"
    assert updown("chain", steps, "x.png", "-o", "z.png").code == 0
    expected = image[::2, ::2]
    np.testing.assert_array_equal(pixels("z.png"), expected)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pool -k 2|unpool", [["pool", "-k", "2"], ["unpool"]]),
        ("conv --kernel '1 | 2'", [["conv", "--kernel", "1 | 2"]]),
        ('conv --kernel "0 1; 1 0"|x', [["conv", "--kernel", "0 1; 1 0"], ["x"]]),
        (r"conv --kernel a\ b.npy", [["conv", "--kernel", "a b.npy"]]),
        ("pool # no comment", [["pool", "#", "no", "comment"]]),
        ("pool || unpool", [["pool"], [], ["unpool"]]),
        ("", [[]]),
    ],
)
def test_steps_are_quoted_as_in_a_shell(text: str, words: list[list[str]]) -> None:
    assert split_steps(text) == words


def test_steps_are_the_operations_of_their_commands() -> None:
    assert parse_steps(THERE_AND_BACK).ops == (
        MaxPool(save_indices="@1"),
        PlainConv(kernel="sobel-h", padding="same"),
        MaxUnpool(indices="@1"),
    )


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ("pol -k 2", "step 1: no operation 'pol'; did you mean pool?"),
        ("pool | chain", "step 2: no operation 'chain'; there are pool, unpool, upsample, conv, "
         "deconv, shuffle, upblock, deconvnet, crop, pad, flip, normalize, activate, "
         "concat, add"),
        ("pool -k 2 | unpool -o y.png", "step 2, unpool: -o is no option of a step; give it after "
         "the steps"),
        ("pool -k 2 --xyz", "step 1, pool: no such option --xyz; see updown pool --help"),
        ("pool | conv --kernle box", "step 2, conv: no such option --kernle; did you mean "
         "--kernel?"),
        ("pool | conv --kernel bx", "step 2, conv: --kernel bx: is no name, no file and no rows of "
         "numbers; did you mean box?"),
        ("pool -k two", "step 1, pool: --kernel-size two: must be a whole number or HxW"),
        ("pool --norm-type 2", "step 1, pool: --norm-type goes with --mode lp"),
        ("pool x.png", "step 1, pool: got unexpected extra argument (x.png); see updown pool "
         "--help"),
        ("pool || unpool", "step 2: is empty; steps look like pool -k 2"),
        ("", "step 1: is empty; steps look like pool -k 2"),
        ("pool 'x", "steps 'pool 'x': a quote is not closed"),
        ("pool --mode avg | unpool", "step 2, unpool: there is no max pool before it to undo; give "
         "--indices FILE"),
        ("pool | unpool | unpool", "step 3, unpool: there is no max pool before it to undo; give "
         "--indices FILE"),
        ("pool | unpool --indices @2", "step 2, unpool: --indices @2: no max pool before it has "
         "this number or name"),
        ("pool --save-indices @a | shuffle --downscale-factor 2", "step 1, pool: --save-indices "
         "@a: no unpool after it takes them; name a file, or chain an unpool"),
        ("pool --save-indices @a | pool --save-indices @a | unpool", "step 2, pool: --save-indices "
         "@a: another step keeps its positions there"),
        ("pool --save-indices a.npz | pool --save-indices b.npz", "step 2, pool: --save-indices "
         "b.npz: another step has a file of positions already; name them @NAME within the chain"),
    ],
)  # fmt: skip
def test_wrong_steps_are_refused_in_one_line(updown: Updown, steps: str, sentence: str) -> None:
    picture("x.png", noise(8, 8))
    refused = updown("chain", steps, "x.png", "-o", "z.png")
    assert (refused.code, refused.stdout, refused.stderr) == (2, "", f"updown: {sentence}\n")
    assert not Path("z.png").exists()


def test_an_empty_input_is_refused_by_name(updown: Updown) -> None:
    refused = updown("chain", "pool -k 2", "")
    assert (refused.code, refused.stderr) == (2, "updown: INPUT...: is empty\n")


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ("upsample --size 4 | pool -k 9", "step 2, pool: nothing is left of a 3x4x4 image; the "
         "window is 9x9"),
        ("pool | conv --mode separable --kernel identity -p same --pointwise '1 1 1' | unpool",
         "step 3, unpool: 1x4x4 values, but the indices are for 3x4x4; take the indices that were "
         "saved with this image"),
        ("pool | shuffle --downscale-factor 3", "step 2, shuffle: a side of 4 pixels cannot be "
         "divided by 3; choose another factor"),
        ("pool --mode avg | conv --mode quantized --kernel box", "step 2, conv: --kernel box: "
         "must hold whole numbers from -128 to 255"),
        ("pool --mode avg | conv --mode quantized --kernel '2'", "step 2, conv: quantized needs "
         "whole numbers from 0 to 255; store the image in 8 bits"),
        ("pool | shuffle --downscale-factor 2 --arrange frames | unpool", "step 3, unpool: 4 "
         "frames, but the positions are for 1; undo a pool of as many frames"),
    ],
)  # fmt: skip
def test_steps_that_do_not_fit_are_named(updown: Updown, steps: str, sentence: str) -> None:
    picture("x.png", noise(8, 8, 3))
    refused = updown("chain", steps, "x.png", "-o", "z.png")
    assert (refused.code, refused.stderr) == (1, f"updown: x.png: {sentence}\n")
    assert not Path("z.png").exists()


def test_steps_are_needed(updown: Updown) -> None:
    assert updown("chain").stderr == "updown: no steps; give STEPS, or --recipe FILE.json\n"


def test_intermediates_are_kept_unrounded(updown: Updown) -> None:
    image = noise(8, 10, 3)
    Path("in").mkdir()
    picture("in/x.png", image)
    steps = "pool --mode avg -k 2 | conv --kernel sobel-h -p same | pool"
    done = updown("chain", steps, "in", "-o", "out", "--save-steps", "steps")
    assert done.code == 0, done.stderr
    assert sorted(path.name for path in Path("steps").iterdir()) == ["x_1-pool.npy", "x_2-conv.npy"]
    means = F.avg_pool2d(planes_of(image), 2)
    np.testing.assert_array_equal(np.load("steps/x_1-pool.npy"), means[0].numpy())
    torch.testing.assert_close(torch.from_numpy(np.load("steps/x_2-conv.npy"))[None], sobel(means))


def test_intermediates_can_be_pictures(updown: Updown) -> None:
    image = noise(8, 10, 3)
    picture("x.png", image)
    settings = ("--save-steps", "steps", "--steps-format", "png")
    assert updown("chain", "pool | upsample --scale-factor 2", "x.png", "-o", "y.png", *settings)
    expected = image_of(F.max_pool2d(planes_of(image), 2))
    np.testing.assert_array_equal(pixels("steps/x_1-pool.png"), expected)


def test_an_intermediate_that_exists_is_left_alone(updown: Updown) -> None:
    picture("x.png", noise(8, 10))
    Path("steps").mkdir()
    Path("steps/x_1-pool.npy").write_text("mine")
    line = ("chain", "pool | pool", "x.png", "-o", "y.png", "--save-steps", "steps")
    refused = updown(*line)
    assert refused.code == 1
    assert refused.stderr.startswith("updown: x.png: steps/x_1-pool.npy exists; choose")
    assert Path("steps/x_1-pool.npy").read_text() == "mine"
    assert not Path("y.png").exists()
    assert updown(*line, "--if-exists", "overwrite").code == 0
    assert np.load("steps/x_1-pool.npy").shape == (1, 4, 5)


def test_an_intermediate_that_no_picture_can_hold_is_named(updown: Updown) -> None:
    picture("x.png", noise(8, 10, 3))
    steps = "shuffle --downscale-factor 2 | shuffle --upscale-factor 2"
    line = ("chain", steps, "x.png", "-o", "y.png", "--save-steps", "s", "--steps-format", "png")
    refused = updown(*line)
    assert refused.code == 1
    assert refused.stderr.startswith("updown: x.png: step 1, shuffle: 12 channels are no picture")
    assert not Path("y.png").exists()


def test_the_record_tells_every_step(updown: Updown) -> None:
    picture("x.png", noise(8, 10, 3))
    (record,) = updown("chain", THERE_AND_BACK, "x.png", "-o", "y.png", "--json").records
    assert [(step["op"], step["in"], step["out"]) for step in record["steps"]] == [
        ("pool", [3, 8, 10], [3, 4, 5]),
        ("conv", [3, 4, 5], [3, 4, 5]),
        ("unpool", [3, 4, 5], [3, 8, 10]),
    ]
    assert all(step["seconds"] >= 0 for step in record["steps"])


def test_results_beside_the_input_are_named_by_all_steps(updown: Updown) -> None:
    picture("x.png", noise(8, 10, 3))
    assert updown("chain", "pool | upsample --scale-factor 2", "x.png").code == 0
    assert Path("x_pool-upsample.png").exists()


def test_positions_of_a_chain_are_printed(updown: Updown) -> None:
    picture("x.png", [[1, 2], [3, 4]])
    line = ("chain", "pool -k 1 | pool --print-indices | unpool | unpool", "x.png", "-o", "y.png")
    assert updown(*line, "--json").records[0]["indices"]["values"] == [[[[3]]]]


def test_steps_take_nothing_from_the_environment(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UPDOWN_POOL_KERNEL_SIZE", "3")
    picture("x.png", noise(6, 6))
    (record,) = updown("chain", "pool | pool", "x.png", "-o", "y.png", "--json").records
    assert record["steps"][0]["kernel_size"] == [2, 2]
