"""The shape of what a file holds, from its header."""

from __future__ import annotations

from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.damage import DAMAGE
from updown_cli.files.file_type import file_type
from updown_cli.files.formats import format_of
from updown_cli.files.integrity import check_integrity
from updown_cli.files.npz import peek_member, split_member
from updown_cli.files.opening import head_of
from updown_cli.files.png.chunks import DEPTH, SIGNATURE
from updown_cli.files.reading import Reading
from updown_cli.op.shape import Shape
from updown_cli.stores.names import open_regular
from updown_cli.stores.read_error import read_error
from updown_cli.tensors.layout import array_shape
from updown_cli.tensors.npy import read_header

# What begins files of 8 bits: JPEG, GIF.
OF_8_BITS = (b"\xff\xd8", b"GIF8")


def peek(path: str, reading: Reading) -> tuple[Shape, int]:
    """Return (shape, frames) of a file; raise InputError if its header cannot be read."""
    name, member = split_member(path)
    with open_regular(name, whole=False) as file:
        try:
            match file_type(file, name):
                case "archive":
                    return peek_member(file, member, reading)
                case "array":
                    return array_shape(read_header(file).shape, reading.layout, reading.dims)
                case _:
                    return _peek_picture(file, reading)
        except OSError as error:
            raise read_error(error) from None


def may_be_refused(path: str, reading: Reading) -> bool:
    """Whether a file has more bits than are wanted, or does not say so at its beginning."""
    if reading.deeper == "keep":
        return False
    name, _ = split_member(path)
    with open_regular(name, whole=False) as file:
        try:
            return not head_of(file).startswith(OF_8_BITS) and not _is_png_of_8_bits(head_of(file))
        except OSError as error:
            raise read_error(error) from None


def _is_png_of_8_bits(head: bytes) -> bool:
    return head.startswith(SIGNATURE) and head[DEPTH : DEPTH + 1] != b"\x10"


def is_damaged(path: str, reading: Reading) -> bool:
    """Whether a picture's file contradicts itself, as far as that is known undecoded."""
    if reading.accept_damaged:
        return False
    name, _ = split_member(path)
    try:
        with open_regular(name, whole=False) as file:
            if file_type(file, name) not in ("archive", "array"):
                check_integrity(file, format_of(head_of(file)))
    except InputError as error:
        return error.code in DAMAGE
    except OSError:
        pass  # whoever reads it says so
    return False


def _peek_picture(file: BinaryIO, reading: Reading) -> tuple[Shape, int]:
    head = head_of(file)
    return format_of(head).peek(file, head, reading)
