"""The picture formats: their names, endings, and what each can hold."""

from __future__ import annotations

import os
from dataclasses import dataclass

from updown_cli.errors import UsageError
from updown_cli.op.param_types import nearest_name


@dataclass(frozen=True)
class Format:
    """A file format by Pillow's name; `modes` are the Pillow modes that it can be written in.

    No side has more than `longest` pixels.
    """

    name: str
    endings: tuple[str, ...]
    modes: tuple[str, ...]
    keeps: tuple[str, ...] = ()
    frames: bool = False
    longest: int = (1 << 31) - 1


#: Colour of 16 bits, for which Pillow has no mode.
DEEP_RGB = "uint16 RGB"

FORMATS = (
    Format(
        "PNG",
        (".png", ".apng"),
        ("L", "LA", "RGB", "RGBA", "I;16"),
        ("icc", "exif", "xmp", "dpi", "text"),
        frames=True,
    ),
    Format(
        "JPEG",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        ("L", "RGB", "CMYK"),
        ("icc", "exif", "xmp", "dpi", "comment"),
        longest=65500,
    ),
    Format(
        "TIFF",
        (".tif", ".tiff"),
        ("L", "LA", "RGB", "RGBA", "CMYK", "I;16", "I", "F"),
        ("icc", "exif", "xmp", "dpi"),
        frames=True,
    ),
    Format("WEBP", (".webp",), ("RGB", "RGBA"), ("icc", "exif", "xmp"), frames=True, longest=16383),
    Format("GIF", (".gif",), ("L", "RGB", "RGBA"), ("comment",), frames=True, longest=65535),
    Format("BMP", (".bmp", ".dib"), ("L", "RGB", "RGBA"), ("dpi",)),
    Format("PPM", (".ppm", ".pgm", ".pnm"), ("L", "RGB", "I;16", DEEP_RGB)),
    Format("TGA", (".tga",), ("L", "LA", "RGB", "RGBA"), longest=65535),
)

ARRAY_ENDING, ARCHIVE_ENDING = ".npy", ".npz"
ARRAY_ENDINGS = (ARRAY_ENDING, ARCHIVE_ENDING)

BY_ENDING = {ending: fmt for fmt in FORMATS for ending in fmt.endings}


def ending(path: str) -> str:
    """Return a file name's ending in lower case."""
    return os.path.splitext(path)[1].lower()


def ending_of(name: str) -> str:
    """Return the ending of a format by Pillow's name; an array's for any other."""
    return next((fmt.endings[0] for fmt in FORMATS if fmt.name == name), ARRAY_ENDING)


def holds_frames(suffix: str) -> bool:
    """Whether a file with this ending can hold several frames."""
    return suffix in ARRAY_ENDINGS or BY_ENDING[suffix].frames


def is_array(path: str) -> bool:
    """Whether a file name is an array's."""
    return ending(path) == ARRAY_ENDING


def check_writable(path: str) -> None:
    """Raise UsageError for a name whose ending names no format that can be written."""
    suffix = ending(path)
    known = (*BY_ENDING, *ARRAY_ENDINGS)
    if suffix in known:
        return
    near = nearest_name(suffix, known).removeprefix("; ")
    reason = f"unknown ending '{suffix}'" if suffix else "no ending"
    hint = near or "end the name in .png, .jpg, .tif or .npy, say"
    raise UsageError(reason, subject=path, hint=hint)
