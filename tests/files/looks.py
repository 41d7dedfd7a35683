"""What is read of a file at one look, and by one who looks closely."""

from __future__ import annotations

from typing import Any

import pytest

from updown_cli.errors import InputError
from updown_cli.files.format import Format
from updown_cli.files.frames import Frames
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading

#: Ways of reading that differ.
READINGS = {
    "plain": Reading(),
    "texts": Reading(keep=frozenset({"text"})),
    "resolution": Reading(keep=frozenset({"dpi"})),
    "no alpha": Reading(alpha="drop"),
    "one frame": Reading(frames=Frames(0, 0)),
    "volume": Reading(frames=Frames(volume=True)),
    "grey": Reading(colour="gray"),
    "few pixels": Reading(max_pixels=19),
    "damaged": Reading(accept_damaged=True),
}


def outcome(data: bytes, reading: Reading) -> Any:
    """Return all that is read, or the refusal."""
    try:
        picture = read_bytes(data, reading)
    except InputError as error:
        return str(error), error.code
    facts = picture.colour, picture.alpha, picture.format, picture.metadata, picture.remarks
    return *facts, picture.pixels.dtype, picture.pixels.tolist()


def at_two_looks(
    fmt: type[Format], data: bytes, reading: Reading, patch: pytest.MonkeyPatch
) -> Any:
    """Return the same of one who looks closely at every file of a format."""
    with patch.context() as context:
        context.setattr(fmt, "read_plain", lambda *_: None)
        return outcome(data, reading)
