"""The extra `huge`: rows of a picture that is still in its file, decoded by libvips in order."""

from __future__ import annotations

import importlib.util
import os
import tempfile
import weakref
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.engine.rows import UnreadPixels
from updown_cli.errors import InputError
from updown_cli.files.damage import damaged_error, truncated_error
from updown_cli.files.opening import silence
from updown_cli.stores.write_error import write_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: libvips' names of the types that are read, and NumPy's.
TYPES = {"uchar": "uint8", "ushort": "uint16", "float": "float32"}

# Bytes that are copied out of libvips at a time: larger copies leave holes between its own tiles,
# which cost memory, and fresh pages.
BLOCK = 1 << 17

# What libvips says of a file that ends too early.
CUT = ("premature", "truncated", "end of file", "end of input", "not enough")


@cache
def is_found() -> bool:
    """Whether the extra seems to be there: nothing is loaded to tell."""
    return importlib.util.find_spec("pyvips") is not None


@cache
def is_installed() -> bool:
    """Whether the extra is there."""
    return is_found() and _vips() is not None


def _vips() -> Any:
    """Return pyvips, which decodes in the thread that asks and says nothing; None if it fails."""
    os.environ.setdefault("VIPS_WARNING", "1")
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    silence("pyvips")
    try:
        import pyvips
    except (ImportError, OSError):  # the package without the library
        return None
    pyvips.cache_set_max(0)
    return pyvips


class VipsRows(UnreadPixels):
    """Frames x channels x H x W of an open file; raises InputError where its pixels are damaged.

    Rows that are asked for once more are those of the last time; earlier ones are decoded anew.
    """

    def __init__(
        self, file: BinaryIO, fmt: str, channels: int, *, page: int = 0, mirrored: bool = False
    ) -> None:
        self.fmt, self.channels, self.page, self.mirrored = fmt, channels, page, mirrored
        self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)
        self._kept: NDArray[Any] | None = None
        self._open()
        image = self._image
        self.shape, self.dtype = (1, channels, image.height, image.width), self._type(image)
        self.bands = image.bands

    def _type(self, image: Any) -> Any:
        import numpy as np

        if image.format not in TYPES:
            raise InputError(f"{image.format} pixels are not supported", code="unsupported")
        return np.dtype(TYPES[image.format])

    def _open(self) -> None:
        """Begin with the first row."""
        vips = _vips()
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        load = getattr(vips.Image, f"{self.fmt.lower()}load_source")
        more = {"page": self.page} if self.page else {}
        try:
            self._source = self._unmapped(vips)
            self._image = load(self._source, access="sequential", fail_on="warning", **more)
            self._region = vips.Region.new(self._image)
        except vips.Error as error:
            raise self._refusal(error) from None
        self._first, self._kept = 0, None

    def _unmapped(self, vips: Any) -> Any:
        """Return the open file, of which libvips shall not keep all that it has read mapped."""
        source, descriptor = vips.SourceCustom(), self._descriptor
        source.on_read(lambda count: os.read(descriptor, count))
        source.on_seek(lambda offset, whence: os.lseek(descriptor, offset, whence))
        return source

    def _refusal(self, error: Exception) -> InputError:
        text = str(error).lower()
        cut = any(word in text for word in CUT)
        return truncated_error(self.fmt) if cut else damaged_error(self.fmt)

    def read(self, first: int, last: int) -> NDArray[Any]:
        """Return rows [first, last) of the frame."""
        import numpy as np

        if first < self._first:
            self._open()
        rows = np.empty((last - first, self.shape[3], self.channels), self.dtype)
        known = 0
        if self._kept is not None:
            again = self._kept[first - self._first :][: last - first]
            known = len(again)
            rows[:known] = again
        self._decode(rows, first, known)
        self._first, self._kept = first, rows
        return rows.transpose(2, 0, 1)[None]

    def _decode(self, rows: NDArray[Any], first: int, known: int) -> None:
        """Fill rows, of which some are known, from the file."""
        import numpy as np

        vips, width = _vips(), self.shape[3]
        high = max(1, BLOCK // (width * self.bands * self.dtype.itemsize))
        for top in range(known, len(rows), high):
            count = min(high, len(rows) - top)
            try:
                data = self._region.fetch(0, first + top, width, count)
            except vips.Error as error:
                raise self._refusal(error) from None
            found = np.frombuffer(data, self.dtype).reshape(count, width, self.bands)
            found = found[:, ::-1] if self.mirrored else found
            rows[top : top + count] = found[..., : self.channels]

    def on_disk(self) -> NDArray[Any]:
        """Return H x W x channels in a file without a name, for those who need columns.

        Raises SurroundingsError where there is no room for it.
        """
        import numpy as np

        _, channels, height, width = self.shape
        folder = tempfile.gettempdir()
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                high = max(1, BLOCK // (width * channels * self.dtype.itemsize))
                for first in range(0, height, high):
                    rows = self.read(first, min(first + high, height))[0].transpose(1, 2, 0)
                    file.write(np.ascontiguousarray(rows).data)
                file.flush()
                return np.memmap(file, self.dtype, "r", shape=(height, width, channels))
        except OSError as error:
            raise write_error(error, folder) from None
