"""Streams read to their end: pipes that wait and those that do not, within a number of bytes."""

from __future__ import annotations

import select
from collections.abc import Iterator
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.stores.read_error import read_error

# Bytes that are read at a time, so that memory grows with what comes.
PART = 1 << 20


def read_to_end(stream: BinaryIO, most: int, too_large: str) -> bytes:
    """Return all that comes; raise InputError for more bytes, for which there is a reason.

    A stream that does not wait has nothing at times, which is not its end.
    """
    data = bytearray()
    for part in parts_of(stream):
        data += part
        if len(data) > most:
            raise InputError(too_large, code="too_large")
    return bytes(data)


def parts_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what comes, in parts, up to the end."""
    try:
        while (part := _next_part(stream)) != b"":
            if part is None:
                select.select([stream], [], [])
            else:
                yield part
    except OSError as error:
        raise read_error(error) from None


def _next_part(stream: BinaryIO) -> bytes | None:
    return stream.read(PART)
