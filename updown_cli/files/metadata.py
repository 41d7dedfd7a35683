"""What a file holds beside its pixels: what is found, what still fits the result."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.exif import TURNED, exif_bytes, parse_exif, with_new_size
from updown_cli.files.keep import KINDS
from updown_cli.files.resolution import (
    Resolution,
    resolution,
    scale_resolution,
    turn_resolution,
)

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.format import Format

# The header of a colour profile holds this signature; before it stands its colour model.
ICC_SIGNATURE = b"acsp"
ICC_MODELS = {b"GRAY": "L", b"RGB ": "RGB", b"CMYK": "CMYK"}
MODEL_WORDS = {"L": "grey", "RGB": "colour", "CMYK": "CMYK"}

# More pixels in an inch than anything has, whose number means nothing.
MOST_SENSIBLE, NONSENSE = 10**6, "resolution means nothing"

# Sizes that XMP tells of its picture.
XMP_WIDTH = rb"(tiff:ImageWidth|exif:PixelXDimension)(\s*=\s*[\"']|>)\d+"
XMP_HEIGHT = rb"(tiff:ImageLength|exif:PixelYDimension)(\s*=\s*[\"']|>)\d+"

#: What is kept where another kind is.
BELONGS = {"iptc": "exif", "chunks": "icc"}

#: Reads one kind of metadata.
Reader = Callable[["Image.Image"], Any]

# Whatever is raised for metadata that cannot be read or could not be written again.
READ_ERRORS = (
    InputError, ValueError, TypeError, KeyError, AttributeError, OSError, SyntaxError,
    IndexError, struct.error,
)  # fmt: skip


def gather_metadata(
    image: Image.Image, exif: bytes | None, keep: frozenset[str], more: Mapping[str, Reader]
) -> tuple[dict[str, Any], list[str]]:
    """Return what a loaded image holds of these kinds, and warnings of what is broken.

    `exif` is its EXIF data as it stands in the file; `more` reads kinds that only the format has.
    """
    found: dict[str, Any] = {}
    remarks = []
    readers: dict[str, Reader] = {"icc": icc_of, "exif": lambda _: exif and parse_exif(exif)}
    for kind, read in {**readers, "xmp": xmp_of, "dpi": dpi_of, **more}.items():
        if BELONGS.get(kind, kind) not in keep:
            continue
        try:
            if value := read(image):
                found[kind] = value
        except READ_ERRORS:
            remarks.append(f"its {kind} data is damaged and was left out")
    return found, remarks


def turn_metadata(metadata: dict[str, Any], orientation: int) -> dict[str, Any]:
    """Return what a file holds of a picture that is turned as its orientation says."""
    if "dpi" in metadata and orientation in TURNED:
        return {**metadata, "dpi": turn_resolution(metadata["dpi"])}
    return metadata


def icc_of(image: Image.Image) -> Any:
    """Return the colour profile of an image; raise ValueError for what is none."""
    return checked_profile(image.info.get("icc_profile"))


def checked_profile(profile: Any) -> Any:
    """Return a colour profile; raise ValueError for what is none."""
    if profile and profile[36:40] != ICC_SIGNATURE:
        raise ValueError(len(profile))
    return profile


def xmp_of(image: Image.Image) -> Any:
    """Return the XMP of an image."""
    xmp = image.info.get("xmp")
    return xmp.encode() if isinstance(xmp, str) else xmp


def dpi_of(image: Image.Image) -> Any:
    """Return the resolution of an image, if it states one."""
    return resolution(*image.info["dpi"]) if image.info.get("dpi") else None


def comment_of(image: Image.Image) -> Any:
    """Return the comment of an image, if it has one."""
    return image.info.get("comment")


def fit_metadata(
    metadata: dict[str, Any], fmt: Format, colour: str, sizes: tuple[tuple[int, int], ...]
) -> tuple[dict[str, Any], list[str]]:
    """Return what a format can hold of metadata, true of the result, and what is said of the rest.

    `sizes` are (width, height) before and after, `colour` is L, RGB or CMYK.
    """
    kept = {
        kind: value for kind, value in metadata.items() if kind not in KINDS or kind in fmt.keeps
    }
    if "exif" in kept:
        kept["exif"] = with_new_size(kept["exif"], sizes[1])
    if "xmp" in kept:
        kept["xmp"] = _xmp_of_size(kept["xmp"], sizes[1])
    if "dpi" in kept:
        kept["dpi"] = scale_resolution(kept["dpi"], *sizes)
    reasons = {
        kind: reason
        for kind in KINDS
        if kind in kept
        if (reason := _misfit(kind, kept[kind], fmt, colour))
    }
    return (
        {kind: value for kind, value in kept.items() if kind not in reasons},
        [f"its {reason} and was left out" for reason in reasons.values() if reason != NONSENSE],
    )


def _misfit(kind: str, value: Any, fmt: Format, colour: str) -> str:
    """Return why a format cannot hold a value; nothing if it can."""
    if kind == "icc":
        model = ICC_MODELS.get(value[16:20], "")
        if model != colour:
            own = MODEL_WORDS.get(model, "other pixels")
            return f"colour profile is for {own}, not for {MODEL_WORDS[colour]},"
    if kind == "dpi" and not fmt.can_state(value):
        if max(value.x, value.y) > MOST_SENSIBLE:
            return NONSENSE
        return f"resolution cannot be stated in {fmt.name}"
    size = len(exif_bytes(value) if kind == "exif" else value) if kind in fmt.most_bytes else 0
    if size > fmt.most_bytes.get(kind, 0):
        return f"{kind} data of {size:,} bytes is more than {fmt.name} holds"
    return ""


def _xmp_of_size(xmp: bytes, size: tuple[int, int]) -> bytes:
    """Return XMP with the size of the result, where it tells one."""
    for pattern, side in zip((XMP_WIDTH, XMP_HEIGHT), size, strict=True):
        xmp = re.sub(pattern, rb"\g<1>\g<2>%d" % side, xmp)
    return xmp


def whole_dpi(stated: Resolution, most: int) -> bool:
    """Whether a resolution can be stated in whole numbers up to so many."""
    return all(1 <= round(number) <= most for number in (stated.x, stated.y))
