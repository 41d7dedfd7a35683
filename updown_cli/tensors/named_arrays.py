"""Files that hold arrays by name, `.npy` and `.npz` here: what an array file can be asked."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.stores.names import open_regular
from updown_cli.tensors.npy import read_header, read_numbers, stored_bytes
from updown_cli.tensors.npz import entries, open_archive, read_entry, sides_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What is written in brackets behind a loaded file, outermost first.
Keys = tuple[Any, ...]

# Numbers of one array: no weight of an image layer has more, and it is 2 GiB of float64.
MOST_NUMBERS = 1 << 28

# Bytes that every array may take, and how many times what its file takes on the disk one may take
# beyond that: weights hardly shrink when they are packed.
FREE_BYTES, MOST_TIMES = 1 << 27, 16


def allow_stored(count: int, file: BinaryIO) -> None:
    """Raise InputError for more bytes than an open file of weights or positions can hold."""
    if count > max(FREE_BYTES, MOST_TIMES * stored_bytes(file)):
        raise InputError("nearly empty, and takes far more memory than its bytes", code="too_large")


class ArrayFile(ABC):
    """The arrays of one file by name, each read when it is first asked for.

    Every method raises InputError for a file that is not what its ending says.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._read_so_far: dict[str, NDArray[Any]] = {}
        self._shapes_so_far: dict[str, tuple[int, ...]] = {}
        self.names = self._names()

    @abstractmethod
    def _names(self) -> tuple[str, ...]:
        """Return the names in the file's order."""

    @abstractmethod
    def shapes(self, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """Return the shapes of these arrays, without reading them."""

    @abstractmethod
    def _read(self, name: str) -> NDArray[Any]:
        """Return the numbers of one array."""

    def keys_of(self, name: str) -> Keys:
        """Return the keys by which the file's own library finds an array."""
        return (name,) if name else ()

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of one array; it is looked up once."""
        if name not in self._shapes_so_far:
            self._shapes_so_far |= self.shapes([name])
        return self._shapes_so_far[name]

    def array(self, name: str) -> NDArray[Any]:
        """Return the numbers of one array, read-only; they are finite."""
        if name not in self._read_so_far:
            self._read_so_far[name] = self._checked(name)
        return self._read_so_far[name]

    def _checked(self, name: str) -> NDArray[Any]:
        import numpy as np

        count = math.prod(self.shapes([name])[name])
        if count == 0:
            raise InputError("array without values", code="bad_shape")
        if count > MOST_NUMBERS:
            raise InputError(f"more than {MOST_NUMBERS} numbers in one array", code="too_large")
        array = self._read(name)
        if not np.isfinite(array).all():
            raise InputError("must hold finite numbers", code="bad_value")
        array.setflags(write=False)  # it is shared by all who ask
        return array


class NpyFile(ArrayFile):
    """A `.npy` file: one array, whose name is empty."""

    def _names(self) -> tuple[str, ...]:
        return ("",)

    def shapes(self, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """Return the shape of the array."""
        with open_regular(self.path) as file:
            return dict.fromkeys(names, read_header(file).shape)

    def _read(self, name: str) -> NDArray[Any]:
        with open_regular(self.path) as file:
            return read_numbers(file, partial(allow_stored, file=file))


class NpzFile(ArrayFile):
    """A `.npz` file: an archive of `.npy` files."""

    def _names(self) -> tuple[str, ...]:
        with open_regular(self.path) as file, open_archive(file) as archive:
            return tuple(entries(archive))

    def shapes(self, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """Return the shapes from the headers of the members."""
        with open_regular(self.path) as file, open_archive(file) as archive:
            by_name = entries(archive)
            return {name: sides_of(archive, by_name[name]) for name in names}

    def _read(self, name: str) -> NDArray[Any]:
        with open_regular(self.path) as file, open_archive(file) as archive:
            allow = partial(allow_stored, file=file)
            return read_entry(archive, entries(archive)[name], allow)
