"""The bytes of a picture to a Picture; what is broken or would lose bits is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.colours import asks_for_colours, in_colours
from updown_cli.files.damage import DAMAGE
from updown_cli.files.format import Format
from updown_cli.files.formats import format_of
from updown_cli.files.integrity import check_integrity
from updown_cli.files.missing_rows import take_what_there_is
from updown_cli.files.opening import head_of
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading, check_values
from updown_cli.files.unread import leave_in_file

#: What tells what colours mean; it is read to convert them.
PROFILE = "icc"


def decode(file: BinaryIO, reading: Reading) -> Picture:
    """Return the picture that an open file holds, upright, every chosen frame.

    Raises InputError for what is damaged, unless `reading` accepts it: then for what nothing can
    be had of.
    """
    if not reading.accept_damaged:
        return _decode(file, reading)
    try:
        return _decode(file, replace(reading, accept_damaged=False))
    except InputError as error:
        if error.code not in DAMAGE:
            raise
        reason = error.reason
    with take_what_there_is():
        picture = _decode(file, reading)
    remark = f"{reason}, read as far as it goes"
    return replace(picture, remarks=(remark, *picture.remarks))


def _decode(file: BinaryIO, reading: Reading) -> Picture:
    head = head_of(file)
    fmt, picture = format_of(head), None
    if fmt.most_plain_bytes and not asks_for_colours(reading):
        data = head + file.read(fmt.most_plain_bytes)
        if len(data) <= fmt.most_plain_bytes:
            picture = fmt.read_plain(data, reading)
    if picture is None:
        picture = _looked_at_closely(file, fmt, head, reading)
    return _arranged(picture, reading)


def _looked_at_closely(file: BinaryIO, fmt: Format, head: bytes, reading: Reading) -> Picture:
    """Return a picture of any kind, checked from end to end, in the colours asked for."""
    if not reading.accept_damaged:
        check_integrity(file, fmt)
    converts = asks_for_colours(reading)  # of all values at once
    keeps = reading.keep | {PROFILE} if converts else reading.keep
    whole = replace(reading, keep=keeps, unread_from=None) if converts else reading
    picture = leave_in_file(fmt, file, head, whole) or fmt.read(file, head, whole)
    check_values(picture.frames, picture.shape, reading.max_pixels)
    picture = in_colours(picture, reading)
    if keeps != reading.keep and PROFILE in picture.metadata:
        rest = {kind: value for kind, value in picture.metadata.items() if kind != PROFILE}
        picture = replace(picture, metadata=rest)
    return picture


def _arranged(picture: Picture, reading: Reading) -> Picture:
    """Return a picture without alpha if that is dropped, its frames as depth if they are one."""
    pixels, alpha = picture.pixels, picture.alpha
    if not reading.frames.volume and not (alpha and reading.alpha == "drop"):
        return picture
    if alpha and reading.alpha == "drop":
        pixels, alpha = pixels[:, :-1], False
    if reading.frames.volume:
        pixels = pixels.swapaxes(0, 1)[None]
    return replace(picture, pixels=pixels, alpha=alpha)
