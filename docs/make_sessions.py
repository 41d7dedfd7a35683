"""Runs the commands in the `console` blocks of pages and writes down what they print.

A block holds command lines after `$ ` and, below each, what it prints. What commands write lies in
the folder of their page: pictures on a page are made by the commands above them.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import json
import math
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np
from PIL import Image, ImageSequence

from updown_cli.cli.main import main

ROOT = Path(__file__).parent.parent
PAGES = tuple(
    ROOT / name
    for name in (
        *("README.md", "docs/layers.md", "docs/gallery.md", "docs/learning.md"),
        "docs/identify.md",
    )
)

BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
PROMPT = "$ "

# A picture in a page.
PICTURE = re.compile(r"(?<=;base64,)[\w+/=]+")

Frame = np.ndarray[tuple[int, ...], np.dtype[np.int16]]

# Of float32 sums, whose order differs with the number of threads.
LAST_DIGITS = 1e-5

# Of 256: another processor, or another release of torch or Pillow, rounds float32 sums otherwise.
LAST_LEVEL = 1

# A time or a rate, which differ between runs.
TIME = re.compile(r"\b[\d.]+ (ms|s|megapixels/s)\b")


def fresh(page: Path, folder: Path) -> str:
    """Return a page with what its commands print now; they are run in `folder`."""
    os.symlink(ROOT / "sample_images", folder / "sample_images")
    text = page.read_text()
    for picture in [*pictures(text), *linked_pages(text)]:
        (folder / picture).parent.mkdir(parents=True, exist_ok=True)
    with contextlib.chdir(folder):
        return BLOCK.sub(lambda block: session(block[0]), text)


def session(block: str) -> str:
    """Return the commands of a block, each with what it prints."""
    texts = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, shown = first_command(part)
        printed = run(command.replace("\\\n", " "))
        texts.append(f"{PROMPT}{command}\n{shown if says_the_same(shown, printed) else printed}")
    return "".join(texts)


def first_command(text: str) -> tuple[str, str]:
    """Return a command line, continued after backslashes, and what is below it."""
    lines = text.split("\n")
    count = next(number for number, line in enumerate(lines, 1) if not line.endswith("\\"))
    return "\n".join(lines[:count]), "\n".join(lines[count:])


def run(command: str) -> str:
    """Return what a command prints, remarks and failures as well."""
    program, *arguments = shlex.split(command)
    assert program == "updown", command
    with tempfile.TemporaryFile("w+") as printed, everything_into(printed):
        with contextlib.suppress(SystemExit):
            main(arguments)
        sys.stdout.flush()
        printed.seek(0)
        return printed.read()


@contextlib.contextmanager
def everything_into(file: TextIO) -> Iterator[None]:
    """Let standard output and error go to a file, that of libraries as well."""
    streams = sys.stdout, sys.stderr
    kept = [os.dup(number) for number in (1, 2)]
    try:
        for number in (1, 2):
            os.dup2(file.fileno(), number)
        with open(1, "w", closefd=False) as out, open(2, "w", closefd=False) as errors:
            sys.stdout, sys.stderr = out, errors
            yield
    finally:
        sys.stdout, sys.stderr = streams
        for number, descriptor in enumerate(kept, 1):
            os.dup2(descriptor, number)
            os.close(descriptor)


def says_the_same(shown: str, printed: str) -> bool:
    """Whether texts differ in times, the widths that they make, and last digits at most."""
    words = [TIME.sub("TIME", text).split() for text in (shown, printed)]
    same_length = len(words[0]) == len(words[1])
    return same_length and all(map(_same_word, *words))


def _same_word(one: str, other: str) -> bool:
    try:
        return one == other or math.isclose(float(one), float(other), rel_tol=LAST_DIGITS)
    except ValueError:
        return False


def pictures(page: str) -> Iterator[str]:
    """Yield the pictures that a page shows, as the page names them."""
    yield from re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page)


def linked_pages(page: str) -> Iterator[str]:
    """Yield the HTML pages beside it that a page links to."""
    yield from re.findall(r"(?<!!)\[[^\]]*\]\(([\w/]+\.html)\)", page)


def looks_the_same(shown: Path, made: Path) -> bool:
    """Whether pictures, or pages with pictures in them, differ by a level of pixels at most."""
    if shown.suffix != ".html":
        return _same_picture(shown.read_bytes(), made.read_bytes())
    (one, ones), (other, others) = _page_parts(shown), _page_parts(made)
    return one == other and len(ones) == len(others) and all(map(_same_picture, ones, others))


def _same_picture(shown: bytes, made: bytes) -> bool:
    one, other = _frames(shown), _frames(made)
    return len(one) == len(other) and all(map(_same_frame, one, other))


def _same_frame(one: Frame, other: Frame) -> bool:
    return one.shape == other.shape and bool(abs(one - other).max() <= LAST_LEVEL)


def _frames(data: bytes) -> list[Frame]:
    with Image.open(io.BytesIO(data)) as image:
        frames = ImageSequence.Iterator(image)
        return [np.asarray(frame.convert("RGB")).astype(np.int16) for frame in frames]


def _page_parts(page: Path) -> tuple[object, list[bytes]]:
    """Return the text of a page with what is packed in it, if anything is; and its pictures."""
    text = page.read_text()
    before, _, rest = PICTURE.sub("", text).partition('id="data">')
    packed, _, after = rest.partition("</script>")
    model = json.loads(gzip.decompress(base64.b64decode(packed))) if packed else None
    return (before + after, model), [base64.b64decode(data) for data in PICTURE.findall(text)]


def write(page: Path) -> None:
    """Write a page anew, and what its commands made where that looks otherwise."""
    with tempfile.TemporaryDirectory() as name:
        text = fresh(page, Path(name))
        for file in [*pictures(text), *linked_pages(text)]:
            shown, made = page.parent / file, Path(name) / file
            if made.exists() and not (shown.exists() and looks_the_same(shown, made)):
                shown.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(made, shown)
    page.write_text(text)


if __name__ == "__main__":
    for one in PAGES:
        write(one)
