"""What a picture format is: declared once, asked by everything that reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from updown_cli.op.param_types import ParamType

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.picture import Picture
    from updown_cli.files.reading import Reading
    from updown_cli.files.resolution import Resolution
    from updown_cli.files.row_target import Opener
    from updown_cli.op.shape import Shape


class Format:
    """A file format: how it is told, what it can hold and keep, and how it is read and written.

    `name` is Pillow's. `modes` are what it can be written in without the extra `deep`, by Pillow's
    names, `deep_types` the types of colour that it holds with it,
    `bands` whether also bands that are neither colour nor alpha. `keeps` are kinds of metadata.
    No side has more than `longest` pixels. `signatures` are how its files begin, whatever follows;
    `most_bytes` is what it holds of a kind of metadata, where that is little, and
    `most_values_per_byte` how much of a picture a byte of a file can hold, if rows can be read.
    Files of up to `most_plain_bytes` may be read at one look.
    """

    name: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]
    modes: ClassVar[tuple[str, ...]]
    deep_types: ClassVar[tuple[str, ...]] = ()
    keeps: ClassVar[tuple[str, ...]] = ()
    frames: ClassVar[bool] = False
    bands: ClassVar[bool] = False
    longest: ClassVar[int] = (1 << 31) - 1
    signatures: ClassVar[tuple[bytes, ...]] = ()
    most_bytes: ClassVar[Mapping[str, int]] = {}
    most_values_per_byte: ClassVar[int] = 0
    most_plain_bytes: ClassVar[int] = 0
    options: ClassVar[Mapping[str, ParamType]] = {}
    defaults: ClassVar[Mapping[str, Any]] = {}

    def is_signed(self, head: bytes) -> bool:
        """Whether a file that begins so claims to be of this format, and of no other."""
        return head.startswith(self.signatures) if self.signatures else False

    def may_be(self, head: bytes) -> bool:
        """Whether a file that begins so may be of this format."""
        return self.is_signed(head)

    def check_integrity(self, file: BinaryIO) -> None:
        """Raise InputError if an open file is truncated or contradicts itself.

        The file is walked from its beginning; little of it is kept in memory, and pixels are not
        decoded.
        """

    def read(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture:
        """Return what an open file holds, upright, every chosen frame."""
        raise NotImplementedError

    def read_plain(self, data: bytes, reading: Reading) -> Picture | None:
        """Return a small sound picture from its whole file at one look; None of all others."""
        return None

    def leave(self, file: BinaryIO, head: bytes, reading: Reading) -> Picture | None:
        """Return a large picture whose pixels stay in its open file; None of all others."""
        return None

    def peek(self, file: BinaryIO, head: bytes, reading: Reading) -> tuple[Shape, int]:
        """Return (shape, frames) of an open file from its header."""
        raise NotImplementedError

    def holds(self, mode: str, frames: int) -> bool:
        """Whether pixels of a mode can be written in so many frames."""
        if "+" in mode and not self.bands:
            return False
        deep = mode.partition(" ")[0] in self.deep_types and (frames == 1 or self.frames)
        return mode in self.modes or deep

    def can_state(self, stated: Resolution) -> bool:
        """Whether a resolution can be stated."""
        return not stated.ratio

    def fit(self, mode: str, pixels: NDArray[Any]) -> tuple[str, NDArray[Any], list[str]]:
        """Return mode and pixels as this format says the same, and what gets lost by that."""
        return mode, pixels, []

    def row_opener(
        self, source: Picture, shape: tuple[int, ...], mode: str, asked: Mapping[str, str]
    ) -> Opener | None:
        """Return how 1 x channels x H x W of a mode is written row by row; None if it cannot."""
        return None

    def encode(
        self, source: Picture, pixels: NDArray[Any], mode: str, asked: Mapping[str, str]
    ) -> bytes:
        """Return a file that holds frames x channels x H x W of a mode that it holds."""
        raise NotImplementedError
