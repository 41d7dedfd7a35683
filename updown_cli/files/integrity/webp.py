"""WebP: the length that its header tells (RIFF), which may be less than the file's."""

from __future__ import annotations

import os
from typing import BinaryIO

from updown_cli.files.integrity.blocks import truncated_error, unpack_next

RIFF_HEADER_BYTES = 8


def check_webp(file: BinaryIO) -> None:
    """Raise InputError for a file that is shorter than its header tells."""
    _, length = unpack_next(file, "<4sI", "WEBP")
    if file.seek(0, os.SEEK_END) < RIFF_HEADER_BYTES + length:
        raise truncated_error("WEBP")
