"""How much damage is read as if it were none: `python -m benchmarks.damage`.

Bits that flip, holes, pieces lost or doubled, line ends changed, in healthy files of the five core
formats, those of the tests. Beside updown a plain `Image.open(...).load()` is asked; where
simplejpeg is installed, also of how many JPEG files that are read libjpeg would warn.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import os
import warnings
from collections import Counter
from collections.abc import Callable

from PIL import Image

from tests.damaged import CORE, cases
from updown_cli.errors import InputError
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading


def updown_reads(data: bytes) -> bool:
    """Whether updown takes these bytes for a picture."""
    try:
        read_bytes(data, Reading())
    except InputError:
        return False
    return True


def pillow_reads(data: bytes) -> bool:
    """Whether a script that knows nothing of damage does."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except Exception:  # whatever it is, it is a refusal
        return False
    return True


def libjpeg_warns(data: bytes) -> bool:
    """Whether libjpeg warns of a JPEG file."""
    try:
        importlib.import_module("simplejpeg").decode_jpeg(data, strict=True)
    except ValueError:
        return True
    return False


def count(reads: Callable[[bytes], bool], kind: str) -> Counter[str]:
    """Return the damaged files that are read, by format."""
    return Counter(
        case.ending
        for case in cases()
        if case.kind == kind and case.ending in CORE and reads(case.data)
    )


def main() -> None:
    """Count and print."""
    warnings.simplefilter("ignore")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libtiff writes to it whatever it meets
    print(f"{'':12} {'files':>6} {'Pillow':>7} {'updown':>7}")
    for kind in ("cut", "hurt"):
        found = [count(reads, kind) for reads in (lambda _: True, pillow_reads, updown_reads)]
        for ending in (*CORE, "all"):
            numbers = [n.total() if ending == "all" else n[ending] for n in found]
            print(f"{kind} {ending:7} {numbers[0]:6} {numbers[1]:7} {numbers[2]:7}")
    if importlib.util.find_spec("simplejpeg"):
        warned = count(lambda data: updown_reads(data) and libjpeg_warns(data), "hurt")
        print(f"libjpeg warns of {warned['.jpg']} of the hurt JPEG files that updown reads")


if __name__ == "__main__":
    main()
