"""The header of a `.safetensors` file, which tells where the numbers of each tensor are."""

from __future__ import annotations

from typing import Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.op.schema import LARGEST_WHOLE, Given, parse_json
from updown_cli.stores.names import size_of

# Bytes of the number in front of the header, and of the longest header: 200,000 tensors' one.
NUMBER_BYTES, LONGEST = 8, 1 << 24

# What is told of each tensor, and the entry that is none.
FIELDS = ("dtype", "shape", "data_offsets")
METADATA = "__metadata__"

MOST_AXES = 64


def read_tensors(file: BinaryIO) -> tuple[dict[str, Any], int]:
    """Return what a header tells of each tensor, and where the numbers begin.

    Raises InputError for what does not describe tensors within the file.
    """
    header, start, held = _header(file)
    for name, given in header.items():
        if name == METADATA:
            for text in given.table().values():
                text.text()
        else:
            _check_tensor(given, held)
    told = {name: given.value for name, given in header.items() if name != METADATA}
    return told, start


def read_metadata(file: BinaryIO) -> dict[str, Any]:
    """Return what a file tells of itself beside its tensors, by name."""
    header, _, _ = _header(file)
    told = header[METADATA].table() if METADATA in header else {}
    return {name: given.value for name, given in told.items()}


def _header(file: BinaryIO) -> tuple[dict[str, Given], int, int]:
    """Return the entries of a header, where the numbers begin, and how many bytes these take."""
    size = size_of(file)
    length = int.from_bytes(file.read(NUMBER_BYTES), "little")
    if length > min(size - NUMBER_BYTES, LONGEST):
        raise InputError("damaged .safetensors file", code="corrupt")
    held = size - NUMBER_BYTES - length
    if size < NUMBER_BYTES:
        raise InputError("damaged .safetensors file", code="corrupt")
    return Given(parse_json(file.read(length))).table(), NUMBER_BYTES + length, held


def _check_tensor(given: Given, held: int) -> None:
    given.table(FIELDS)
    given.member("dtype").text()
    for side in given.member("shape").entries("numbers", 0, MOST_AXES):
        side.whole(0, LARGEST_WHOLE)
    for offset in given.member("data_offsets").entries("numbers", 2, 2):
        offset.whole(0, held)
