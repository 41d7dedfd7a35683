"""Arrays of an open `.npz` file, whose headers are checked before anything is unpacked."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.stores.read_error import read_error
from updown_cli.tensors.npy import (
    LONGEST_HEADER,
    Allow,
    Header,
    allow_any,
    parse_header,
    read_header,
    read_values,
    truncated_array,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


@contextmanager
def open_archive(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Open a `.npz` file; raise InputError where it turns out to be damaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except ZIP_ERRORS:
        raise InputError("damaged .npz file", code="corrupt") from None
    except OSError as error:  # damaged archives seek to where nothing is
        raise read_error(error) from None


def entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the members by the names of their arrays."""
    return {array_name(info): info for info in archive.infolist()}


def array_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a member's array."""
    return entry.filename.removesuffix(".npy")


def sides_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, ...]:
    """Return the shape from the header, which must promise what there is."""
    with archive.open(entry) as stream:
        return _checked_header(stream, entry).shape


def read_text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, longest: int) -> str | None:
    """Return the text of a member that is a single one of so many letters, None for any other."""
    import numpy as np

    if entry.file_size > 2 * LONGEST_HEADER + 4 * longest:
        return None
    data = archive.read(entry)
    file = io.BytesIO(data)
    header = parse_header(file)
    dtype = header.dtype
    if header.shape != () or dtype.kind != "U" or not 0 < dtype.itemsize <= len(data) - file.tell():
        return None
    return str(np.frombuffer(data, dtype, 1, file.tell())[0])


def read_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allow: Allow = allow_any
) -> NDArray[Any]:
    """Return the numbers of a member, whose bytes are allowed before they are unpacked."""
    with archive.open(entry) as stream:
        header = _checked_header(stream, entry)
        allow(math.prod(header.shape) * header.dtype.itemsize)
        return read_values(stream, header)


def _checked_header(stream: IO[bytes], entry: zipfile.ZipInfo) -> Header:
    header = read_header(stream)
    promised = stream.tell() + math.prod(header.shape) * header.dtype.itemsize
    if promised > entry.file_size:
        raise truncated_array()
    if promised < entry.file_size:
        raise InputError("damaged .npz file", code="corrupt")
    return header
