"""Chains that are learned step by step, stopped and gone on with."""

from __future__ import annotations

import json
import signal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from tests.conftest import Outcome, Updown, noise, picture
from updown_cli.cli import signals
from updown_cli.cli.fit_progress import Progress
from updown_cli.cli.steps import parse_steps
from updown_cli.fit.crops import find_cropping

NET = "conv -k 3 -p 1 --channels 8 | activate --mode tanh | conv -k 3 -p 1 --channels 1"


def bent_pair(name: str, seed: int) -> None:
    """Write a picture of floats and what two layers with tanh between make of it."""
    random = torch.Generator().manual_seed(7)
    first = torch.randn(4, 1, 3, 3, generator=random)
    second = torch.randn(1, 4, 3, 3, generator=random)
    x = torch.rand(1, 1, 24, 24, generator=torch.Generator().manual_seed(seed))
    y = F.conv2d(torch.tanh(F.conv2d(x, first, padding=1)), second, padding=1)
    for folder, pixels in (("in", x), ("out", y)):
        Path(folder).mkdir(exist_ok=True)
        np.save(f"{folder}/{name}.npy", pixels[0].numpy())


def taught(updown: Updown, *more: str) -> Outcome:
    pairs = ("--pairs", "in", "out", "--crop", "16", "--batch", "4")
    return updown("fit", NET, *pairs, "--if-exists", "overwrite", *more)


def note(updown: Updown, path: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(updown("fit", "--show", path).stdout)
    return told


def test_what_bends_is_learned_in_steps_the_same_every_time(updown: Updown) -> None:
    for number in range(3):
        bent_pair(str(number), number)
    done = taught(updown, "-o", "W.npz", "--steps", "60", "--rate", "0.05", "--json")
    assert done.code == 0, done.stderr
    (told,) = done.records
    assert (told["method"], told["steps_taken"]) == ("adam", 60)
    scores = told["scores"]["held_out"]
    assert scores["fit"]["psnr"] > scores["unchanged"]["psnr"] + 5
    first = Path("W.npz").read_bytes()
    taught(updown, "-o", "W.npz", "--steps", "60", "--rate", "0.05")
    assert Path("W.npz").read_bytes() == first
    taught(updown, "-o", "X.npz", "--steps", "60", "--rate", "0.05", "--seed", "1")
    assert Path("X.npz").read_bytes() != first


def test_a_fit_goes_on_from_its_own_file(updown: Updown) -> None:
    bent_pair("a", 1)
    taught(updown, "-o", "W.npz", "--steps", "40", "--rate", "0.02")
    before = note(updown, "W.npz")["scores"]["taught"]["fit"]["psnr"]
    more = ("--steps", "60", "--rate", "0.02", "--start", "W.npz")
    assert taught(updown, "-o", "W.npz", *more).code == 0
    told = note(updown, "W.npz")
    assert told["steps_taken"] == 100
    assert told["scores"]["taught"]["fit"]["psnr"] > before
    assert "W.npz" in told["inputs"]["files"]
    other = updown(
        *("fit", NET.replace("8", "6"), "--pairs", "in", "out", "--start", "W.npz"),
        *("-o", "X.npz"),
    )
    assert other.stderr == (
        "updown: W.npz: its array 0.weight is 8x1x3x3, that of the chain 6x1x3x3\n"
    )


def test_ctrl_c_keeps_the_best_so_far(updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal comes while it is told how far the fit is."""

    def tell(progress: Progress, what: str, done: int, total: int) -> None:
        if done >= 20:
            raise signals.Stopped(signal.SIGINT)

    monkeypatch.setattr(Progress, "tell", tell)
    bent_pair("a", 1)
    assert taught(updown, "-o", "W.npz", "--steps", "200").code == 130
    told = note(updown, "W.npz")
    assert told["stopped"]
    assert told["steps_taken"] == 20
    line = "conv --kernel W.npz::0.weight -p 1"
    assert updown("chain", line, "in/a.npy", "-o", "y.npy").code == 0


CROPPINGS = [
    ("conv --kernel box -k 5 -p 2", 1, Fraction(1), 16, 2),
    ("conv --kernel box -k 3", 1, Fraction(1), 14, 0),
    ("deconv --kernel bilinear -s 2 -p 1", 1, Fraction(2), 32, 1),
    ("pool --mode avg -k 2", 2, Fraction(1, 2), 8, 0),
    ("shuffle --downscale-factor 2 | conv --kernel box -p 1 | shuffle --upscale-factor 2", 2,
     Fraction(1), 16, 2),
    ("upsample --mode bicubic --scale-factor 3", 1, Fraction(3), 48, 4),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "period", "ratio", "count", "margin"), CROPPINGS)
def test_a_crop_is_what_the_whole_is_there(
    steps: str, period: int, ratio: Fraction, count: int, margin: int
) -> None:
    found = find_cropping(parse_steps(steps), 1, 40, 16)
    assert found is not None
    told = (found.period, found.ratio, found.count, found.margin)
    assert told == (period, ratio, count, margin)


def test_what_needs_all_of_a_picture_is_not_cropped() -> None:
    assert find_cropping(parse_steps("pool --mode adaptive-avg --output-size 4"), 1, 40, 16) is None


BLOCKS = ["up-conv", "fast-up-conv", "up-proj", "fast-up-proj", "nnconv", "subpixel", "meta"]


@pytest.mark.parametrize("mode", BLOCKS)
def test_every_block_can_be_learned(mode: str, updown: Updown) -> None:
    picture("small.png", noise(12, 12, 3))
    picture("large.png", noise(12, 12, 3).repeat(2, 0).repeat(2, 1))
    scale = " --scale-factor 2" if mode == "meta" else ""
    done = updown(
        *("fit", f"upblock --mode {mode} --init bilinear{scale}", "--method", "adam"),
        *("--pairs", "small.png", "large.png", "-o", "W.npz", "--steps", "3", "--crop", "8"),
    )
    assert done.code == 0, done.stderr
    line = ("--mode", mode, *scale.split(), "--weights", "W.npz")
    made = updown("upblock", *line, "small.png", "-o", "made.png")
    assert (made.code, made.stderr) == (0, "")
