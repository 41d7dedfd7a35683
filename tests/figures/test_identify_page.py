"""The page of who made a picture: the numbers of `--json`, and differences where they are."""

from __future__ import annotations

import base64
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser import Browser, needs_browser
from tests.conftest import SAMPLES, Updown
from tests.file_limits import largest_file
from tests.page_checks import check_page
from updown_cli.figures import difference_picture as drawing

#: What is told of each distance, and its unit.
NUMBERS = {"max": "", "mean": "", "psnr": " dB", "percent": "%"}

HOSTILE = "<img src=x onerror=a()>'&lt;.png"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


def made_by_pillow(source: str, result: str, side: int) -> None:
    """Write a source and a result of it, of which one value is a level off."""
    image = Image.open(SAMPLES / "photo.png").crop((100, 100, 164, 148))
    image.save(source)
    pixels = np.asarray(image.resize((side, 20), Image.Resampling.BICUBIC)).copy()
    pixels[3, 4, 1] ^= 1
    Image.fromarray(pixels).save(result)


@needs_browser
def test_numbers_are_those_of_json_and_names_stay_text(browser: Browser, updown: Updown) -> None:
    made_by_pillow("photo.png", HOSTILE, 30)
    made_by_pillow("other.png", "small.png", 28)
    files = ("photo.png", HOSTILE, "other.png", "small.png")
    done = updown("identify", *files, "--json", "-o", "found.html")
    assert (done.code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    check_page(browser, Path("found.html"))
    assert browser.run("document.querySelector('h1').textContent") == "pillow bicubic"
    blocks = browser.run("[...document.querySelectorAll('pre')].map(x => x.textContent)")
    assert blocks == ["\n".join(found["commands"]), found["code"].rstrip()]
    rows = browser.run(
        "[...document.querySelectorAll('tr')].slice(1).map(row =>"
        "[...row.cells].slice(1).map(cell => cell.firstChild.textContent))"
    )
    told = [found["best"], *found["same"], *found["within_a_level"], found["next"]]
    assert rows == [
        [one["name"], file, *(f"{far[name]:.6g}{unit}" for name, unit in NUMBERS.items())]
        for one in told
        for file, far in zip((HOSTILE, "small.png"), one["distances"], strict=True)
    ]
    heads = browser.run("[...document.querySelectorAll('h2')].map(x => x.textContent)")
    assert heads[2:] == [f"Where {HOSTILE} differs", "Where small.png differs"]


def test_the_value_that_is_off_is_white(updown: Updown) -> None:
    made_by_pillow("photo.png", "small.png", 30)
    assert updown("identify", "photo.png", "small.png", "-o", "found.html").code == 0
    text = Path("found.html").read_text()
    shown = re.search(
        r"pillow bicubic: differences times 255, white is 1 level of 255</figcaption>"
        r'<img[^>]* alt="differences of small.png from pillow bicubic"[^>]*base64,([^"]+)"',
        text,
    )
    assert shown is not None
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(shown[1]))))
    assert pixels.shape == (20, 30, 3)
    assert np.argwhere(pixels).tolist() == [[3, 4, 1]]
    assert pixels[3, 4, 1] == 255


def test_a_reduced_picture_has_the_largest_of_each_square(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "LARGEST_WHOLE", 6)
    levels = np.array([[[0, 0, 4], [2, 0, 0], [0, 0, 1]]], np.float32)
    shown = drawing.difference_picture(levels, alpha=False, colours=False)
    assert shown.file is not None
    assert (shown.largest, shown.size, shown.file.reduced) == (4, (3, 3), 2)
    pixels = np.asarray(Image.open(io.BytesIO(shown.file.data)))
    assert pixels.tolist() == [[128, 255], [0, 64]]


REFUSED = {
    "k.png": (2, "-o k.png: must end in .html, .htm"),
    "-": (2, "-o -: takes the name of a file"),
    "there.html": (2, "there.html exists; choose --if-exists overwrite"),
    "no/k.html": (3, "no/k.html: no such folder"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_page_that_cannot_be_made_is_refused_before_any_work(updown: Updown, name: str) -> None:
    Path("there.html").write_text("mine")
    code, sentence = REFUSED[name]
    done = updown("identify", "no.png", "nothing.png", "-o", name)
    assert (done.code, done.stdout, done.stderr) == (code, "", f"updown: {sentence}\n")
    assert Path("there.html").read_text() == "mine"


def test_a_page_is_there_whole_or_not_at_all(updown: Updown) -> None:
    made_by_pillow("photo.png", "small.png", 30)
    doctor = ("doctor", "--op", "pool -k 2", "--size", "48x48")
    for words in (("identify", "photo.png", "small.png"), doctor):
        before = sorted(Path().iterdir())
        with largest_file(200):
            done = updown(*words, "-o", "found.html")
        sentence = "updown: found.html: file too large for its file system\n"
        assert (done.code, done.stdout, done.stderr) == (3, "", sentence)
        assert sorted(Path().iterdir()) == before


def test_a_page_is_not_written_over_what_is_read(updown: Updown) -> None:
    made_by_pillow("photo.png", "small.png", 30)
    os.link("photo.png", "photo.html")
    words = ("photo.png", "small.png", "-o", "photo.html", "--if-exists", "overwrite")
    done = updown("identify", *words)
    reason = "is the input photo.png; updown never writes over what it reads"
    assert (done.code, done.stderr) == (2, f"updown: -o photo.html: {reason}\n")
