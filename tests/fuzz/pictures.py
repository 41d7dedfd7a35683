"""Pictures and arrays as inputs: read, and looked at for their shape."""

from __future__ import annotations

from functools import partial

from tests.fuzz.kind import Kind
from tests.healthy import healthy
from updown_cli.files.formats import FORMATS
from updown_cli.files.peek import peek
from updown_cli.files.picture import BY_CHANNELS, Picture
from updown_cli.files.read import read
from updown_cli.files.reading import Reading

#: Height and width of the files that are changed.
SIDES = (7, 10)

#: What mutants may claim: headers lie about sides first of all.
READING = Reading(max_pixels=100_000)

DTYPES = {"uint8", "uint16", "int32", "uint32", "int64", "float32", "float64"}

#: HEIF needs another extra than the tests have.
ENDINGS = (*(fmt.endings[0] for fmt in FORMATS if fmt.name != "HEIF"), ".npy", ".npz")


def bases(ending: str) -> list[bytes]:
    """Return the healthy files of a format."""
    return [data for name, data in healthy(*SIDES).items() if name.endswith(ending)]


def looked_at(path: str, number: int) -> str:
    """Look at a file for its shape."""
    peek(path, READING)
    return ""


def read_whole(path: str, number: int) -> str:
    """Read a picture."""
    return fault_of(read(path, READING))


def fault_of(picture: Picture) -> str:
    """Return what a picture has other axes, another type or other channels than it says for."""
    pixels = picture.pixels
    whole = 3 <= pixels.ndim <= 5 and pixels.size > 0
    known = pixels.dtype.name in DTYPES or not picture.colour
    if whole and known and (not picture.colour or pixels.shape[1] in BY_CHANNELS):
        return ""
    return f"a picture of {pixels.shape} {pixels.dtype}"


KINDS = {
    ending: Kind(ending, partial(bases, ending), (looked_at, read_whole)) for ending in ENDINGS
}
