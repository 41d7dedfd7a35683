"""Rows of a picture on their way: where they come from, and where the rows of a result go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.engine.memory import release_pages

if TYPE_CHECKING:
    from numpy.typing import NDArray


class RowSource:
    """Where frames x channels x sides come from, some rows at a time; rows are the first side."""

    shape: tuple[int, ...]
    dtype: Any

    @property
    def channels_last(self) -> bool:
        """Whether the channels of a pixel are side by side."""
        return True

    def read(self, first: int, last: int) -> NDArray[Any]:
        """Return rows [first, last) of all frames; they come fastest from top to bottom."""
        raise NotImplementedError

    def release(self) -> None:
        """Let go of what was read and can be read again."""

    def whole(self) -> NDArray[Any]:
        """Return all rows."""
        return self.read(0, self.shape[2])


class UnreadPixels(RowSource):
    """Pixels that are still in their file, which can be read like an array or row by row.

    Whoever does not ask for rows gets all of them as an array.
    """

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Any:
        return self.whole()[key]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        whole = self.whole()
        return whole if dtype is None else whole.astype(dtype, copy=False)


class ArraySource(RowSource):
    """The rows of an array."""

    def __init__(self, pixels: NDArray[Any]) -> None:
        self.pixels, self.shape, self.dtype = pixels, pixels.shape, pixels.dtype

    @property
    def channels_last(self) -> bool:
        """Whether the channels of a pixel are side by side."""
        return self.pixels.strides[1] < self.pixels.strides[-1]

    def read(self, first: int, last: int) -> NDArray[Any]:
        """Return rows [first, last) of all frames, not copied."""
        return self.pixels[:, :, first:last]

    def release(self) -> None:
        """Let go of the pages of a mapped file."""
        release_pages(self.pixels)


def row_source(pixels: NDArray[Any] | RowSource) -> RowSource:
    """Return the rows of an array, or of what is still in its file."""
    return pixels if isinstance(pixels, RowSource) else ArraySource(pixels)


class RowTarget:
    """Where the rows of a result go: rooms are filled at the same time, then taken in order."""

    def begin(self) -> None:
        """Forget what was taken, if anything: the result comes again from its first row on."""

    def room(self, first: int, last: int) -> NDArray[Any]:
        """Return room for rows [first, last) of all frames, to be filled."""
        raise NotImplementedError

    def take(self, first: int, rows: NDArray[Any]) -> None:
        """Take the room of the next rows, which is filled."""

    def put(self, pixels: NDArray[Any]) -> None:
        """Take a whole result."""
        self.begin()
        room = self.room(0, pixels.shape[2])
        room[...] = pixels
        self.take(0, room)


class ArrayTarget(RowTarget):
    """An array that is filled."""

    def __init__(self, shape: tuple[int, ...], dtype: str, *, channels_last: bool) -> None:
        self.pixels = new_rows(shape, dtype, channels_last=channels_last)

    def room(self, first: int, last: int) -> NDArray[Any]:
        """Return rows of the array itself."""
        return self.pixels[:, :, first:last]


def new_rows(shape: tuple[int, ...], dtype: str, *, channels_last: bool) -> NDArray[Any]:
    """Return room for frames x channels x sides, channels side by side if they shall be."""
    import numpy as np

    if not channels_last:
        return np.empty(shape, dtype)
    frames, channels, *sides = shape
    return np.moveaxis(np.empty((frames, *sides, channels), dtype), -1, 1)
