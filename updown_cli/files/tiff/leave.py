"""A page of a TIFF file that is left there, to be read row by row with the extra `huge`."""

from __future__ import annotations

from typing import BinaryIO

from updown_cli.files import deep
from updown_cli.files.exif import orientation_in
from updown_cli.files.integrity import guarded
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading
from updown_cli.files.tiff.description import describe_pages
from updown_cli.files.tiff.page import (
    FLOAT,
    MIN_IS_BLACK,
    PLANAR,
    RGB,
    SEPARATE_PLANES,
    SEPARATED,
    UNASSOCIATED,
    UNSIGNED,
    YCBCR,
    Page,
    scan_pages,
)
from updown_cli.files.tiff.read import chosen_pages, left_out
from updown_cli.files.unread import is_large, unread_picture

# Kinds of packing that are read: raw, LZW, JPEG, deflate in its two numbers, PackBits.
COMPRESSIONS = (1, 5, 7, 8, 32773, 32946)
BY_JPEG = 7

#: Photometrics, values without alpha, formats and bits that mean the same to all decoders.
KINDS = {
    (MIN_IS_BLACK, 1, UNSIGNED, 8): "uint8",
    (MIN_IS_BLACK, 1, UNSIGNED, 16): "uint16",
    (MIN_IS_BLACK, 1, FLOAT, 32): "float32",
    (RGB, 3, UNSIGNED, 8): "uint8",
    (RGB, 3, UNSIGNED, 16): "uint16",
    (SEPARATED, 4, UNSIGNED, 8): "uint8",
}


def leave_page(file: BinaryIO, reading: Reading) -> Picture | None:
    """Return the only chosen page of an open file, its pixels left there; None of all others."""
    with guarded("TIFF"):
        found = scan_pages(file)
        pages = chosen_pages(found, reading)
        dtype = _type_of(pages[0]) if len(pages) == 1 else None
        if dtype is None:
            return None
        page = pages[0]
        height, width = page.size
    if not is_large(height * width * page.samples, reading):
        return None
    metadata, remarks = describe_pages(pages, reading.keep)
    return unread_picture(
        file,
        "TIFF",
        page.model,
        expected=(page.samples, dtype),
        orientation=orientation_in(page.tags),
        reading=reading,
        description=(metadata, tuple(dict.fromkeys([*remarks, *left_out(found)]))),
        page=page.number,
    )


def _type_of(page: Page) -> str | None:
    """Return the type of a page's values, if all decoders make the same of them."""
    if page.compression not in COMPRESSIONS or page.get(PLANAR, 1)[0] == SEPARATE_PLANES:
        return None
    if page.extra not in ((), (UNASSOCIATED,)):
        return None
    if (page.photometric, page.samples, page.bits) == (YCBCR, 3, 8):
        return "uint8" if page.compression == BY_JPEG else None
    kind = page.photometric, page.samples - len(page.extra), page.format, page.bits
    dtype = KINDS.get(kind)
    return dtype if dtype == "uint8" or not page.needs_deep or deep.is_installed() else None
