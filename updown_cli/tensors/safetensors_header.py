"""The header of a `.safetensors` file, checked before the package of that name sees the file."""

from __future__ import annotations

import os
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.op.schema import LARGEST_WHOLE, Given, parse_json

# Bytes of the number in front of the header, and of the longest header: a million tensors' one.
NUMBER_BYTES, LONGEST = 8, 100_000_000

# What is told of each tensor, and the entry that is none.
FIELDS = ("dtype", "shape", "data_offsets")
METADATA = "__metadata__"

MOST_AXES = 64


def check_header(file: BinaryIO) -> None:
    """Raise InputError for a header that does not describe tensors within the file."""
    size = os.fstat(file.fileno()).st_size
    length = int.from_bytes(file.read(NUMBER_BYTES), "little")
    if length > min(size - NUMBER_BYTES, LONGEST):
        raise InputError("damaged .safetensors file", code="corrupt")
    held = size - NUMBER_BYTES - length
    for name, given in Given(parse_json(file.read(length))).table().items():
        if name == METADATA:
            for text in given.table().values():
                text.text()
        else:
            _check_tensor(given, held)


def _check_tensor(given: Given, held: int) -> None:
    given.table(FIELDS)
    given.member("dtype").text()
    for side in given.member("shape").entries("numbers", 0, MOST_AXES):
        side.whole(0, LARGEST_WHOLE)
    for offset in given.member("data_offsets").entries("numbers", 2, 2):
        offset.whole(0, held)
