"""Streams read to their end: pipes that wait and those that do not, within a number of bytes."""

from __future__ import annotations

import select
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.tensors.npy import read_error

# Bytes that are read at a time, so that memory grows with what comes.
PART = 1 << 20


def read_to_end(stream: BinaryIO, most: int, too_large: str) -> bytes:
    """Return all that comes; raise InputError for more bytes, for which there is a reason.

    A stream that does not wait has nothing at times, which is not its end.
    """
    data = bytearray()
    try:
        while len(data) <= most:
            part: bytes | None = stream.read(PART)
            if part is None:
                select.select([stream], [], [])
            elif part:
                data += part
            else:
                return bytes(data)
    except OSError as error:
        raise read_error(error) from None
    raise InputError(too_large, code="too_large")
