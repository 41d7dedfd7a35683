"""Files and streams of a few kilobytes that would take gigabytes."""

from __future__ import annotations

import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from tests.bombs import MIB, npy, zero_archive, zeros
from tests.healthy import healthy

GIB = 1 << 30

TAIL = "3.22e+03 MB are too much for 0.00123 megapixels"


def _with_tail(name: str, base: str) -> None:
    """Write a healthy file that is followed by three gigabytes of nothing."""
    with open(name, "wb") as file:
        file.write(healthy()[base])
        file.truncate(3_220_000_000)


def _array_of_holes(name: str, shape: str, dtype: str, size: int) -> None:
    head = npy(shape, dtype)[:-64]
    with open(name, "wb") as file:
        file.write(head)
        file.truncate(len(head) + size)


def _tile(name: str, side: int, data: bytes) -> None:
    """Write a TIFF file of 8 x 8 pixels in one tile of far more."""
    place = 8 + 2 + 12 * 10 + 4
    tags = {256: 8, 257: 8, 258: 8, 259: 8, 262: 1, 277: 1, 322: side, 323: side, 324: place,
            325: len(data)}  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    Path(name).write_bytes(head + data)


def _second_page(name: str, side: int) -> None:
    first, second = Image.new("L", (8, 8)), Image.new("L", (side, side))
    first.save(name, save_all=True, append_images=[second], compression="tiff_deflate")


def _frames(name: str, side: int, count: int) -> None:
    """Write a GIF file of frames of one pixel on a large canvas."""
    frame = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    screen = struct.pack("<HH", side, side) + b"\x80\0\0\0\0\0\xff\xff\xff"
    Path(name).write_bytes(b"GIF89a" + screen + frame * count + b";")


def _indices(name: str) -> None:
    about = {"numbering": "torch", "source": [1, 80, 80], "kernel_size": [2, 2], "stride": [2, 2],
             "padding": [0, 0]}  # fmt: skip
    Path(name).write_bytes(zero_archive(GIB // MIB, "(1, 1, 131072, 1024)", "<i8", "indices"))
    with zipfile.ZipFile(name, "a") as archive, archive.open("about.npy", "w") as member:
        np.save(member, np.array(json.dumps(about)))


def _safetensors(name: str, size: int) -> None:
    told = {"w": {"dtype": "F32", "shape": [1, 1, 16384, 16384], "data_offsets": [0, size]}}
    header = json.dumps(told).encode()
    with open(name, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(8 + len(header) + size)


def _text(name: str, text: bytes) -> None:
    Path(name).write_bytes(text)


#: What makes each file, and what is said of it.
FILES: dict[str, tuple[Callable[[str], None], str]] = {
    "small-header.npz": (
        lambda name: _text(name, zero_archive(1024, "(8, 8)")), "damaged .npz file"
    ),
    "tail.png": (lambda name: _with_tail(name, "rgb.png"), TAIL),
    "tail.gif": (lambda name: _with_tail(name, "still.gif"), TAIL),
    "tail.jpg": (lambda name: _with_tail(name, "rgb.jpg"), TAIL),
    "tail.tif": (lambda name: _with_tail(name, "raw.tif"), TAIL),
    "second-page.tif": (
        lambda name: _second_page(name, 10000), "200 megapixels, limit is 179 (--max-pixels)"
    ),
    "tile.tif": (
        lambda name: _tile(name, 40000, zeros(1600 * MIB)),
        "1600 megapixels, limit is 179 (--max-pixels)",
    ),
    "digits.ppm": (lambda name: _text(name, b"P3 " + b"1" * 10**6 + b" 8 255\n"), "damaged PPM"),
    "word.ppm": (
        lambda name: _text(name, b"P3\n8 8\n65535\n" + b"1" * 10**6 + b" 1" * 10**6),
        "damaged PPM",
    ),
    "frames.gif": (
        lambda name: _frames(name, 420, 1000),
        "would take 1.64 GiB, 117,443 times its own size; --max-memory allows it",
    ),
}  # fmt: skip


def small_files(name: str) -> str:
    """Write a file, and return what is said of it."""
    others: dict[str, Callable[[str], None]] = {
        "kernel.npy": lambda n: _array_of_holes(n, "(1, 1, 16384, 16384)", "<f4", GIB),
        "kernel.npz": lambda n: _text(n, zero_archive(1024, "(1, 1, 16384, 16384)", "<f4")),
        "kernel.safetensors": lambda n: _safetensors(n, GIB),
        "indices.npy": lambda n: _array_of_holes(n, "(1, 1, 131072, 1024)", "<i8", GIB),
        "indices.npz": _indices,
    }
    make, said = FILES[name] if name in FILES else (others[name], "")
    make(name)
    return said


def _pipe(start: bytes, path: str) -> None:
    """Leave a file that begins so and goes on for ever, as far as a reader can tell."""
    with open(path, "wb") as file:
        file.write(start)
        file.truncate(3 * GIB)


IN_STREAMS: dict[str, tuple[Callable[[str], object], str]] = {
    "nothing": (lambda path: os.symlink("/dev/zero", path), "not a supported image"),
    "picture": (
        lambda path: _pipe(healthy()["rgb.bmp"], path),
        "more than 537 MB; write it to a file, or give more --max-memory",
    ),
}


def in_streams(name: str) -> str:
    """Make a stream, and return what is said of it."""
    make, said = IN_STREAMS[name]
    make(name)
    return said
