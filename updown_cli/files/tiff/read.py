"""TIFF files to a Picture: one way in, whichever package decodes the pages."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, BinaryIO

from updown_cli.files.colours import channels_read
from updown_cli.files.exif import TURNED, orientation_in
from updown_cli.files.integrity import check_size, guarded
from updown_cli.files.joining import join_frames
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading, bytes_to_read, check_pixels, check_unpacked
from updown_cli.files.tiff.decoders import PageDecoder
from updown_cli.files.tiff.description import describe_pages
from updown_cli.files.tiff.page import Page, Pages, scan_pages
from updown_cli.op.shape import Shape
from updown_cli.op.windows import ceil_div

if TYPE_CHECKING:
    from updown_cli.files.tiff import Tiff


def read_pages(fmt: Tiff, file: BinaryIO, reading: Reading) -> Picture:
    """Return every chosen page of an open file, upright."""
    with guarded(fmt.name):
        found = scan_pages(file)
        pages = chosen_pages(found, reading)
        _check_room(file, found, pages, reading)
    decoder = PageDecoder(fmt, file, reading, alone=len(pages) == 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frames = [decoder.decode(page) for page in pages]
    metadata, remarks = describe_pages(pages, reading.keep)
    remarks = [*remarks, *decoder.remarks, *left_out(found)]
    return join_frames(frames, fmt.name, metadata, tuple(dict.fromkeys(remarks)))


def chosen_pages(found: Pages, reading: Reading) -> list[Page]:
    """Return the pages that are wanted, if they are within the limit."""
    chosen = reading.frames.of(len(found.pages))
    pages = [found.pages[index] for index in chosen]
    largest = max(page.pixels * ceil_div(page.samples, 4) for page in pages)
    check_pixels(largest * len(pages), reading.max_pixels)
    return pages


def _check_room(file: BinaryIO, found: Pages, pages: list[Page], reading: Reading) -> None:
    """Raise InputError for a file or pages that would take too much, before any is unpacked."""
    check_size(file, sum(page.pixels * ceil_div(page.bytes, 16) for page in found.pages))
    joined = min(len(pages), 2)  # of several pages there are copies
    needed = sum(bytes_to_read(page.pixels, joined, 1, page.bytes) // joined for page in pages)
    check_unpacked(needed, file, reading)


def left_out(found: Pages) -> list[str]:
    """Return what is said of pages that are no pictures of their own."""
    count = found.left_out
    copies = "smaller copy was" if count == 1 else "smaller copies were"
    return [f"{count} {copies} left out"] if count else []


def pages_shape(file: BinaryIO, reading: Reading) -> tuple[Shape, int]:
    """Return (shape, frames) of an open file from its directories."""
    pages = chosen_pages(scan_pages(file), reading)
    first = pages[0]
    check_pixels(first.size[0] * first.size[1], reading.max_pixels)
    colours = max(_colours(page) for page in pages)
    alpha = any(page.has_alpha for page in pages)
    others = max(len(page.extra) - page.has_alpha for page in pages)
    channels = channels_read(colours + others, alpha, reading)
    size = first.size[::-1] if orientation_in(first.tags) in TURNED else first.size
    if reading.frames.volume:
        return Shape(channels, len(pages), *size), 1
    return Shape(channels, *size), len(pages)


def _colours(page: Page) -> int:
    return page.palette_colours or page.colours
