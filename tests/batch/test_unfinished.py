"""What is in a result's place but is no result: empty, cut off, or never written to the disk."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import Updown, noise, picture, pixels
from tests.healthy import array, healthy, saved
from updown_cli.batch.unfinished import is_unfinished

OLD = 1_500_000_000


def more() -> dict[str, bytes]:
    """Return files of formats that few write."""
    image = Image.fromarray(noise(20, 30, 3))
    floats = np.zeros((20, 30), "<f4").tobytes()
    return {
        "a.j2k": saved(image, "JPEG2000", no_jp2=True),
        "a.jp2": saved(image, "JPEG2000"),
        "a.qoi": b"qoif"
        + bytes((0, 0, 0, 1, 0, 0, 0, 1, 3, 0))
        + b"\xfe\1\2\3"
        + b"\0" * 7
        + b"\1",
        "a.pfm": b"Pf\n30 20\n-1.0\n" + floats,
        "deep.pgm": b"P5 # two bytes\n30 20\n65535\n" + bytes(1200),
        "big.tif": saved(image, "TIFF", big_tiff=True),
        "a.tga": saved(image, "TGA"),
        "palette.tga": saved(image.convert("P"), "TGA"),
        "a.avif": b"\0\0\0\x14ftypavif\0\0\0\0mif1" + b"\0\0\0\x10mdat12345678",
        "wide.avif": b"\0\0\0\x10ftypavif\0\0\0\0" + b"\0\0\0\1mdat" + bytes(7) + b"\x1812345678",
    }


FILES = {**healthy(), **more()}

#: What no cheap look notices: numbers as text, packed lines without a footer, a second picture, and
#: the last bytes of what stands behind the pixels.
HIDDEN = {
    "plain.ppm": (0.02, 0.3, 0.5, 0.9, -1),
    "alpha.tga": (0.02, 0.3, 0.5, 0.9, -1),
    "several.jpg": (0.5, 0.9, -1),
    "jpeg.tif": (0.9, -1),
    "pages.tif": (-1,),
    "rgb.tga": (-1,),
    "a.tga": (-1,),
    "palette.tga": (-1,),
    "deep.pgm": (0.02,),
    "rgb.jxl": (0.02, 0.3, 0.5, 0.9, -1),
}


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_is_a_result(name: str) -> None:
    path = Path(os.path.basename(name))
    path.write_bytes(FILES[name])
    assert not is_unfinished(str(path))


@pytest.mark.parametrize(
    ("name", "keep"),
    [
        (name, keep)
        for name in FILES
        for keep in (0.0, 0.02, 0.3, 0.5, 0.9, -1)
        if keep not in HIDDEN.get(name, ())
    ],
)
def test_a_file_that_ends_early_is_none(name: str, keep: float) -> None:
    data = FILES[name]
    length = len(data) - 1 if keep < 0 else int(keep * len(data))
    path = Path(os.path.basename(name))
    path.write_bytes(data[:length])
    assert is_unfinished(str(path))


@pytest.mark.parametrize("size", [1, 300, 100_000])
def test_a_file_of_zeros_is_none(size: int) -> None:
    Path("a.png").write_bytes(bytes(size))
    assert is_unfinished("a.png")


@pytest.mark.parametrize(
    "content",
    [b"mine", b"x", b"P5 by hand", b"<html>", b"BM", b"not an image" * 99],
    ids=repr,
)
def test_what_is_no_picture_is_not_ours_to_judge(content: bytes) -> None:
    Path("a.png").write_bytes(content)
    assert not is_unfinished("a.png")


def test_what_cannot_be_looked_at_is_left_alone() -> None:
    os.mkdir("folder.png")
    os.symlink("nowhere", "dangling.png")
    os.mkfifo("fifo.png")
    assert not any(map(is_unfinished, ["folder.png", "dangling.png", "fifo.png", "missing.png"]))


def test_a_little_behind_the_end_does_no_harm() -> None:
    for fmt in ("PNG", "JPEG"):
        Path("a").write_bytes(saved(Image.fromarray(noise(8, 8)), fmt) + b"added by a camera")
        assert not is_unfinished("a")


def test_pickles_and_other_arrays_are_whole() -> None:
    file = io.BytesIO()
    np.save(file, np.array([{}], object), allow_pickle=True)
    Path("a.npy").write_bytes(file.getvalue())
    assert not is_unfinished("a.npy")
    Path("b.npy").write_bytes(array(np.zeros((3, 4)))[:40])
    assert is_unfinished("b.npy")


def test_a_large_file_is_not_read() -> None:
    with open("a.png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.truncate(1 << 34)
    began = time.perf_counter()
    assert is_unfinished("a.png")
    assert time.perf_counter() - began < 1  # and not the minute that 16 GiB take


@pytest.mark.parametrize("policy", ["skip", "update"])
@pytest.mark.parametrize("name", ["y.png", "y.jpg", "y.tif", "y.webp", "y.gif", "y.npy", "y.bmp"])
@pytest.mark.parametrize("keep", [0.0, 0.6], ids=["empty", "cut"])
def test_a_run_that_goes_on_does_not_take_it_for_a_result(
    updown: Updown, policy: str, name: str, keep: float
) -> None:
    picture("x.png", noise(40, 40, 3))
    updown("pool", "x.png", "-o", name)
    whole = Path(name).read_bytes()
    Path(name).write_bytes(whole[: int(keep * len(whole))])
    command = ["pool", "x.png", "-o", name, "--if-exists", policy, "--json"]
    first, second = updown(*command), updown(*command)
    assert [done.records[0]["status"] for done in (first, second)] == ["done", "skipped"]
    assert Path(name).read_bytes() == whole


def test_without_a_word_it_is_a_file_that_exists(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    Path("y.png").touch()
    assert updown("pool", "x.png", "-o", "y.png").code == 1
    assert Path("y.png").read_bytes() == b""


def test_positions_without_their_picture_are_what_a_stopped_run_left(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    command = ["pool", "x.png", "-o", "y.png", "--save-indices", "i.npz", "--if-exists", "skip"]
    updown(*command)
    indices = Path("i.npz").read_bytes()
    os.unlink("y.png")
    Path("i.npz").write_bytes(indices[:50])
    assert updown(*command).code == 0
    assert pixels("y.png").shape == (2, 2)
    assert Path("i.npz").read_bytes() == indices
    Path("i.npz").write_bytes(b"")
    assert updown(*command, "--json").records[0]["status"] == "done"
    assert Path("i.npz").read_bytes() == indices


def put_in_place(path: str, seed: int) -> None:
    """Let another picture, that is older than any result, take the place of a file."""
    picture("new.png", noise(4, 4, seed=seed))
    os.utime("new.png", (OLD, OLD))
    os.replace("new.png", path)


def test_update_notices_an_older_file_in_the_place_of_a_source(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    command = ["pool", "x.png", "-o", "y.png", "--if-exists", "update", "--json"]
    statuses = [updown(*command).records[0]["status"] for _ in range(2)]
    before = Path("y.png").read_bytes()
    time.sleep(0.02)  # more than a tick of the file system's clock
    put_in_place("x.png", 1)
    statuses += [updown(*command).records[0]["status"] for _ in range(2)]
    assert statuses == ["done", "skipped", "done", "skipped"]
    assert Path("y.png").read_bytes() != before


def test_skip_asks_no_times(updown: Updown) -> None:
    picture("x.png", noise(4, 4))
    command = ["pool", "x.png", "-o", "y.png", "--if-exists", "skip", "--json"]
    updown(*command)
    time.sleep(0.02)
    put_in_place("x.png", 1)
    assert updown(*command).records[0]["status"] == "skipped"
