"""Pages to a TIFF file: one way out, whichever package encodes the pixels."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from updown_cli.files.deep import missing_extra
from updown_cli.files.exif import STRUCTURE, below_bytes
from updown_cli.files.picture import Picture, colour_and_alpha
from updown_cli.files.pillow_write import parse_asked, to_image
from updown_cli.files.resolution import CENTIMETRES, Resolution
from updown_cli.files.tag_directories import (
    BYTE,
    RATIONAL,
    SHORT,
    UNDEFINED,
    Directory,
    bytes_entry,
    directory_bytes,
    number_entry,
    open_directories,
)
from updown_cli.files.tiff.description import (
    CENTIMETRE,
    INCH,
    IPTC,
    PROFILE,
    UNIT,
    X_RESOLUTION,
    XMP,
    Y_RESOLUTION,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.tiff import Tiff

SMALL_TIFF = b"II*\0"

# tifffile's names of what `--co compression` names.
COMPRESSIONS = {"raw": None, "tiff_deflate": "zlib", "tiff_lzw": "lzw", "packbits": "packbits"}

# A fraction of 32 bits, and the unit of a ratio.
MOST, NO_UNIT = (1 << 32) - 1, 1


def write_pages(
    fmt: Tiff, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
) -> bytes:
    """Return a file that holds frames x channels x H x W, each page with what describes it."""
    compression = {**fmt.defaults, **parse_asked(fmt, asked)}["compression"]
    data = encoded_pages(fmt, source, pixels, mode, compression)
    own = source.metadata.get("pages", [])
    described = own if len(own) == len(pixels) else [source.metadata]
    return with_tags(data, described) if data.startswith(SMALL_TIFF) else data


def encoded_pages(
    fmt: Tiff, source: Picture, pixels: NDArray[Any], mode: str, compression: str
) -> bytes:
    """Return a file that holds frames x channels x H x W, and nothing that describes them."""
    if mode in fmt.modes:
        return _by_pillow(pixels, mode, compression)
    return _by_tifffile(source, pixels, compression)


def _by_pillow(pixels: NDArray[Any], mode: str, compression: str) -> bytes:
    images = [to_image(frame, mode) for frame in pixels]
    file = io.BytesIO()
    more = {"save_all": True, "append_images": images[1:]} if len(images) > 1 else {}
    images[0].save(file, "TIFF", compression=compression, **more)
    return file.getvalue()


def _by_tifffile(source: Picture, pixels: NDArray[Any], compression: str) -> bytes:
    import numpy as np

    try:
        import imagecodecs  # noqa: F401 (tifffile compresses with it)
        from tifffile import TiffWriter
    except ImportError:
        raise missing_extra("colour of this depth") from None
    colour, alpha = colour_and_alpha(source, pixels.shape[1])
    others = pixels.shape[1] - len(colour) - alpha
    rows = np.moveaxis(pixels, 1, -1).copy()  # with plain strides, whatever the sides
    file = io.BytesIO()
    with TiffWriter(file, byteorder="<") as writer:
        for frame in rows:
            one = frame.shape[-1] == 1
            writer.write(
                frame.squeeze(-1) if one else frame,
                photometric="rgb" if colour == "RGB" else "minisblack",
                planarconfig=None if one else "contig",
                extrasamples=["unspecified"] * others + ["unassalpha"] * alpha or None,
                compression=COMPRESSIONS[compression],
                software=False,
                metadata=None,
            )
    return file.getvalue()


def with_tags(data: bytes, described: list[dict[str, Any]]) -> bytes:
    """Return a little-endian file with pages that say of the picture what these say, and no more.

    New directories, which replace those of the encoder, are put after the end.
    """
    reader, place = open_directories(io.BytesIO(data), len(data))
    pages: list[Directory] = []
    while place:
        tags, place = reader.directory(place)
        pages.append({tag: entry for tag, entry in tags.items() if tag in STRUCTURE})
    parts = [data + b"\0" * (len(data) % 2)]
    end, links = len(parts[0]), []
    for number, page in enumerate(pages):
        metadata = (
            described[min(number, len(described) - 1)] if len(described) > 1 or not number else {}
        )
        below, pointers = (
            below_bytes(metadata["exif"], end, "<") if "exif" in metadata else (b"", {})
        )
        parts.append(below)
        end += len(below)
        whole = described_page(page, metadata) | pointers
        links.append((end, whole))
        size = len(directory_bytes(whole, end, "<"))
        parts.append(b"\0" * size)
        end += size
    return _linked(b"".join(parts), links)


def _linked(data: bytes, links: list[tuple[int, Directory]]) -> bytes:
    """Return a file whose directories stand at these places, each pointing to the next."""
    whole = bytearray(data)
    struct.pack_into("<I", whole, 4, links[0][0])
    following = [place for place, _ in links[1:]] + [0]
    for (place, directory), after in zip(links, following, strict=True):
        written = directory_bytes(directory, place, "<", after)
        whole[place : place + len(written)] = written
    return bytes(whole)


def described_page(page: Directory, metadata: dict[str, Any]) -> Directory:
    """Return how a page is stored, with tags that say of the picture what describes it."""
    return _without_resolution(page) | _tags(metadata)


def _without_resolution(page: Directory) -> Directory:
    left_out = (X_RESOLUTION, Y_RESOLUTION, UNIT)
    return {tag: entry for tag, entry in page.items() if tag not in left_out}


def _tags(metadata: dict[str, Any]) -> Directory:
    """Return what describes a picture as tags."""
    tags: Directory = {}
    if "exif" in metadata:
        tags |= metadata["exif"].main
    for kind, tag, type_ in (
        ("xmp", XMP, BYTE),
        ("icc", PROFILE, UNDEFINED),
        ("iptc", IPTC, UNDEFINED),
    ):
        if kind in metadata:
            tags[tag] = bytes_entry(type_, metadata[kind])
    return tags | (_resolution_tags(metadata["dpi"]) if "dpi" in metadata else {})


def _resolution_tags(stated: Resolution) -> Directory:
    scale = CENTIMETRES if stated.metric else Fraction(1)
    x, y = (_as_fraction(number / scale) for number in (stated.x, stated.y))
    unit = NO_UNIT if stated.ratio else CENTIMETRE if stated.metric else INCH
    return {
        X_RESOLUTION: number_entry(RATIONAL, *x),
        Y_RESOLUTION: number_entry(RATIONAL, *y),
        UNIT: number_entry(SHORT, unit),
    }


def _as_fraction(number: Fraction) -> tuple[int, int]:
    for digits in (1 << 20, 1 << 10, 1):
        part = number.limit_denominator(digits)
        if part.numerator <= MOST:
            return part.numerator, part.denominator
    return MOST, 1
