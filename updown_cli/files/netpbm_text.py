"""Numbers that stand as text in a file, as plain PGM and PPM have their pixels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.files.damage import damaged_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bytes of text that are read at once, and digits of a number.
PIECE, LONGEST_WORD = 1 << 20, 10

COMMENT = re.compile(rb"#[^\r\n]*[\r\n]")

BLANKS = b" \t\n\v\f\r"


def read_numbers(file: BinaryIO, count: int, most: int) -> NDArray[Any]:
    """Return the first numbers of a file from here on, fewer if it has no more.

    Raises InputError for other words, and for numbers above the largest that there may be.
    """
    import numpy as np

    values = np.empty(count, np.uint8 if most < 256 else np.uint16)
    found, left, is_end = 0, b"", False
    while found < count and not is_end:
        piece = file.read(PIECE)
        is_end = not piece
        text, left = _whole_words(left + piece, is_end=is_end)
        numbers = _numbers(text)[: count - found]
        if numbers.size and numbers.max() > most:
            raise damaged_error("PPM")
        values[found : found + numbers.size] = numbers
        found += numbers.size
    return values[:found]


def _whole_words(text: bytes, *, is_end: bool) -> tuple[bytes, bytes]:
    """Return a text without comments up to its last whole word, and what is left of it."""
    text = COMMENT.sub(b"", text)
    text, sign, _ = text.partition(b"#")
    if is_end:
        return text, b""
    whole = max(text.rfind(blank) for blank in (BLANKS[at : at + 1] for at in range(len(BLANKS))))
    word = text[whole + 1 :]
    if len(word) > LONGEST_WORD:
        raise damaged_error("PPM")
    return text[: whole + 1], word + sign


def _numbers(text: bytes) -> NDArray[Any]:
    """Return the numbers of a text of digits and blanks, all at a time."""
    import numpy as np

    letters = np.frombuffer(text, np.uint8)
    digits = letters - np.uint8(ord("0"))  # of blanks, which wrap, more than 9
    is_digit = digits < 10
    if not np.isin(letters[~is_digit], np.frombuffer(BLANKS, np.uint8)).all():
        raise damaged_error("PPM")
    edges = np.flatnonzero(np.diff(is_digit, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    if not starts.size:
        return np.empty(0, np.int64)
    lengths = ends - starts
    if lengths.max() > LONGEST_WORD:
        raise damaged_error("PPM")
    values = np.zeros(starts.size, np.int64)
    for place in range(int(lengths.max())):  # from the first digit on, of those that have so many
        has = lengths > place
        values[has] = values[has] * 10 + digits[starts[has] + place]
    return values
