"""JPEG: the end marker, without which libjpeg only warns (ISO 10918-1, annex B)."""

from __future__ import annotations

from typing import BinaryIO

from updown_cli.files.integrity.blocks import BLOCK, truncated_error, unpack_next

START_OF_SCAN, END_OF_IMAGE = 0xFFDA, b"\xff\xd9"


def check_jpeg(file: BinaryIO) -> None:
    """Raise InputError if no end follows the first scan; more may follow the end."""
    _skip_to_scan(file)
    last = b""
    while block := file.read(BLOCK):
        if END_OF_IMAGE in last + block:
            return
        last = block[-1:]
    raise truncated_error("JPEG")


def _skip_to_scan(file: BinaryIO) -> None:
    """Go past the segments before the first scan: a preview among them has an end of its own."""
    file.seek(2)
    while (marker := unpack_next(file, ">H", "JPEG")[0]) != START_OF_SCAN:
        if marker < 0xFF00:
            return  # the decoder knows what this is
        if marker == 0xFFFF:
            file.seek(-1, 1)  # fill bytes may precede a marker
            continue
        file.seek(max(unpack_next(file, ">H", "JPEG")[0] - 2, 0), 1)
