"""Numbers from files named on the command line: `FILE.npy`, or `FILE::KEY` of several arrays."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError, ParameterError
from updown_cli.op.array_names import SEPARATOR, ending_of_name, split_key
from updown_cli.op.shape import by_x
from updown_cli.stores.names import status_of
from updown_cli.tensors.held import held_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.tensors.named_arrays import ArrayFile

# Keys that a message names.
SHOWN_KEYS = 8

# Letters of them and their shapes.
MOST_LETTERS = 80

# Files whose arrays are kept while they do not change.
OPEN_FILES = 4

#: A shape to expect; None stands for any length.
Expected = tuple[int | None, ...]


def read_weight(option: str, text: str, shape: Expected | None = None) -> NDArray[Any]:
    """Return the array that an option names as `FILE` or `FILE::KEY`, read-only.

    Raises ParameterError, as everything here does.
    """
    path, key = split_key(text)
    return open_weights(option, path).array(key, shape)


def open_weights(option: str, path: str) -> Weights:
    """Return the arrays of the file that an option names; a file is read once until it changes.

    What is held in memory under its name comes first.
    """
    if (held := held_file(path)) is not None:
        return Weights(option, held)
    with _blamed_on(f"{option} {path}"):
        return Weights(option, _opened(path, _stamp(path)))


@dataclass(frozen=True)
class Weights:
    """The arrays of one file, each read when it is asked for. Failures are ParameterErrors."""

    option: str
    file: ArrayFile

    def keys(self) -> tuple[str, ...]:
        """Return the names of the arrays; a `.npy` file has one, which is empty."""
        return self.file.names

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of every array by its key."""
        with _blamed_on(self._subject(None)):
            return self.file.shapes(self.keys())

    def shape(self, key: str) -> tuple[int, ...]:
        """Return the shape of one array."""
        with _blamed_on(self._subject(key)):
            return self.file.shape(key)

    def checked_shape(self, key: str, expected: Expected, why: str) -> tuple[int, ...]:
        """Return the shape of the array that a description names, if it is the expected one."""
        if key not in self.keys():
            with _blamed_on(self._subject(None)):
                raise InputError(f"it has no array {key:.40}", hint=f"it has {self.listed()}")
        with _blamed_on(self._subject(key)):
            _check_shape(self.shape(key), expected, why)
        return self.shape(key)

    def array(self, key: str | None = None, shape: Expected | None = None) -> NDArray[Any]:
        """Return an array by its key, or the only one; its shape must be the expected one."""
        with _blamed_on(self._subject(key)):
            name = self._name(key)
            if shape is not None:
                _check_shape(self.file.shapes([name])[name], shape)
            return self.file.array(name)

    def _subject(self, key: str | None) -> str:
        member = "" if key is None else f"{SEPARATOR}{key:.40}"
        return f"{self.option} {self.file.path}{member}"

    def _name(self, key: str | None) -> str:
        names = self.keys()
        if key in names:
            return str(key)
        if key is None and len(names) == 1:
            return names[0]
        if names == ("",):
            raise InputError("holds one array, without a key")
        if not names:
            raise InputError("holds no arrays")
        reason = "it has several arrays" if key is None else f"it has no array {key:.40}"
        raise InputError(reason, hint=f"name one as FILE::KEY: {self.listed()}")

    def listed(self) -> str:
        """Return the first keys with their shapes."""
        first = self.file.shapes(islice(self.keys(), SHOWN_KEYS))
        texts = [f"{name:.40} {by_x(shape) or 1}".strip() for name, shape in first.items()]
        while len(texts) > 1 and len(", ".join(texts)) > MOST_LETTERS:
            texts.pop()
        more = len(self.keys()) - len(texts)
        return ", ".join(texts) + (f" and {more} more" if more else "")


def _check_shape(shape: tuple[int, ...], expected: Expected, why: str = "") -> None:
    fits = len(shape) == len(expected) and all(
        wanted in (None, side) for side, wanted in zip(shape, expected, strict=True)
    )
    if not fits:
        wanted = by_x("_" if side is None else side for side in expected)
        reason = f"has shape {by_x(shape) or 1}, expected {wanted}"
        raise InputError(reason, hint=why, code="bad_shape")


@contextmanager
def _blamed_on(subject: str) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        whole = ": ".join(filter(None, (subject, error.subject)))
        raise ParameterError(error.reason, subject=whole, hint=error.hint) from None


@lru_cache(maxsize=OPEN_FILES)
def _opened(path: str, stamp: Hashable) -> ArrayFile:
    from updown_cli.tensors.array_files import ARRAY_FILES

    if ending_of_name(path) not in ARRAY_FILES:
        raise InputError("is no .npy, .npz, .safetensors or .pt file")
    return ARRAY_FILES[ending_of_name(path)](path)


def _stamp(path: str) -> Hashable:
    """Return what changes when a file does; opening one that is not there tells why."""
    status = status_of(path)
    return None if status is None else status.stamp
