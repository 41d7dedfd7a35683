"""What the tags of a page say of the picture, and what of it is true of another one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from updown_cli.files.exif import described_by, orientation_in
from updown_cli.files.metadata import checked_profile, turn_metadata
from updown_cli.files.resolution import CENTIMETRES, Resolution, resolution
from updown_cli.files.tag_directories import Directory, numbers_of
from updown_cli.files.tiff.page import Page

DESCRIPTION, X_RESOLUTION, Y_RESOLUTION, UNIT = 270, 282, 283, 296
XMP, IPTC, PROFILE = 700, 33723, 34675

# Units of a resolution; another has only the ratio of a pixel's sides.
INCH, CENTIMETRE = 2, 3

# What programs tell each other of all pages of their files; and where on earth a pixel lies.
IMAGEJ = (50838, 50839)
GEOGRAPHIC = (33550, 33920, 33922, 34264, 34735, 34736, 34737)

# Descriptions that count pages and sides, and whose they are.
COUNTING = {b"ImageJ=": "ImageJ", b'{"shape"': "", b"<?xml": "OME", b"<OME": "OME"}


def describe_pages(pages: list[Page], keep: frozenset[str]) -> tuple[dict[str, Any], list[str]]:
    """Return what describes the first page, with all pages' own, and what is left out."""
    remarks: list[str] = []
    own = [_describe(page, keep, remarks) for page in pages]
    first = dict(own[0])
    return (first | {"pages": own} if len(own) > 1 else first), remarks


def _describe(page: Page, keep: frozenset[str], remarks: list[str]) -> dict[str, Any]:
    """Return what describes a page."""
    tags = _without_counts(page.tags, remarks)
    found: dict[str, Any] = {}
    if "exif" in keep and (exif := described_by(tags, page.below)):
        found["exif"] = exif
    if "exif" in keep and IPTC in tags:
        found["iptc"] = tags[IPTC].data
    if "xmp" in keep and XMP in tags:
        found["xmp"] = tags[XMP].data
    if "icc" in keep and PROFILE in tags:
        try:
            found["icc"] = checked_profile(tags[PROFILE].data)
        except ValueError:
            remarks.append("its icc data is damaged and was left out")
    if "dpi" in keep and (stated := _resolution(tags)):
        found["dpi"] = stated
    return turn_metadata(found, orientation_in(page.tags))


def _resolution(tags: Directory) -> Resolution | None:
    x, y = (numbers_of(tags, tag, 0, 0) for tag in (X_RESOLUTION, Y_RESOLUTION))
    if len(x) != 2 or len(y) != 2 or 0 in (x[1], y[1]):
        return None
    unit = numbers_of(tags, UNIT, INCH)[0]
    if unit in (INCH, CENTIMETRE):
        scale = CENTIMETRES if unit == CENTIMETRE else 1
        return resolution(Fraction(*x) * scale, Fraction(*y) * scale, metric=unit == CENTIMETRE)
    return (
        resolution(Fraction(*x), Fraction(*y), ratio=True) if Fraction(*x) != Fraction(*y) else None
    )


def _without_counts(tags: Directory, remarks: list[str]) -> Directory:
    """Return tags without what is true of the whole file, or of pixels in their place, only."""
    left_out = set(IMAGEJ)
    if DESCRIPTION in tags:
        text = tags[DESCRIPTION].data
        whose = next((whose for start, whose in COUNTING.items() if text.startswith(start)), None)
        if whose == "OME" and b"OME" not in text[:1000]:
            whose = None
        if whose is not None:
            left_out.add(DESCRIPTION)
            remarks += [f"its {whose} description, which counts frames, was left out"] * bool(whose)
    if set(GEOGRAPHIC) & set(tags):
        left_out |= set(GEOGRAPHIC)
        remarks.append("its place on the map (GeoTIFF) was left out")
    return {tag: entry for tag, entry in tags.items() if tag not in left_out}
