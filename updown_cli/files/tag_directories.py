"""Directories of tags, as TIFF files and EXIF data have them, read and written byte by byte.

Values stay the bytes that they are (TIFF 6.0, section 2; EXIF 2.32, section 4.6), so that what
nobody changes comes out as it went in, whatever its alphabet.
"""

from __future__ import annotations

import struct
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.blocks import read_exactly, unpack_next
from updown_cli.files.damage import damaged_error, truncated_error

#: Bytes of one value of each type.
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
         16: 8, 17: 8, 18: 8}  # fmt: skip

#: `struct`'s letters for the types that sizes, places and resolutions have.
LETTERS = {1: "B", 3: "H", 4: "I", 5: "II", 13: "I", 16: "Q", 18: "Q"}

# Types, and the bytes of the numbers of which they consist.
BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 1, 2, 3, 4, 5, 7, 16
WORDS = {3: 2, 8: 2, 4: 4, 5: 4, 9: 4, 10: 4, 11: 4, 13: 4, 12: 8, 16: 8, 17: 8, 18: 8}

#: More bytes than any description of a picture has, and more strips than any page.
MOST_BYTES = 1 << 26

# What all values may take: their file, twice, for there are writers that let pages share them.
SHARED, SPARE = 2, 1 << 20

#: The versions of a header: letters of a place and of a directory's length.
VERSIONS = {42: ("I", "H"), 43: ("Q", "Q")}


@dataclass(frozen=True)
class Entry:
    """The values of a tag as bytes: their type, how many, and the order of their bytes."""

    kind: int
    count: int
    data: bytes
    order: str = "<"

    def numbers(self) -> tuple[int, ...]:
        """Return the values as whole numbers, of a fraction both parts; none for other types."""
        letters = LETTERS.get(self.kind)
        if letters is None:
            return ()
        return struct.unpack(self.order + letters * self.count, self.data)

    def in_order(self, order: str) -> Entry:
        """Return the same values with their bytes in another order."""
        word = WORDS.get(self.kind, 1)
        if order == self.order or word == 1:
            return replace(self, order=order)
        words = [self.data[at : at + word][::-1] for at in range(0, len(self.data), word)]
        return replace(self, order=order, data=b"".join(words))


Directory = dict[int, Entry]


def numbers_of(directory: Mapping[int, Entry], tag: int, *default: int) -> tuple[int, ...]:
    """Return a tag's values as whole numbers; the default if it is not there."""
    entry = directory.get(tag)
    return (entry.numbers() if entry else ()) or default


def number_entry(kind: int, *numbers: int) -> Entry:
    """Return an entry of whole numbers."""
    letters = LETTERS[kind]
    count = len(numbers) // len(letters)
    return Entry(kind, count, struct.pack("<" + letters * count, *numbers))


def bytes_entry(kind: int, data: bytes) -> Entry:
    """Return an entry of bytes."""
    return Entry(kind, len(data), data)


@dataclass
class DirectoryFile:
    """An open file of directories and how its numbers are written.

    If it `ends`, each directory tells where the next one is; EXIF data need not. `taken` are the
    bytes of all values that were read.
    """

    file: BinaryIO
    start: int
    order: str
    place: str
    length: str
    size: int
    ends: bool = True
    taken: int = 0

    @property
    def _entry(self) -> str:
        return f"{self.order}HH{self.place}"

    @property
    def _room(self) -> int:
        """Bytes of values that stand in their entry."""
        return struct.calcsize(self.order + self.place)

    @property
    def _is_spent(self) -> bool:
        """Whether many values stand in one place, which takes long and says nothing."""
        return self.taken > SHARED * self.size + SPARE

    def read_numbers(self, letters: str) -> tuple[int, ...]:
        """Return the next numbers."""
        return unpack_next(self.file, self.order + letters, "TIFF")

    def directory(
        self, offset: int, wanted: Container[int] | None = None, must: Container[int] | None = None
    ) -> tuple[Directory, int]:
        """Return a directory, or its wanted tags, and where the next one is.

        Raises InputError for one that is not there, and for broken values, if these `must` be
        whole; all must if it is None.
        """
        entries = self._entries(offset)
        following = self.file.read(self._room)
        if len(following) < self._room and self.ends:
            raise truncated_error("TIFF")
        found = {}
        for entry in entries:
            tag, kind, number = struct.unpack_from(self._entry, entry)
            if wanted is not None and tag not in wanted:
                continue
            try:
                if kind in SIZES:
                    found[tag] = self._value(kind, number, entry[-self._room :])
                elif must is not None and tag in must:
                    raise damaged_error("TIFF")
            except InputError:
                if must is None or tag in must or self._is_spent:
                    raise
        whole = len(following) == self._room
        return found, struct.unpack(self.order + self.place, following)[0] if whole else 0

    def _entries(self, offset: int) -> list[bytes]:
        self.file.seek(self.start + offset)
        (count,) = self.read_numbers(self.length)
        length = struct.calcsize(self._entry) + self._room
        if count * length > self.size:
            raise truncated_error("TIFF")
        data = read_exactly(self.file, count * length, "TIFF")
        return [data[at : at + length] for at in range(0, len(data), length)]

    def _value(self, kind: int, count: int, room: bytes) -> Entry:
        """Return values, which stand in their entry or, if they do not fit, elsewhere."""
        length = SIZES[kind] * count
        if length > MOST_BYTES:
            raise damaged_error("TIFF")
        if length <= self._room:
            return Entry(kind, count, room[:length], self.order)
        self.taken += length
        if self._is_spent:
            raise damaged_error("TIFF")
        (place,) = struct.unpack_from(self.order + self.place, room)
        if self.start + place + length > self.size:
            raise truncated_error("TIFF")
        self.file.seek(self.start + place)
        return Entry(kind, count, read_exactly(self.file, length, "TIFF"), self.order)


def open_directories(file: BinaryIO, size: int, start: int = 0) -> tuple[DirectoryFile, int]:
    """Return an open file of directories, and where the first one is."""
    file.seek(start)
    order = {b"II": "<", b"MM": ">"}[read_exactly(file, 2, "TIFF")]
    (version,) = unpack_next(file, order + "H", "TIFF")
    reader = DirectoryFile(file, start, order, *VERSIONS[version], size)
    if version == 43:
        reader.read_numbers("HH")
    return reader, reader.read_numbers(reader.place)[0]


def directory_bytes(
    directory: Directory, offset: int, order: str, following: int = 0, *, big: bool = False
) -> bytes:
    """Return a directory, and its values behind it, as they must stand at an even offset."""
    place, length = VERSIONS[43 if big else 42]
    room = struct.calcsize("<" + place)
    count = struct.pack(order + length, len(directory))
    heap = offset + len(count) + (4 + 2 * room) * len(directory) + room
    entries, values = [count], b""
    for tag, given in sorted(directory.items()):
        entry = given.in_order(order)
        if len(entry.data) <= room:
            field = entry.data.ljust(room, b"\0")
        else:
            field = struct.pack(order + place, heap + len(values))
            values += entry.data + b"\0" * (len(entry.data) % 2)
        entries.append(struct.pack(order + "HH" + place, tag, entry.kind, entry.count) + field)
    return b"".join([*entries, struct.pack(order + place, following), values])
