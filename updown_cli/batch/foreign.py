"""What lies in folders beside pictures: captions, films, sidecars, and what only is called one."""

from __future__ import annotations

import os

from updown_cli.errors import InputError
from updown_cli.files.formats import ARRAY_ENDINGS, BY_ENDING, ending
from updown_cli.files.peek import peek
from updown_cli.files.reading import Reading

#: Endings that pictures have, of formats that cannot be written, or be read here at all.
OTHER_PICTURES = frozenset((
    *(".heic", ".heif", ".hif", ".avif", ".jxl", ".jp2", ".j2k", ".jpx", ".jpf", ".ico", ".qoi"),
    *(".pfm", ".pbm", ".svg", ".svgz", ".psd", ".psb", ".xcf", ".exr", ".hdr"),
    # what cameras write
    *(".dng", ".nef", ".nrw", ".cr2", ".cr3", ".crw", ".arw", ".srf", ".sr2", ".raf", ".orf"),
    *(".rw2", ".pef", ".srw", ".x3f", ".erf", ".kdc", ".dcr", ".3fr", ".iiq", ".mef", ".mos"),
    *(".mrw", ".rwl"),
))  # fmt: skip

# Refusals by which a file gives up its result's name: it holds no picture, or none for us.
WITHOUT_RESULT = ("not_an_image", "not_regular", "unsupported")


def has_picture_name(path: str) -> bool:
    """Whether a file is called a picture or an array."""
    suffix = ending(path)
    return suffix in BY_ENDING or suffix in ARRAY_ENDINGS or suffix in OTHER_PICTURES


def is_foreign(path: str, error: InputError) -> bool:
    """Whether a file of a folder that is refused is none of ours, and so no failure."""
    if error.code == "not_regular":
        return True
    return not has_picture_name(path) and (error.code == "not_an_image" or _is_empty(path))


def refusal_of(path: str, reading: Reading) -> InputError | None:
    """Return why a file will have no result, as far as its beginning tells; None if it may have."""
    try:
        peek(path, reading)
    except InputError as error:
        return error if error.code in WITHOUT_RESULT or _is_empty(path) else None
    return None


def _is_empty(path: str) -> bool:
    try:
        return os.path.getsize(path) == 0
    except OSError:
        return False
