"""What a file holds beside its pixels, and how each format keeps it."""

from __future__ import annotations

import struct
import warnings
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UsageError
from updown_cli.files.tiff_exif import EXIF_IFD

if TYPE_CHECKING:
    from PIL import Image

    from updown_cli.files.formats import Format

#: What `--keep` names.
KINDS = ("icc", "exif", "xmp", "dpi", "comment", "text")

#: TIFF tags that say how the pixels are stored; all others describe the picture.
STRUCTURE = frozenset((
    *range(254, 267), *range(273, 275), *range(277, 285), *range(290, 294), *range(296, 298), 301,
    *range(317, 326), 330, 332, *range(338, 342), 347, *range(512, 522), *range(529, 533), 700,
    33723, 34377, 34675,
))  # fmt: skip

#: What Pillow's copy of an image has not.
LOST_IN_COPIES = ("exif", "text")

ORIENTATION = 0x0112
EXIF_WIDTH, EXIF_HEIGHT = 0xA002, 0xA003

XMP_TAG, XMP_KEYWORD = 700, "XML:com.adobe.xmp"

# The header of a colour profile holds this signature.
ICC_SIGNATURE = b"acsp"

# Whatever Pillow raises for metadata that it cannot read or could not write again.
READ_ERRORS = (ValueError, TypeError, KeyError, AttributeError, OSError, SyntaxError, struct.error)


def check_keep(text: str) -> frozenset[str]:
    """Return the kinds that `--keep` names; raise UsageError for one that there is not."""
    if text in ("all", "none"):
        return frozenset(KINDS if text == "all" else ())
    kinds = frozenset(text.split(","))
    if kinds - set(KINDS):
        raise UsageError(
            f"must be all, none, or some of {','.join(KINDS)}", subject=f"--keep {text}"
        )
    return kinds


def gather_metadata(
    image: Image.Image, upright: Image.Image, keep: frozenset[str], broken: frozenset[str]
) -> tuple[dict[str, Any], list[str]]:
    """Return what a loaded image holds of these kinds, and warnings of what is broken.

    `upright` is the image, or a copy, with its orientation applied. `broken` are kinds that are
    known to be.
    """
    found: dict[str, Any] = {}
    remarks = []
    for kind, read in READERS.items():
        if kind not in keep:
            continue
        try:
            if kind in broken:
                raise ValueError(kind)
            if value := read(image if kind in LOST_IN_COPIES else upright):
                found[kind] = value
        except READ_ERRORS:
            remarks.append(f"its {kind} data is damaged and was left out")
    return found, remarks


def jpeg_encoding(image: Image.Image) -> dict[str, Any] | None:
    """Return quality and subsampling of a JPEG file, as Pillow wants them; None for another."""
    if image.format != "JPEG":
        return None
    from PIL.JpegImagePlugin import get_sampling

    tables = image.quantization  # type: ignore[attr-defined]
    return {"qtables": dict(tables), "subsampling": get_sampling(image)}


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


def _dpi(image: Image.Image) -> Any:
    dpi = image.info.get("dpi")
    return dpi and tuple(float(number) for number in dpi)


def _comment(image: Image.Image) -> Any:
    return image.info.get("comment") if image.format in ("JPEG", "GIF", None) else None


def _text(image: Image.Image) -> Any:
    text = getattr(image, "text", {})
    return {key: value for key, value in text.items() if key != XMP_KEYWORD}


READERS = {"icc": _icc, "exif": _exif, "xmp": _xmp, "dpi": _dpi, "comment": _comment, "text": _text}


def metadata_settings(
    metadata: dict[str, Any], fmt: Format, size: tuple[int, int]
) -> dict[str, Any]:
    """Return Pillow's settings for what a format keeps; `size` is the result's (width, height)."""
    found = {kind: value for kind, value in metadata.items() if kind in fmt.keeps}
    if "exif" in found:
        found["exif"] = with_new_size(found["exif"], size)
    if "icc" in found:
        found["icc_profile"] = found.pop("icc")
    if fmt.name == "PNG":
        found["pnginfo"] = _png_texts(found.pop("text", {}), found.pop("xmp", None))
    if fmt.name == "TIFF":
        found["tiffinfo"] = _tiff_tags(found.pop("exif", {}), found.pop("xmp", None))
    return found


def with_new_size(exif: Image.Exif, size: tuple[int, int]) -> Image.Exif:
    """Return EXIF data with the size of the result, where it tells one."""
    details = exif.get_ifd(EXIF_IFD)
    for tag, side in zip((EXIF_WIDTH, EXIF_HEIGHT), size, strict=True):
        if tag in details:
            details[tag] = side
    return exif


def _png_texts(texts: dict[str, str], xmp: bytes | None) -> Any:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for key, text in texts.items():
        info.add_itxt(key, text)
    if xmp:
        info.add_itxt(XMP_KEYWORD, xmp.decode("utf-8", "replace"))
    return info


def _tiff_tags(exif: Any, xmp: bytes | None) -> dict[int, Any]:
    tags = {tag: value for tag, value in exif.items() if isinstance(value, str)}
    return {**tags, XMP_TAG: xmp} if xmp else tags
