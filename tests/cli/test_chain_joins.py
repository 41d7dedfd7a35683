"""Joins as a user runs them: U-Nets and residual chains on files, against NumPy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.conftest import Updown, noise, picture, pixels

Array = NDArray[Any]

UNET = "pool -k 2 @e1 | pool --mode avg -k 2 | upsample --scale-factor 2 | concat @e1"


def blocks(x: Array) -> Array:
    """Return the whole 2x2 windows of channels x sides, each along axes 2 and 4."""
    channels, rows, columns = x.shape
    even = x[:, : rows // 2 * 2, : columns // 2 * 2]
    return even.reshape(channels, rows // 2, 2, columns // 2, 2)


def maxima(x: Array) -> Array:
    """Return the maxima of the windows."""
    return np.asarray(blocks(x).max((2, 4)))


def means(x: Array) -> Array:
    """Return the means of the windows."""
    return np.asarray(blocks(x).mean((2, 4)))


def doubled(x: Array) -> Array:
    return x.repeat(2, 1).repeat(2, 2)


def floats(*shape: int) -> Array:
    return np.random.default_rng(7).integers(0, 64, shape).astype(np.float32)


def test_a_unet_of_an_array(updown: Updown) -> None:
    x = floats(3, 16, 24)
    np.save("x.npy", x)
    assert updown("chain", UNET, "x.npy", "-o", "y.npy").code == 0
    kept = maxima(x)
    np.testing.assert_array_equal(np.load("y.npy"), np.concatenate([doubled(means(kept)), kept]))


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
def test_one_result_is_taken_twice_and_two_are_kept(updown: Updown, dtype: str) -> None:
    """Integers that come first are floats where they are kept."""
    x = floats(2, 9, 13).astype(dtype)
    np.save("x.npy", x)
    steps = "pool -k 2 @a | activate @b | add @a | concat @b | concat @a --kept-first"
    assert updown("chain", steps, "x.npy", "-o", "y.npy").code == 0
    a = maxima(x)
    expected = np.concatenate([a, np.minimum(2.0 * a, 255), a])
    np.testing.assert_array_equal(np.load("y.npy"), expected)


def test_a_sum_of_pictures(updown: Updown) -> None:
    image = noise(9, 12, 3)
    picture("x.png", image)
    steps = "pool -k 1 -s 1 @x | conv --kernel '0 0 0; 0 0 1; 0 0 0' -p same | add @x"
    assert updown("chain", steps, "x.png", "-o", "y.png").code == 0
    shifted = np.zeros_like(image, dtype=int)
    shifted[:, :-1] = image[:, 1:]
    np.testing.assert_array_equal(pixels("y.png"), np.minimum(image + shifted, 255))


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_odd_sizes_are_cropped_or_padded(updown: Updown, fit: str) -> None:
    x = floats(2, 10, 14)
    np.save("x.npy", x)
    assert updown("chain", f"{UNET} --fit {fit}", "x.npy", "-o", "y.npy").code == 0
    kept = maxima(x)  # 5 x 7
    small = doubled(means(kept))  # 4 x 6
    if fit == "crop":
        expected = np.concatenate([small, kept[:, :4, :6]])
    else:
        expected = np.concatenate([np.pad(small, ((0, 0), (0, 1), (0, 1))), kept])
    np.testing.assert_array_equal(np.load("y.npy"), expected)


def test_odd_sizes_are_refused_with_those_that_would_do(updown: Updown) -> None:
    np.save("x.npy", floats(2, 10, 14))
    refused = updown("chain", UNET, "x.npy", "-o", "y.npy")
    assert (refused.code, refused.stderr) == (
        1,
        "updown: x.npy: step 4, concat: 2x4x6 does not fit @e1, 2x5x7; inputs of 9x13 or 12x16 "
        "would, as --fit crop or pad would\n",
    )
    assert not Path("y.npy").exists()


def test_a_recipe_runs_what_it_was_saved_from(updown: Updown) -> None:
    np.save("x.npy", floats(2, 8, 12))
    assert updown("chain", UNET, "x.npy", "-o", "a.npy", "--save-recipe", "r.json").code == 0
    steps = json.loads(Path("r.json").read_text())["steps"]
    assert steps[0]["kept_as"] == "@e1"
    assert steps[3] == {"op": "concat", "other": "@e1", "fit": "refuse", "kept_first": False}
    assert updown("chain", "--recipe", "r.json", "x.npy", "-o", "b.npy").code == 0
    assert Path("a.npy").read_bytes() == Path("b.npy").read_bytes()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kept_as": 3}, "steps[0].kept_as 3: must be text"),
        ({"kept_as": "e1"}, "steps[0]: e1: must be @ and a word such as @e1; numbers name "
         "positions of pools"),
        ({}, "step 2, add: @e1: no step before it keeps a result of this name; a step that ends "
         "in @e1 keeps its result"),
    ],
)  # fmt: skip
def test_a_recipe_with_wrong_names_is_refused(
    updown: Updown, change: dict[str, Any], sentence: str
) -> None:
    steps = [{"op": "pool", "mode": "max", **change}, {"op": "add", "other": "@e1"}]
    Path("r.json").write_text(json.dumps({"updown_recipe": 2, "steps": steps, "files": {}}))
    np.save("x.npy", floats(2, 8, 12))
    refused = updown("chain", "--recipe", "r.json", "x.npy", "-o", "y.npy")
    assert (refused.code, refused.stderr) == (2, f"updown: r.json: {sentence}\n")


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_the_code_of_a_chain_gives_the_same(updown: Updown, fit: str) -> None:
    steps = (
        "conv --kernel gaussian -p same @e1 | pool -k 2 @e2 | conv --kernel laplacian -p same | "
        f"add @e2 | upsample --scale-factor 2 | concat @e1 --fit {fit} @d | pool -k 2 -s 1"
        f" | concat @d --kept-first --fit {fit}"
    )
    x = floats(2, 9, 11)
    np.save("x.npy", x)
    assert updown("chain", steps, "x.npy", "-o", "y.npy").code == 0
    code = updown("explain", "chain", steps, "--input", "x.npy", "--code").stdout
    assert "torch.cat([" in code
    made: dict[str, Any] = {"x": torch.from_numpy(x)[None]}
    exec(code, made)
    np.testing.assert_allclose(made["y"][0].numpy(), np.load("y.npy"), rtol=0, atol=2e-4)


def test_a_small_memory_refuses_what_cannot_be_cut(updown: Updown) -> None:
    picture("x.png", noise(300, 400, 3))
    steps = "conv --kernel box -p same @a | conv --kernel box -p same | add @a"
    needed = ["-o", "y.png", "--max-memory", "1MiB"]
    refused = updown("chain", steps, "x.png", *needed)
    assert refused.code == 1
    assert refused.stderr.startswith("updown: x.png: would need ")
    assert updown("chain", steps.removesuffix(" | add @a").replace(" @a", ""), "x.png", *needed,
                  ).code == 0  # fmt: skip


@pytest.mark.parametrize("join", ["concat", "add"])
def test_transparency_is_refused(updown: Updown, join: str) -> None:
    picture("x.png", noise(8, 8, 4), "RGBA")
    steps = f"pool @a | conv --kernel box -p same | {join} @a"
    refused = updown("chain", steps, "x.png", "-o", "y.npy")
    assert (refused.code, refused.stderr) == (
        1,
        "updown: x.png: two pictures that are joined have two transparencies; use --alpha drop, "
        "or straight to take it for a colour\n",
    )
    assert updown("chain", steps, "x.png", "-o", "y.npy", "--alpha", "drop").code == 0
    assert np.load("y.npy").shape == (6 if join == "concat" else 3, 4, 4)


def test_pictures_side_by_side_in_channels_are_no_picture(updown: Updown) -> None:
    picture("x.png", noise(8, 8, 3))
    refused = updown("chain", "pool @a | activate | concat @a", "x.png", "-o", "y.png")
    assert refused.code == 1
    assert refused.stderr.startswith("updown: x.png: 6 channels are no picture; write .npy")


@pytest.mark.parametrize("command", [(), ("explain",)])
@pytest.mark.parametrize("join", ["concat", "add"])
def test_alone_it_says_that_it_goes_in_a_chain(
    updown: Updown, command: tuple[str, ...], join: str
) -> None:
    inputs = () if command else ("x.png",)
    picture("x.png", noise(4, 4))
    refused = updown(*command, join, *inputs)
    assert (refused.code, refused.stderr) == (
        2,
        f"updown: {join}: joins what an earlier step keeps, and so goes in a chain; updown chain "
        f"'pool -k 2 @e1 | conv --kernel box -p same | {join} @e1'\n",
    )


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("pool a", "argument (a)"),
        ("pool @a b", "argument (b)"),
        ("pool @a @b", "argument (@b)"),
        ("pool | add @a @b @c", "argument (@c)"),
        ("pool a @b c", "arguments (a c)"),
    ],
)
def test_other_words_are_no_names(updown: Updown, steps: str, words: str) -> None:
    refused = updown("shapes", steps, "--size", "8x8")
    name = steps.rpartition("| ")[2].split()[0]
    step = f"step {steps.count('|') + 1}, {name}"
    sentence = f"updown: {step}: got unexpected extra {words}; see updown {name} --help\n"
    assert (refused.code, refused.stderr) == (2, sentence)


def test_shapes_tells_what_is_kept(updown: Updown) -> None:
    done = updown("shapes", UNET, "--shape", "2x8x12")
    lines = done.stdout.splitlines()
    assert lines[2].split()[:4] == ["pool", "max", "2x2", "@e1"]
    assert lines[5].split()[:4] == ["concat", "@e1", "4x4x6", "4x4"]
    remark = "step 4, concat: takes @e1, 2x4x6: kept whole, so nothing runs in strips"
    assert lines[-1] == remark
