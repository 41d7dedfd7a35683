"""Files read without trusting them: regular files only, `.npy` checked before it is mapped."""

from __future__ import annotations

import errno
import io
import math
import os
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from updown_cli.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What a reader is told: the reason and its code.
READ_ERRORS = {
    errno.ENOENT: ("no such file", "missing"),
    errno.ENOTDIR: ("no such file", "missing"),
    errno.EACCES: ("permission denied", "no_permission"),
    errno.EPERM: ("permission denied", "no_permission"),
    errno.EISDIR: ("is a folder", "not_regular"),
    errno.ELOOP: ("link that leads nowhere", "not_regular"),
    errno.ENXIO: ("not a regular file", "not_regular"),
    errno.ENAMETOOLONG: ("file name too long", "missing"),
}

# Bytes of a header; NumPy refuses longer ones, which take long to parse.
LONGEST_HEADER = 10_000

Path = str | os.PathLike[str]


def read_error(error: OSError) -> InputError:
    """Return an operating system's refusal to read as a sentence of our own."""
    reason, code = READ_ERRORS.get(error.errno or 0, ("cannot be read", "corrupt"))
    return InputError(reason, code=code)


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; never wait for a pipe or touch a device."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        if os.path.islink(path) and error.errno == errno.ENOENT:
            raise InputError("link that leads nowhere", code="missing") from None
        raise read_error(error) from None
    except ValueError:  # no name of a file: it holds NUL, or what this system cannot spell
        raise read_error(OSError(errno.ENOENT, "")) from None
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise read_error(OSError(errno.EISDIR, ""))
    raise InputError("not a regular file", code="not_regular")


def read_at_most(file: BinaryIO, most: int, too_large: str) -> bytes:
    """Return the bytes of a file; raise InputError, for which there is a reason, for more."""
    data = file.read(most + 1)
    if len(data) > most:
        raise InputError(too_large, code="too_large")
    return data


def read_npy(path: Path) -> NDArray[Any]:
    """Return the numbers of a `.npy` file, mapped read-only; raise InputError as `read_numbers`."""
    with open_regular(path) as file:
        return read_numbers(file)


def read_numbers(file: BinaryIO) -> NDArray[Any]:
    """Return the numbers of an open `.npy` file: mapped from the disk, read from memory.

    Raises InputError for another format, pickled objects, values that are no numbers, and a
    header that promises more than the file holds.
    """
    import numpy as np

    file.seek(0)
    shape, fortran, dtype = read_header(file)
    offset, size = file.tell(), file.seek(0, os.SEEK_END)
    count = math.prod(shape)
    if offset + count * dtype.itemsize > size:
        raise InputError("truncated array", code="truncated")
    if count == 0:
        raise InputError("array without values", code="bad_shape")
    order: Literal["C", "F"] = "F" if fortran else "C"
    if isinstance(file, io.BytesIO):
        array = np.frombuffer(file.getbuffer(), dtype, count, offset).reshape(shape, order=order)
    else:
        array = np.memmap(file, dtype, "r", offset, shape, order)
    return array.astype(dtype.newbyteorder("="), copy=False)


def read_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, Any]:
    """Return (shape, Fortran order, dtype) from the start of a `.npy` file of numbers."""
    shape, fortran, dtype = parse_header(file)
    if dtype.hasobject:
        raise InputError("contains pickled objects, refused", code="pickle")
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise InputError(f"{dtype.name} values are not supported", code="bad_dtype")
    return shape, fortran, dtype


def parse_header(file: BinaryIO) -> tuple[tuple[int, ...], bool, Any]:
    """Return (shape, Fortran order, dtype) from the start of any `.npy` file."""
    from numpy.lib import format as npy

    readers: dict[tuple[int, int], Callable[[BinaryIO], tuple[tuple[int, ...], bool, Any]]] = {
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
    return shape, fortran, dtype


def _read_header_3_0(file: BinaryIO) -> tuple[tuple[int, ...], bool, Any]:
    """Return what NumPy's own readers do of the header whose text is UTF-8; it is short."""
    from numpy.lib import format as npy

    text = file.read(min(int.from_bytes(file.read(4), "little"), LONGEST_HEADER))
    plain = text.decode().encode("latin-1")
    return npy.read_array_header_2_0(io.BytesIO(len(plain).to_bytes(4, "little") + plain))
