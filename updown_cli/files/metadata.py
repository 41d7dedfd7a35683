"""What a file holds beside its pixels, as far as all formats can hold it."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from updown_cli.files.exif import ORIENTATION, with_new_size

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.pillow_format import PillowFormat

#: TIFF tags that say how the pixels are stored; all others describe the picture.
STRUCTURE = frozenset((
    *range(254, 267), *range(273, 275), *range(277, 285), *range(290, 294), *range(296, 298), 301,
    *range(317, 326), 330, 332, *range(338, 342), 347, *range(512, 522), *range(529, 533), 700,
    33723, 34377, 34675,
))  # fmt: skip

#: What Pillow's copy of an image has not.
LOST_IN_COPIES = ("exif",)

# The header of a colour profile holds this signature.
ICC_SIGNATURE = b"acsp"

#: Reads one kind of metadata.
Reader = Callable[["Image.Image"], Any]

# Whatever Pillow raises for metadata that it cannot read or could not write again.
READ_ERRORS = (ValueError, TypeError, KeyError, AttributeError, OSError, SyntaxError, struct.error)


def gather_metadata(
    image: Image.Image,
    upright: Image.Image,
    keep: frozenset[str],
    broken: frozenset[str],
    more: Mapping[str, Reader],
) -> tuple[dict[str, Any], list[str]]:
    """Return what a loaded image holds of these kinds, and warnings of what is broken.

    `upright` is the image, or a copy, with its orientation applied. `broken` are kinds that are
    known to be; `more` reads kinds that only the format has.
    """
    found: dict[str, Any] = {}
    remarks = []
    for kind, read in {**READERS, **more}.items():
        if kind not in keep:
            continue
        try:
            if kind in broken:
                raise ValueError(kind)
            if value := read(image if kind in more or kind in LOST_IN_COPIES else upright):
                found[kind] = value
        except READ_ERRORS:
            remarks.append(f"its {kind} data is damaged and was left out")
    return found, remarks


def _icc(image: Image.Image) -> Any:
    profile = image.info.get("icc_profile")
    if profile and profile[36:40] != ICC_SIGNATURE:
        raise ValueError(len(profile))
    return profile


def _exif(image: Image.Image) -> Any:
    exif = image.getexif()
    _check_exif(image.info.get("exif"))
    for tag in (STRUCTURE | {ORIENTATION}) & set(exif):
        del exif[tag]
    exif.tobytes()
    return exif


def _check_exif(data: Any) -> None:
    """Raise ValueError for EXIF data of which some cannot be read; Pillow has warned once."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            Image.Exif().load(data or b"")
        except UserWarning as warning:
            raise ValueError(str(warning)) from None


def _xmp(image: Image.Image) -> Any:
    xmp = image.info.get("xmp")
    return xmp.encode() if isinstance(xmp, str) else xmp


def comment_of(image: Image.Image) -> Any:
    """Return the comment of an image, if it has one."""
    return image.info.get("comment")


def _dpi(image: Image.Image) -> Any:
    dpi = image.info.get("dpi")
    return dpi and tuple(float(number) for number in dpi)


READERS: dict[str, Reader] = {"icc": _icc, "exif": _exif, "xmp": _xmp, "dpi": _dpi}


def metadata_settings(
    metadata: dict[str, Any], fmt: PillowFormat, size: tuple[int, int]
) -> dict[str, Any]:
    """Return Pillow's settings for what a format keeps; `size` is the result's (width, height)."""
    found = {kind: value for kind, value in metadata.items() if kind in fmt.keeps}
    if "exif" in found:
        found["exif"] = with_new_size(found["exif"], size)
    if "icc" in found:
        found["icc_profile"] = found.pop("icc")
    return fmt.metadata_settings(found)
