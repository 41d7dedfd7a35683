"""Arrays that are held in memory under the name of a file, for whoever would read that file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from updown_cli.tensors.named_arrays import ArrayFile

_held: dict[str, HeldFile] = {}


class HeldFile(ArrayFile):
    """Arrays, or tensors that learn, by name; none is copied."""

    def __init__(self, path: str) -> None:
        self.arrays: dict[str, Any] = {}
        super().__init__(path)

    def _names(self) -> tuple[str, ...]:
        return tuple(self.arrays)

    def hold(self, arrays: dict[str, Any]) -> None:
        """Hold these as well, or in the place of those that have their names."""
        self.arrays |= arrays
        self.names = self._names()

    def shapes(self, names: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """Return the shapes of these arrays."""
        return {name: tuple(self.arrays[name].shape) for name in names}

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of one array, which may be another now."""
        return tuple(self.arrays[name].shape)

    def array(self, name: str) -> Any:
        """Return an array as it is now."""
        return self.arrays[name]

    def _read(self, name: str) -> Any:
        return self.arrays[name]


def held_file(path: str) -> HeldFile | None:
    """Return what is held under the name of a file, if anything is."""
    return _held.get(path)


@contextmanager
def holding(file: HeldFile) -> Iterator[HeldFile]:
    """Let a file's arrays be found under its name."""
    before = _held.get(file.path)
    _held[file.path] = file
    try:
        yield file
    finally:
        _held.pop(file.path)
        if before is not None:
            _held[file.path] = before
