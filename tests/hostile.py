"""What lies about in folders: other types, broken metadata, odd names, and no files at all."""

from __future__ import annotations

import json
import os
import pickle
import socket
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tests.bombs import CANARY, Obeyed, zipped
from tests.damaged import patched
from tests.healthy import photo, saved


def others() -> dict[str, bytes]:
    """Return files of other types that are called pictures."""
    canary = f"touch {CANARY}"
    link = "https://git-lfs.github.com/spec/v1"
    return {
        "page.png": b"<!DOCTYPE html><html><body>404</body></html>\n",
        "data.png": json.dumps({"error": "not found"}).encode(),
        "archive.png": zipped(("a.txt", b"text")),
        "document.jpg": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n",
        "pointer.tif": f"version {link}\noid sha256:{'0' * 64}\nsize 1\n".encode(),
        "eps.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"
        + f"(%pipe%{canary}) (w) file closefile\nshowpage\n%%EOF\n".encode(),
        "postscript.eps": f"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%{canary}) (w) file\n".encode(),
        "delegate.png": f"push graphic-context\nfill 'url(https://x\"|{canary}\")'\n".encode(),
        "delegate.jpg": b'<?xml version="1.0"?><image><read filename="ephemeral:a.png"/></image>',
        "script.png": f"#!/bin/sh\n{canary}\n".encode(),
        "program.png": b"\x7fELF\2\1\1" + bytes(64),
        "squeezed.png": b"\x1f\x8b\x08" + bytes(32),
        "raw.jpg": bytes(range(256)) * 4,
        "text.txt": b"nothing but text\n",
        "pickle.png": pickle.dumps(Obeyed()),
    }


def broken_metadata() -> dict[str, bytes]:
    """Return pictures whose pixels are whole, but not what describes them."""
    image = Image.fromarray(photo(8, 9))
    loop = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0"
    exifs = {"noise": b"Exif\0\0" + bytes(range(40)), "cut": b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
             "loop": loop, "far": b"Exif\0\0MM\0*\xff\xff\xff\xff"}  # fmt: skip
    found = {}
    for ending, fmt in (("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")):
        for name, exif in exifs.items():
            found[f"exif-{name}.{ending}"] = saved(image, fmt, exif=exif)
        found[f"profile.{ending}"] = saved(image, fmt, icc_profile=b"no profile" * 9)
        found[f"xmp.{ending}"] = saved(image, fmt, xmp=b"<x:xmpmeta \xff\0")
    for per_metre in (0, 0xFFFFFFFF):
        lying = patched(saved(image, "BMP"), 38, "<II", per_metre, per_metre)
        found[f"resolution-{per_metre}.bmp"] = lying
    found["profile.tif"] = saved(image, "TIFF", icc_profile=b"no profile" * 9)
    for value in (0, 9, 65535):
        turned = Image.Exif()
        turned[0x0112] = value
        found[f"orientation-{value}.jpg"] = saved(image, "JPEG", exif=turned)
    return found


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


#: What stands in a folder but is no file.
SPECIALS: dict[str, Callable[[Path], object]] = {
    "folder.png": Path.mkdir,
    "dangling.png": lambda path: path.symlink_to("nowhere"),
    "loop.png": lambda path: path.symlink_to("loop.png"),
    "zero.png": lambda path: path.symlink_to("/dev/zero"),
    "random.png": lambda path: path.symlink_to("/dev/random"),
    "terminal.png": lambda path: path.symlink_to("/dev/tty"),
    "fifo.png": os.mkfifo,
    "socket.png": _socket,
}

#: Names that are hard to print, or mean something to somebody.
NAMES = (
    os.fsdecode(b"\xff\xfe.png"), "two\nlines.png", "\x1b[31mred.png", "\x07bell.png",
    "\u202egnp.exe.png", "\u2066isolate.png", "\x9b31mcsi.png", "[x].png", "[bold]b[bold].png",
    "%d.png", "%s%n.png", "{in}.png", "{stem}.png", "-rf.png", "--help.png", "a b.png", " .png",
    "'quote'.png", '"quotes".png', "$(touch canary).png", "`touch canary`.png", ";.png", "*.png",
    "?.png", "~.png", "back\\slash.png", "CON.png", "a::b.png", "x.npz::y.png", "\u00e9.png",
    "o\u0308.png", "\U0001f600.png", "n" * 251 + ".png", "a.png.png", "a..png", "tab\t.png",
)  # fmt: skip
