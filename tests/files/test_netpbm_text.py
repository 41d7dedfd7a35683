"""Plain PGM and PPM: numbers as text, against Pillow's own reading."""

from __future__ import annotations

import io
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import Updown
from updown_cli.errors import InputError
from updown_cli.files import netpbm_text
from updown_cli.files.read import read
from updown_cli.files.reading import Reading

DICE = np.random.default_rng(3)


def written(kind: str, width: int, height: int, white: int, body: str) -> str:
    Path("a.pnm").write_text(f"{kind}\n# made here\n{width} {height}\n{white}\n{body}")
    return "a.pnm"


@pytest.mark.parametrize(("kind", "channels"), [("P2", 1), ("P3", 3)])
@pytest.mark.parametrize("white", [1, 7, 100, 255, 256, 1000, 65535])
@pytest.mark.parametrize("piece", [1, 17, 1 << 20])
def test_pillow_reads_the_same(
    kind: str, channels: int, white: int, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netpbm_text, "PIECE", piece)
    values = DICE.integers(0, white + 1, (6, 5, channels))
    lines = ["  ".join(map(str, row.ravel())) for row in values]
    body = "\r\n".join([lines[0], "# 1 2 3", *lines[1:3], "\t00" + lines[3], *lines[4:]])
    found = read(written(kind, 5, 6, white, body), Reading()).pixels[0]
    if kind == "P3" and white > 255:  # for which Pillow has no mode
        expected = (values * 2 * 65535 + white) // (2 * white)
    else:
        expected = np.array(Image.open("a.pnm")).reshape(6, 5, channels)
    assert found.dtype == ("uint8" if white < 256 else "uint16")
    assert np.array_equal(found, expected.transpose(2, 0, 1))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("1 2 3", "truncated PPM"),
        ("1 2 3 #", "truncated PPM"),
        ("", "truncated PPM"),
        ("1 2 3 256", "damaged PPM"),
        ("1 2 3 x", "damaged PPM"),
        ("1 2 3 -4", "damaged PPM"),
        ("1 2 3 4.5", "damaged PPM"),
        ("1 2 3 00000000004", "damaged PPM"),
        ("1 2 3 4\0", "damaged PPM"),
        ("1 2 3 " + "4" * 3_000_000, "damaged PPM"),
        ("1 2 3 # " + "4" * 3_000_000, "truncated PPM"),
    ],
)
def test_what_is_no_such_text_is_refused(body: str, sentence: str, updown: Updown) -> None:
    done = updown("pool", "-k", "1", written("P2", 2, 2, 255, body), "-o", "b.png", "-q")
    assert (done.code, done.stderr) == (1, f"updown: a.pnm: {sentence}\n")


def test_a_comment_may_be_longer_than_what_is_read_at_once() -> None:
    text = io.BytesIO(b"1 2 #" + b" 7" * 3_000_000 + b"\n3 4")
    assert netpbm_text.read_numbers(text, 4, 255).tolist() == [1, 2, 3, 4]


def test_a_word_that_never_ends_is_refused_at_once() -> None:
    text = io.BytesIO(b"1" * 20_000_000)
    with pytest.raises(InputError, match="damaged PPM"):
        netpbm_text.read_numbers(text, 4, 255)
    assert text.tell() <= 2 * netpbm_text.PIECE


def test_millions_of_numbers_take_less_time_than_pillow_s() -> None:
    """Some thirty times less; a third is far from what noise makes of it."""
    values = DICE.integers(0, 256, (300, 400, 3))
    path = written("P3", 400, 300, 255, " ".join(map(str, values.ravel())))
    took = []
    for look in (lambda: read(path, Reading()), lambda: Image.open(path).load()):
        began = time.process_time()
        look()
        took.append(time.process_time() - began)
    assert took[0] < took[1] / 3
