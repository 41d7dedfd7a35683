"""Files read without trusting them: regular files only, `.npy` checked before it is read."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Literal

from updown_cli.errors import InputError
from updown_cli.stores.names import open_regular

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bytes of a header; NumPy refuses longer ones, which take long to parse.
LONGEST_HEADER = 10_000

# Bytes that are read at a time, and of a block of `st_blocks`.
BLOCK, BYTES_OF_BLOCK = 1 << 20, 512

Path = str | os.PathLike[str]

#: Raises InputError for more bytes than may be read.
Allow = Callable[[int], None]


def allow_any(count: int) -> None:
    """Allow whatever a header promises, of which its reader knows that it is little."""


@dataclass(frozen=True)
class Header:
    """What a `.npy` file says of its numbers."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: Any

    def shaped(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """Return the numbers, which stand in the order of the file, in their shape."""
        return numbers.reshape(self.shape, order="F" if self.fortran else "C")


def read_at_most(file: BinaryIO, most: int, too_large: str) -> bytes:
    """Return the bytes of a file; raise InputError, for which there is a reason, for more."""
    data = file.read(most + 1)
    if len(data) > most:
        raise InputError(too_large, code="too_large")
    return data


def read_npy(path: Path, allow: Allow = allow_any) -> NDArray[Any]:
    """Return the numbers of a `.npy` file; raise InputError as `read_numbers` does."""
    with open_regular(path) as file:
        return read_numbers(file, allow)


def read_numbers(
    file: BinaryIO, allow: Allow = allow_any, mapped_from: int | None = None
) -> NDArray[Any]:
    """Return the numbers of an open `.npy` file, whose bytes are allowed first.

    They are read, not mapped: a mapped file that is cut meanwhile ends the process. Only files of
    `mapped_from` bytes are mapped, if it is given. Raises InputError for another format, pickled
    objects, values that are no numbers, and a header that promises more than the file holds.
    """
    import numpy as np

    file.seek(0)
    header = read_header(file)
    offset, size = file.tell(), file.seek(0, os.SEEK_END)
    count, dtype = math.prod(header.shape), header.dtype
    if offset + count * dtype.itemsize > size:
        raise truncated_array()
    if isinstance(file, io.BytesIO):
        numbers = np.frombuffer(file.getbuffer(), dtype, count, offset)
        return header.shaped(numbers.astype(dtype.newbyteorder("="), copy=False))
    if mapped_from is not None and size >= mapped_from:
        order: Literal["C", "F"] = "F" if header.fortran else "C"
        array = np.memmap(file, dtype, "r", offset, header.shape, order)
        return array.astype(dtype.newbyteorder("="), copy=False)
    allow(count * dtype.itemsize)
    file.seek(offset)
    return read_values(file, header)


def read_values(stream: Any, header: Header) -> NDArray[Any]:
    """Return the numbers that follow a header; raise InputError if the stream ends before."""
    import numpy as np

    numbers = np.empty(math.prod(header.shape), header.dtype)
    room, filled = numbers.view(np.uint8).data, 0
    while filled < len(room):
        read = stream.readinto(room[filled : filled + BLOCK])
        if not read:
            raise truncated_array()
        filled += read
    if not header.dtype.isnative:
        numbers = numbers.byteswap(inplace=True).view(header.dtype.newbyteorder("="))
    return header.shaped(numbers)


def truncated_array() -> InputError:
    """Return the refusal of a file that holds less than its header promises."""
    return InputError("truncated array", code="truncated")


def stored_bytes(file: BinaryIO) -> int:
    """Return the bytes that an open file takes where it is kept: holes are none."""
    try:
        state = os.fstat(file.fileno())
    except OSError:  # it is in memory
        place, size = file.tell(), file.seek(0, os.SEEK_END)
        file.seek(place)
        return size
    blocks = getattr(state, "st_blocks", 0) * BYTES_OF_BLOCK
    return min(state.st_size, blocks or state.st_size)


def read_header(file: IO[bytes]) -> Header:
    """Return what a `.npy` file says at its start; raise InputError for what is no numbers."""
    header = parse_header(file)
    dtype = header.dtype
    if dtype.hasobject:
        raise InputError("contains pickled objects, refused", code="pickle")
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise InputError(f"{dtype.name} values are not supported", code="bad_dtype")
    if math.prod(header.shape) == 0:
        raise InputError("array without values", code="bad_shape")
    return header


def parse_header(file: IO[bytes]) -> Header:
    """Return what any `.npy` file says at its start."""
    from numpy.lib import format as npy

    readers: dict[tuple[int, int], Callable[[IO[bytes]], tuple[tuple[int, ...], bool, Any]]] = {
        (1, 0): npy.read_array_header_1_0,
        (2, 0): npy.read_array_header_2_0,
        (3, 0): _read_header_3_0,
    }
    try:
        shape, fortran, dtype = readers[npy.read_magic(file)](file)
    except Exception:  # the header is Python's own syntax, with all that its parser raises
        raise InputError("not a .npy file", code="corrupt") from None
    if min(shape, default=1) < 0:
        raise InputError("not a .npy file", code="corrupt")
    return Header(shape, fortran, dtype)


def _read_header_3_0(file: IO[bytes]) -> tuple[tuple[int, ...], bool, Any]:
    """Return what NumPy's own readers do of the header whose text is UTF-8; it is short."""
    from numpy.lib import format as npy

    text = file.read(min(int.from_bytes(file.read(4), "little"), LONGEST_HEADER))
    plain = text.decode().encode("latin-1")
    return npy.read_array_header_2_0(io.BytesIO(len(plain).to_bytes(4, "little") + plain))
