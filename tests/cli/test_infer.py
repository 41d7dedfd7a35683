"""`updown infer` against every small layer of torch, and the sizes of the tutorials."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from itertools import product
from typing import Any

import pytest
import torch

from tests.conftest import Updown
from updown_cli.op.infer import LAYERS, Limits, Setting, nearest_sizes, settings

LENGTH = 7
LIMITS = Limits(kernel=4, stride=3, dilation=3)

every_layer = pytest.mark.parametrize("layer", LAYERS)


def torch_size(layer: str, setting: Setting, length: int) -> int | None:
    """Return the length that torch's layer makes; None for what torch refuses."""
    s = setting
    x = torch.zeros(1, 1, length)
    try:
        module: torch.nn.Module
        if layer == "deconv":
            module = torch.nn.ConvTranspose1d(
                1, 1, s.kernel, s.stride, s.padding, s.output_padding, dilation=s.dilation
            )
        elif layer == "conv":
            module = torch.nn.Conv1d(1, 1, s.kernel, s.stride, s.padding, s.dilation)
        else:
            module = torch.nn.MaxPool1d(s.kernel, s.stride, s.padding, s.dilation)
        with torch.no_grad():
            return int(module(x).shape[-1])
    except (RuntimeError, ValueError):
        return None


@cache
def by_torch(layer: str) -> dict[int, set[Setting]]:
    """Return the settings of every length that torch's layers make of seven pixels."""
    found = defaultdict(set)
    for kernel, stride, dilation in product(range(1, 5), range(1, 4), range(1, 4)):
        extras = range(4) if layer == "deconv" else range(1)
        for padding, extra in product(range(dilation * (kernel - 1) + 1), extras):
            setting = Setting(kernel, stride, padding, extra, dilation)
            size = torch_size(layer, setting, LENGTH)
            if size is not None and size > 0:
                found[size].add(setting)
    return dict(found)


@pytest.mark.parametrize("after", range(1, 32))
@every_layer
def test_exactly_the_layers_of_torch_that_fit_are_found(layer: str, after: int) -> None:
    """Of all within the limits, those that torch refuses among them."""
    found = settings(layer, LENGTH, after, LIMITS)
    assert len(found) == len(set(found))
    assert set(found) == by_torch(layer).get(after, set())


@pytest.mark.parametrize("after", [1, 2, 6, 7, 11, 20, 33, 50])
@every_layer
def test_the_nearest_sizes_are_those_that_torch_makes(layer: str, after: int) -> None:
    """The largest below and the smallest above."""
    sizes = by_torch(layer)
    below = [size for size in sizes if size < after]
    above = [size for size in sizes if size > after]
    expected = ([max(below)] if below else []) + ([min(above)] if above else [])
    assert nearest_sizes(layer, LENGTH, after, LIMITS) == expected


@every_layer
def test_more_padding_is_tried_if_it_is_asked_for(layer: str) -> None:
    """A 1x1 kernel with padding; torch's pools have none with it."""
    limits = Limits(kernel=1, stride=1, padding=2)
    after = {"conv": LENGTH + 4, "deconv": LENGTH - 4, "pool": LENGTH}[layer]
    padding = 0 if layer == "pool" else 2
    (setting,) = settings(layer, LENGTH, after, limits)
    assert setting == Setting(1, 1, padding, 0, 1)
    assert torch_size(layer, setting, LENGTH) == after


def numbers(layer: str, before: int, after: int) -> list[tuple[int, ...]]:
    """Return (kernel, stride, padding, output padding) within the default limits."""
    found = settings(layer, before, after, Limits())
    return [(s.kernel, s.stride, s.padding, s.output_padding) for s in found]


def test_438_pixels_become_440_in_three_ways() -> None:
    """(D10); kernel 4 with padding 1 gives 439 (W19)."""
    assert numbers("deconv", 438, 440) == [(3, 1, 0, 0), (5, 1, 1, 0), (7, 1, 2, 0)]
    assert Setting(4, 1, 1, 0, 1).out_size("deconv", 438) == 439


def test_112_pixels_are_doubled_in_seven_ways() -> None:
    """(D10). The kernel of one pixel, which leaves holes, comes last."""
    assert numbers("deconv", 112, 224) == [
        (2, 2, 0, 0),
        (3, 2, 1, 1),
        (4, 2, 1, 0),
        (5, 2, 2, 1),
        (6, 2, 2, 0),
        (7, 2, 3, 1),
        (1, 2, 0, 1),
    ]


def test_nothing_leads_from_224_to_440() -> None:
    """(D10)."""
    assert numbers("deconv", 224, 440) == []


@pytest.mark.parametrize("scale", [2, 3, 4, 5])
def test_a_recipe_for_whole_scales_is_found(scale: int) -> None:
    """Kernel 2S, padding S // 2 + S % 2, output padding S % 2 (D11)."""
    limits = Limits(kernel=10, stride=5)
    recipe = Setting(2 * scale, scale, scale // 2 + scale % 2, scale % 2, 1)
    assert recipe in settings("deconv", 9, 9 * scale, limits)


def test_the_recipe_for_a_scale_of_one_is_not() -> None:
    """torch refuses an output padding of 1 with stride 1 (D11, W18)."""
    assert Setting(2, 1, 1, 1, 1) not in settings("deconv", 9, 9, Limits())
    assert torch_size("deconv", Setting(2, 1, 1, 1, 1), 9) is None


@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "stride"), list(product(range(1, 8), range(1, 5))))
def test_overlap_free_are_those_under_equally_many_taps(
    kernel: int, stride: int, dilation: int
) -> None:
    """Counted in a transposed convolution of ones with a kernel of ones (D9)."""
    ones = torch.ones(1, 1, 40)
    weight = torch.ones(1, 1, kernel)
    counts = torch.conv_transpose1d(ones, weight, stride=stride, dilation=dilation)
    inside = counts[0, 0, 20 : 20 + 4 * stride]  # no window of 7 taps, 3 apart, is cut off there
    even = bool((inside == inside[0]).all())
    assert Setting(kernel, stride, 0, 0, dilation).overlap_free == even
    if dilation == 1:
        assert even == (kernel % stride == 0)


def test_the_table_marks_what_is_even(updown: Updown) -> None:
    done = updown(
        "infer", "deconv", "--in", "4", "--out", "8", "--max-kernel", "4", "--max-stride", "2"
    )
    assert (done.code, done.stderr) == (0, "")
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["kernel", "stride", "padding", "output", "padding", "dilation", "overlap"],
        ["2", "2", "0", "0", "1", "even"],
        ["3", "2", "1", "1", "1", "uneven"],
        ["4", "2", "1", "0", "1", "even"],
        ["1", "2", "0", "1", "1", "uneven"],
    ]


def test_json_is_one_object_per_setting(updown: Updown) -> None:
    done = updown(
        "infer",
        "pool",
        "--in",
        "8x6",
        "--out",
        "4x3",
        "--max-kernel",
        "2",
        "--max-stride",
        "2",
        "--json",
    )
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {
            "layer": "pool", "kernel": kernel, "stride": 2, "padding": 0, "output_padding": 0,
            "dilation": 1, "overlap_free": kernel == 2, "axes": ["H", "W"],
        }
        for kernel in (2, 1)
    ]  # fmt: skip


def test_settings_of_all_axes_come_before_those_of_one(updown: Updown) -> None:
    """300 is halved evenly by two taps without padding, 451 with it."""
    done = updown("infer", "conv", "--in", "300x451", "--out", "150x226", "--max-kernel", "3")
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [(row[0], row[2], row[-1]) for row in rows] == [
        ("3", "1", "HW"),
        ("1", "0", "HW"),
        ("2", "0", "H"),
        ("2", "1", "W"),
    ]


def test_one_number_stands_for_every_axis(updown: Updown) -> None:
    done = updown("infer", "pool", "--in", "8x9x8", "--out", "4", "--json", "--max-kernel", "2")
    found = [(record["kernel"], record["stride"], record["axes"]) for record in done.records]
    assert found == [(2, 2, ["D", "H", "W"]), (1, 2, ["D", "W"]), (2, 3, ["H"])]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            "deconv --in 224 --out 440",
            1,
            "infer deconv: nothing leads from 224 to 440 within the limits; "
            "the nearest are 230 and 441",
        ),
        (
            "pool --in 8x3 --out 4x5",
            1,
            "infer pool: nothing leads from 3 to 5 within the limits; the nearest size is 4",
        ),
        (
            "convv --in 3 --out 3",
            2,
            "layer convv: must be one of conv, deconv, pool; did you mean conv?",
        ),
        ("conv --in 3", 2, "missing option '--out'; see updown infer --help"),
        ("conv --in 3x2 --out 3x3x3", 2, "--in 3x2, --out 3x3x3: 2 and 3 numbers"),
        ("conv --in 0 --out 2", 2, "--in 0: must be from 1 to 1048576"),
        ("conv --in 2.5 --out 2", 2, "--in 2.5: must be a whole number or HxW"),
        ("conv --in 3 --out 3 --max-kernel 65", 2, "--max-kernel 65: must be from 1 to 64"),
        ("conv --in 3 --out 3 --max-stride 0", 2, "--max-stride 0: must be from 1 to 32"),
    ],
)
def test_what_cannot_be_inferred_is_told_in_one_line(
    updown: Updown, arguments: str, code: int, sentence: str
) -> None:
    done: Any = updown("infer", *arguments.split())
    assert (done.code, done.stdout, done.stderr) == (code, "", f"updown: {sentence}\n")
