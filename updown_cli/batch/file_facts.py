"""What is known of a file without decoding it: how many bytes it has, and its shape."""

from __future__ import annotations

from updown_cli.errors import InputError
from updown_cli.files.npz import split_member
from updown_cli.files.peek import peek
from updown_cli.files.reading import Reading
from updown_cli.stores.names import status_of


def bytes_of(path: str) -> int | None:
    """Return the size of a file; None of what is none, such as standard input."""
    status = status_of(split_member(path)[0])
    return None if status is None else status.size


def shapes_of(
    source: str, result: str, reading: Reading
) -> tuple[list[int] | None, list[int] | None]:
    """Return the shapes that the headers of a source and its result tell; None if they do not."""
    return _shape_of(source, reading), _shape_of(result, reading)


def _shape_of(path: str, reading: Reading) -> list[int] | None:
    try:
        shape, _ = peek(path, reading)
    except InputError:
        return None
    return [shape.channels, *shape.size]
