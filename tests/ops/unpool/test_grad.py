"""Unpooling by a source's maxima, against a loop over windows and against torch's gradient."""

from __future__ import annotations

import os
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from tests.conftest import Updown, noise, picture, pixels
from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops.unpool.grad import GradUnpool

Values = NDArray[Any]

SIDES = {1: (11,), 2: (7, 9), 3: (5, 7, 6)}
NINE = [[1, 2, 3], [4, 9, 5], [6, 7, 8]]


def unpooled(source: Values, values: Values, **windows: Any) -> Values:
    """Return N x C x sides of values at the maxima of N x C x sides of a source."""
    op = GradUnpool(source="source.npy", **windows)
    shape = Shape(*values.shape[1:])
    told = op.with_source(Shape(*source.shape[1:]), shape).for_shape(shape)
    x = torch.from_numpy(source)
    pool_indices = told.pool().for_shape(Shape(*source.shape[1:])).run(Signal(x)).pool_indices
    result = told.run(Signal(torch.from_numpy(values), pool_indices))
    assert tuple(result.pixels.shape[1:]) == told.out_shape(shape)
    assert result.pool_indices == ()
    placed: Values = result.pixels.numpy()
    return placed


def by_windows(source: Values, values: Values, kernel: int, stride: int) -> Values:
    """Return one plane of values, each added at the first maximum of its window."""
    result = np.zeros_like(source)
    for place in np.ndindex(values.shape):
        window = [range(p * stride, p * stride + kernel) for p in place]
        inside = product(*window)
        first = max(inside, key=lambda at: source[at])  # Python keeps the first of equals
        result[first] += values[place]
    return result


def test_windows_that_share_a_maximum_add_their_values() -> None:
    """The nine in the middle is the maximum of four windows: 36 (U1)."""
    source = np.array(NINE, np.float32)[None, None]
    nines = np.full((1, 1, 2, 2), 9, np.float32)
    placed = unpooled(source, nines, kernel_size=(2,), stride=(1,))
    assert placed[0, 0].tolist() == [[0, 0, 0], [0, 36, 0], [0, 0, 0]]


def test_four_windows_of_three_by_three_add_64() -> None:
    """A 16 inside all of them (U1)."""
    source = np.zeros((1, 1, 4, 4), np.float32)
    source[..., 1, 2] = 16
    placed = unpooled(source, np.full((1, 1, 2, 2), 16, np.float32), kernel_size=(3,), stride=(1,))
    assert placed[0, 0, 1, 2] == 64
    assert placed.sum() == 64


def test_the_first_of_equal_maxima_gets_the_value() -> None:
    """In row-major order (P15)."""
    source = np.array([[1, 1, 2, 2], [1, 1, 2, 2]], np.float32)[None, None]
    placed = unpooled(source, np.array([[[[7, 8]]]], np.float32))
    assert placed[0, 0].tolist() == [[7, 0, 8, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(("kernel", "stride"), [(2, 2), (3, 1), (2, 3), (3, 2)])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_every_value_goes_to_the_first_maximum_of_its_window(
    dims: int, kernel: int, stride: int
) -> None:
    """With ties, and values that are not what was pooled."""
    random = np.random.default_rng(0)
    source = random.integers(0, 4, SIDES[dims]).astype(np.float32)
    size = [(side - kernel) // stride + 1 for side in SIDES[dims]]
    values = random.integers(-9, 9, size).astype(np.float32)
    expected = by_windows(source, values, kernel, stride)
    placed = unpooled(
        source[None, None], values[None, None], kernel_size=(kernel,), stride=(stride,)
    )
    np.testing.assert_array_equal(placed[0, 0], expected)


@pytest.mark.parametrize(
    "windows",
    [
        {"kernel_size": (3,), "stride": (2,), "padding": (1,)},
        {"kernel_size": (3,), "stride": (1,), "padding": (1,), "dilation": (2,)},
        {"kernel_size": (2,), "ceil_mode": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_is_the_gradient_of_the_torch_layer(dims: int, windows: dict[str, Any]) -> None:
    """Two images of three channels."""
    random = np.random.default_rng(0)
    source = torch.from_numpy(random.random((2, 3, *SIDES[dims]), dtype=np.float32))
    source.requires_grad_()
    numbers = {k: v[0] if isinstance(v, tuple) else v for k, v in windows.items()}
    pooled = getattr(F, f"max_pool{dims}d")(source, **numbers)
    values = torch.from_numpy(random.integers(-9, 9, pooled.shape).astype(np.float32))
    pooled.backward(values)
    placed = unpooled(source.detach().numpy(), values.numpy(), **windows)
    assert source.grad is not None
    np.testing.assert_array_equal(placed, source.grad)


def test_same_padding_of_an_odd_size_goes_back() -> None:
    """A 3x3 ramp in windows of 2x2, the last ones partly outside (U6)."""
    source = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
    values = np.array([[5, 6], [8, 9]], np.float32)[None, None]
    placed = unpooled(source, values, padding="same")
    assert placed[0, 0].tolist() == [[0, 0, 0], [0, 5, 6], [0, 8, 9]]


def test_a_source_that_pools_to_another_shape_is_refused() -> None:
    op = GradUnpool(source="source.npy", kernel_size=(3,))
    with pytest.raises(ShapeError) as error:
        op.with_source(Shape(3, 9, 9), Shape(3, 4, 4))
    assert str(error.value) == (
        "pools to 3x3x3, but there are 3x4x4 values; give the source and the windows of the pool"
    )


def test_an_output_size_that_is_not_the_sources_is_refused() -> None:
    op = GradUnpool(source="source.npy", output_size=(8, 8))
    with pytest.raises(ShapeError, match=r"^is 9x9, not --output-size 8x8$"):
        op.with_source(Shape(3, 9, 9), Shape(3, 4, 4))


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "--source: is needed"),
        (
            {"source": "a.npy", "padding": (2,)},
            "--padding 2: must be at most half of --kernel-size, 1",
        ),
        (
            {"source": "a.npy", "padding": "same", "ceil_mode": True},
            "--ceil-mode goes with a number as --padding, not with same",
        ),
    ],
    ids=str,
)
def test_what_the_pool_refuses_is_refused(parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ParameterError) as error:
        GradUnpool(**parameters)
    assert str(error.value) == sentence


def test_an_array_is_unpooled_by_its_source(updown: Updown) -> None:
    """The input holds the values; rank and layout are read as the input's."""
    np.save("source.npy", np.array(NINE, np.float32))
    np.save("values.npy", np.array([[1, 2], [3, 4]], np.float32))
    done = updown(
        "unpool", "--mode", "grad", "--source", "source.npy", "-s", "1", "values.npy",
        "-o", "placed.npy",
    )  # fmt: skip
    assert done.code == 0, done.stderr
    assert np.load("placed.npy").tolist() == [[0, 0, 0], [0, 10, 0], [0, 0, 0]]


def test_pictures_are_unpooled_each_by_its_own_source(updown: Updown) -> None:
    """A folder of sources, with the names of the inputs."""
    os.makedirs("sources")
    os.makedirs("pooled")
    for seed, name in enumerate(("a.png", "b.png")):
        picture(f"sources/{name}", noise(5, 6, 3, seed=seed))
    assert updown("pool", "sources", "-o", "pooled/").code == 0
    done = updown("unpool", "--mode", "grad", "--source", "sources/", "pooled", "-o", "back/")
    assert done.code == 0, done.stderr
    for name in ("a.png", "b.png"):
        source = pixels(f"sources/{name}")
        expected = [
            by_windows(source[..., c], pixels(f"pooled/{name}")[..., c], 2, 2) for c in range(3)
        ]
        np.testing.assert_array_equal(pixels(f"back/{name}"), np.stack(expected, axis=-1))


def test_a_dry_run_reads_the_sources_header(updown: Updown) -> None:
    picture("source.png", noise(5, 6))
    picture("values.png", noise(2, 3))
    done = updown(
        "unpool", "--mode", "grad", "--source", "source.png", "values.png", "--dry-run", "--json"
    )
    assert done.records[0]["steps"][0]["out"] == [1, 5, 6]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("missing.png", "missing.png: no such file"),
        (
            "small.png",
            "small.png: pools to 1x1x1, but there are 1x2x3 values; "
            "give the source and the windows of the pool",
        ),
        ("two.npy", "two.npy: has 2 frames, the input 1"),
    ],
)
def test_a_source_that_does_not_fit_fails_in_one_line(
    updown: Updown, source: str, sentence: str
) -> None:
    picture("values.png", noise(2, 3))
    picture("small.png", noise(3, 3))
    np.save("two.npy", np.zeros((2, 1, 5, 6), np.float32))
    refused = updown("unpool", "--mode", "grad", "--source", source, "values.png", "-o", "out.png")
    assert refused.code == 1
    assert refused.stderr.splitlines()[0] == f"updown: values.png: {sentence}"


def test_one_source_for_several_inputs_is_refused(updown: Updown) -> None:
    for name in ("a.png", "b.png"):
        picture(name, noise(2, 3))
    refused = updown("unpool", "--mode", "grad", "--source", "s.png", "a.png", "b.png")
    assert refused.code == 2
    assert refused.stderr == (
        "updown: --source s.png: one source for several inputs; "
        "name a folder, or a template like {stem}{ext}\n"
    )


def test_a_result_never_goes_over_the_source(updown: Updown) -> None:
    picture("source.png", noise(4, 6))
    picture("values.png", noise(2, 3))
    refused = updown(
        "unpool", "--mode", "grad", "--source", "source.png", "values.png",
        "-o", "source.png", "--if-exists", "overwrite",
    )  # fmt: skip
    assert refused.code == 2
    assert refused.stderr.startswith("updown: source.png: is the input source.png; ")
