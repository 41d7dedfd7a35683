"""Every example in the help of a command runs, and every one of pages that show no results."""

from __future__ import annotations

import re
import shlex
import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docs import make_commands
from tests.conftest import ROOT, SAMPLES, Updown

#: What examples are not run for: workers and times have tests of their own, CUDA is not everywhere.
ELSEWHERE = (
    *(f"updown doctor {what}" for what in ("'magick", "'python", "model.onnx")),
    "updown warm",
    "updown bench",
    "updown completion",
    "updown fit 'upblock",  # which takes minutes
)

PAGES = (make_commands.page(), (ROOT / "docs" / "like.md").read_text())
PAGE = re.sub(r"\\\n *", "", "\n".join(PAGES))
LINES = re.findall(r"^ *(updown [a-z]+ .+)$", PAGE, re.MULTILINE)
EXAMPLES = [line for line in dict.fromkeys(LINES) if not line.startswith(ELSEWHERE)]

#: Files that examples name, and the samples that they are.
SAMPLES_NAMED = {
    "photo.jpg": ("photo.jpg", "half.jpg"),
    "gray.png": ("half.png", "phases.png"),
    "signal.npy": ("signal.npy",),
    "network.json": ("network.json",),
    "preprocessor_config.json": ("preprocessor_config.json", "other.json"),
    "weights.pt": ("weights.pt",),
}
PHOTOS = (
    *("photo.png", "a.png", "b.png", "other.png", "sharp.png", "page.jpg"),
    *("photos/1.png", "large/1.png", "expected/1.png", "actual/1.png"),
)

BICUBIC = "upsample --like pillow --mode bicubic --scale-factor 0.5"

#: Files that examples name, and the commands that make them.
MADE = {
    "photo.npy": "normalize --mean 0.5 --std 0.5 photo.png -o photo.npy",
    "photo.npz": "pool -k 3 -s 2 -p 1 --save-indices photo.npz photo.png -o pooled.png",
    "values.npy": "pool -k 3 -s 2 photo.png -o values.npy",
    "small.png": f"{BICUBIC} photo.png -o small.png",
    "small.jpg": f"{BICUBIC} photo.png -o small.jpg",
    "other_small.jpg": f"{BICUBIC} other.png -o other_small.jpg",
    "small/": f"{BICUBIC} photos -o small/",
    "blurred.png": "conv --kernel gaussian --kernel-size 7 -p same sharp.png -o blurred.png",
    "up.safetensors::0.weight": (
        "fit 'deconv -k 4 -s 2 -p 1' --pictures photos/1.png "
        "--degrade 'upsample --mode bicubic --antialias --scale-factor 0.5' -o up.safetensors"
    ),
    "soft.json": "chain 'pool -k 2 | upsample --scale-factor 2' --save-recipe soft.json",
}


@pytest.fixture
def _files() -> None:
    """Put every file that an example names into the present folder."""
    for folder in ("photos", "expected", "actual", "large"):
        Path(folder).mkdir()
    for source, targets in SAMPLES_NAMED.items():
        for target in targets:
            shutil.copy(SAMPLES / source, target)
    with Image.open(SAMPLES / "photo.png") as image:
        even = image.crop((0, 0, 450, 300))
    for name in PHOTOS:
        even.save(name)
    shapes = {"weight": (4, 3, 3, 3), "bias": (4,), "up1.conv1.weight": (4, 4, 5, 5)}
    arrays = {key: np.ones(shape) for key, shape in shapes.items()}
    np.savez("net.npz", **arrays)  # type: ignore[arg-type]
    Image.fromarray(np.tile(np.array([[1, 1, 255], [7, 1, 7]], np.uint8), (4, 4))).save(
        "labels.png"
    )
    np.save("maps.npy", np.ones((4, 8, 8), np.float32))


@pytest.mark.usefixtures("_files")
@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_runs(line: str, updown: Updown, monkeypatch: pytest.MonkeyPatch) -> None:
    _, *arguments = shlex.split(line.partition(" > ")[0])
    for name in MADE.keys() & set(arguments):
        assert updown(*shlex.split(MADE[name])).code == 0
    monkeypatch.setenv("UPDOWN_IF_EXISTS", "overwrite")
    assert updown(*arguments).code == 0


def test_the_commands_for_shards_run(updown: Updown) -> None:
    """Two shards are where the page has a hundred; what is piped has tests of its own."""
    page = (ROOT / "docs" / "shards.md").read_text()
    page = re.sub(r"\{000\.\.0\d9\}", "{000..001}", page).replace("set/train", "new/train")
    lines = re.findall(r"^updown (.*)$", page, re.MULTILINE)
    Path("photos").mkdir()
    with Image.open(SAMPLES / "photo.jpg") as image:
        image.resize((40, 30)).save("photos/000001.jpg")
    for number in (0, 1):
        with tarfile.open(f"train-{number:03}.tar", "w") as shard:
            shard.add("photos/000001.jpg", "000001.jpg")
    assert [updown(*shlex.split(line)).code for line in lines] == [0] * 6
