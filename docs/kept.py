"""What each format keeps of a picture, found by writing it and reading it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageCms

from updown_cli.errors import InputError
from updown_cli.files.exif import Exif
from updown_cli.files.format import Format
from updown_cli.files.formats import FORMATS
from updown_cli.files.picture import Picture
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading
from updown_cli.files.resolution import resolution
from updown_cli.files.tag_directories import ASCII, bytes_entry
from updown_cli.files.write import encoded_parts

# A format whose column would need another extra than the tests have.
LEFT_OUT = ("HEIF",)

RANDOM = np.random.default_rng(0)
NAME = "Jürgen\0".encode()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def pixels(channels: int, dtype: str = "uint8", frames: int = 1) -> NDArray[Any]:
    """Return noise that is smooth enough for any codec."""
    high = {"uint8": 256, "uint16": 65536}.get(dtype, 1000)
    return RANDOM.integers(0, high, (frames, channels, 16, 16)).astype(dtype)


def described(**metadata: Any) -> Picture:
    """Return a small colour picture with metadata."""
    return Picture(pixels(3), "RGB", metadata=metadata)


def profile() -> bytes:
    """Return a colour profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def same_pixels(a: Picture, b: Picture) -> bool:
    """Whether two pictures have the same values of the same meaning."""
    grey = b.pixels[:, : a.pixels.shape[1]] if a.colour == "L" and b.colour == "RGB" else b.pixels
    return (
        a.alpha == b.alpha and np.array_equal(a.pixels, grey) and a.pixels.dtype == b.pixels.dtype
    )


def same(kind: str) -> Callable[[Picture, Picture], bool]:
    """Return what compares one kind of metadata."""
    return lambda a, b: a.metadata[kind] == b.metadata.get(kind)


def same_dpi(a: Picture, b: Picture) -> bool:
    """Whether a resolution is the same to a twentieth of a dot."""
    found = b.metadata.get("dpi")
    return found is not None and abs(found.x - 300) < 0.05 and abs(found.y - 150) < 0.05


def same_texts(a: Picture, b: Picture) -> bool:
    """Whether EXIF data has the same bytes."""
    found = b.metadata.get("exif")
    return found is not None and found.main[315].data == NAME


ANIMATED = {"duration": [100, 200, 300], "loop": 1}
REPEATED = pixels(3, frames=3)[[0, 0, 1]]

#: What is asked of each format: the words, the picture, and whether it came back.
KINDS: tuple[tuple[str, Picture, Callable[[Picture, Picture], bool]], ...] = (
    ("8-bit grey", Picture(pixels(1), "L"), same_pixels),
    ("8-bit colour", Picture(pixels(3), "RGB"), same_pixels),
    ("transparency", Picture(pixels(4), "RGB", alpha=True), same_pixels),
    ("CMYK", Picture(pixels(4), "CMYK"), same_pixels),
    ("16-bit grey", Picture(pixels(1, "uint16"), "L"), same_pixels),
    ("16-bit colour", Picture(pixels(3, "uint16"), "RGB"), same_pixels),
    ("float grey", Picture(pixels(1, "float32"), "L"), same_pixels),
    ("float colour", Picture(pixels(3, "float32"), "RGB"), same_pixels),
    ("double grey", Picture(pixels(1, "float64"), "L"), same_pixels),
    ("32-bit labels", Picture(pixels(1, "uint32"), "L"), same_pixels),
    ("five bands", Picture(pixels(5), "L"), same_pixels),
    ("equal frames", Picture(REPEATED, "RGB"), lambda a, b: len(b.pixels) == 3),
    ("delays", Picture(REPEATED, "RGB", metadata=ANIMATED), same("duration")),
    ("plays once", Picture(REPEATED, "RGB", metadata=ANIMATED), same("loop")),
    ("colour profile", described(icc=profile()), same("icc")),
    ("resolution of both axes", described(dpi=resolution(300, 150)), same_dpi),
    ("EXIF beyond ASCII", described(exif=Exif(main={315: bytes_entry(ASCII, NAME)})), same_texts),
    ("XMP", described(xmp=XMP), same("xmp")),
)


def cell(fmt: Format, picture: Picture, came_back: Callable[[Picture, Picture], bool]) -> str:
    """Return what became of a picture in a format: exact or kept, changed or -, or refused."""
    suffix = fmt.endings[0]
    try:
        parts, said = encoded_parts(picture, picture.pixels, suffix, None, {})
    except InputError:
        return "refused"
    again = read_bytes(b"".join(bytes(part) for part in parts), Reading())
    if came_back(picture, again):
        return "yes"
    if said:
        return "no, said"
    return "close" if came_back is same_pixels and picture.alpha == again.alpha else "no"


def kept() -> list[str]:
    """Return the table."""
    shown = [fmt for fmt in FORMATS if fmt.name not in LEFT_OUT]
    rows = [
        f"| {words} | {' | '.join(cell(fmt, picture, back) for fmt in shown)} |"
        for words, picture, back in KINDS
    ]
    return [
        "## What comes back",
        "",
        "Written and read again, with the extra `deep`. `close` are pixels that a lossy format, or "
        "256 colours, changed; `refused` is a sentence that names a format which can hold it.",
        "",
        f"| | {' | '.join(fmt.name for fmt in shown)} |",
        f"| --- |{' --- |' * len(shown)}",
        *rows,
    ]
