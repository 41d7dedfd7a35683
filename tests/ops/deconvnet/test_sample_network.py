"""The small network of sample_images: what it is, and that it has learned something."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from tests.conftest import SAMPLES, Updown, pixels
from updown_cli.ops.deconvnet.chain import Chain
from updown_cli.ops.deconvnet.description import read_network
from updown_cli.tensors.weights import open_weights

LARGEST = 200_000


@pytest.fixture(scope="module")
def train() -> ModuleType:
    """Return the script that trained it."""
    spec = importlib.util.spec_from_file_location("train", SAMPLES / "train.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def chain() -> Chain:
    network = read_network(str(SAMPLES / "network.json"))
    weights = open_weights("--weights", str(SAMPLES / "weights.pt"))
    return Chain(network.input, network.layers, weights)


def test_its_description_is_the_one_that_the_script_writes(train: ModuleType) -> None:
    assert json.loads((SAMPLES / "network.json").read_text()) == train.description()
    assert os.path.getsize(SAMPLES / "weights.pt") < LARGEST


def test_the_script_trains_and_writes_both_files(
    train: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    threads = torch.get_num_threads()
    monkeypatch.setattr("sys.argv", ["train.py", ".", "--steps", "2"])
    try:
        train.main()
    finally:
        torch.set_num_threads(threads)
    assert sorted(os.listdir()) == ["network.json", "weights.pt"]
    trained, kept = torch.load("weights.pt"), torch.load(SAMPLES / "weights.pt")
    assert {k: v.shape for k, v in trained.items()} == {k: v.shape for k, v in kept.items()}
    assert capsys.readouterr().out.startswith("step 2: loss ")


def test_it_knows_the_place_of_squares_that_it_was_not_shown(train: ModuleType) -> None:
    patches, parts = train.batch(train.pictures(), np.random.default_rng(2026))
    scores, _ = chain().forward(patches)
    right = (scores.mean((2, 3)).argmax(1) == parts).float().mean()
    assert right > 0.8  # by chance 1 of 24


def test_the_picture_in_the_readme_is_what_the_command_draws(updown: Updown) -> None:
    done = updown("deconvnet", "--net", SAMPLES / "network.json", "--weights",
                  SAMPLES / "weights.pt", "--layer", "scores", "--unit", "top:9",
                  "--sheet", "sheet.png", SAMPLES / "photo.png", "-o", "seen.png")  # fmt: skip
    assert done.code == 0, done.stderr
    drawn, shown = pixels("sheet.png"), pixels(SAMPLES.parent / "docs" / "deconvnet.png")
    assert drawn.shape == shown.shape
    # Other versions of Pillow draw the letters a little differently.
    assert np.abs(drawn.astype(int) - shown).mean() < 1


def test_a_folder_with_the_network_is_processed(updown: Updown) -> None:
    os.mkdir("in")
    for name in ("network.json", "weights.pt", "checkerboard.png"):
        Path("in", name).write_bytes((SAMPLES / name).read_bytes())
    assert updown("pool", "in", "-o", "out").code == 0
    assert os.listdir("out") == ["checkerboard.png"]
