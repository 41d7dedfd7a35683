"""Every picture format, and which one a name or a file means."""

from __future__ import annotations

import os

from updown_cli.errors import InputError, UsageError
from updown_cli.files.avif import Avif
from updown_cli.files.bmp import Bmp
from updown_cli.files.format import Format
from updown_cli.files.gif import Gif
from updown_cli.files.heif import Heif
from updown_cli.files.ico import Ico
from updown_cli.files.jpeg import Jpeg
from updown_cli.files.jpeg2000 import Jpeg2000
from updown_cli.files.jpegxl import JpegXl
from updown_cli.files.pfm import Pfm
from updown_cli.files.png import Png
from updown_cli.files.ppm import Ppm
from updown_cli.files.qoi import Qoi
from updown_cli.files.tga import Tga
from updown_cli.files.tiff import Tiff
from updown_cli.files.unreadable import check_readable
from updown_cli.files.webp import Webp
from updown_cli.op.meant import nearest_name
from updown_cli.stores.spelling import last_name
from updown_cli.stores.tar_names import REPACK
from updown_cli.stores.tar_reading import UNREAD

#: Every format; of several that a file may be, the first one is meant.
FORMATS: tuple[Format, ...] = (
    *(Png(), Jpeg(), Tiff(), Webp(), Gif(), Avif(), Heif(), Jpeg2000(), JpegXl()),
    *(Bmp(), Pfm(), Ppm(), Qoi(), Ico(), Tga()),
)

#: Formats of almost all files, whose signatures no other kind of file has.
COMMON = FORMATS[:2]

ARRAY_ENDING, ARCHIVE_ENDING = ".npy", ".npz"
ARRAY_ENDINGS = (ARRAY_ENDING, ARCHIVE_ENDING)

BY_ENDING = {ending: fmt for fmt in FORMATS for ending in fmt.endings}

#: The endings of files that can be written.
WRITABLE = (*BY_ENDING, *ARRAY_ENDINGS)


def format_of(head: bytes) -> Format:
    """Return the format of a file that begins so; raise InputError if it is no picture."""
    if not head:
        raise InputError("empty file", code="truncated")
    for fmt in COMMON:
        if fmt.is_signed(head):
            return fmt
    check_readable(head)
    for fmt in FORMATS:
        if fmt.may_be(head):
            return fmt
    packed = next((by for magic, by in UNREAD.items() if head.startswith(magic)), None)
    hint = "" if packed is None else f"it is packed by {packed}: {REPACK}"
    raise InputError("not a supported image", hint=hint, code="not_an_image")


#: The endings of a page, which every command that makes one takes.
PAGE_ENDINGS = (".html", ".htm")


def ending(path: str) -> str:
    """Return a file name's ending in lower case."""
    return os.path.splitext(last_name(path))[1].lower()


def ending_of(name: str) -> str:
    """Return the ending of a format by Pillow's name; an array's for any other."""
    return next((fmt.endings[0] for fmt in FORMATS if fmt.name == name), ARRAY_ENDING)


def holds_frames(suffix: str) -> bool:
    """Whether a file with this ending can hold several frames."""
    return suffix in ARRAY_ENDINGS or BY_ENDING[suffix].frames


def is_array(path: str) -> bool:
    """Whether a file name is an array's."""
    return ending(path) == ARRAY_ENDING


def check_writable(path: str, *, or_folder: bool = False) -> None:
    """Raise UsageError for a name whose ending names no format that can be written.

    One without ending may be meant as a folder where there can be one.
    """
    suffix = ending(path)
    if suffix in WRITABLE:
        return
    near = nearest_name(suffix, WRITABLE).removeprefix("; ")
    reason = f"unknown ending '{suffix}'" if suffix else "no ending"
    hint = near or "end the name in .png, .jpg, .tif or .npy, say"
    if or_folder and not suffix:
        hint = f"end the name in .png, .jpg, .tif or .npy, say, or give {path}/ for a folder"
    raise UsageError(reason, subject=path, hint=hint)
