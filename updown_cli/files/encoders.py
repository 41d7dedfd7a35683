"""How each format is encoded: good defaults, and the options of `--co`."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UsageError
from updown_cli.files.formats import BY_ENDING, Format
from updown_cli.files.metadata import metadata_settings
from updown_cli.files.picture import Picture
from updown_cli.op.param_types import Choice, Flag, Int, ParamType, nearest_name

if TYPE_CHECKING:
    from PIL import Image

#: What `--co` can set, by Pillow's names.
OPTIONS: dict[str, dict[str, ParamType]] = {
    "PNG": {"compress_level": Int(min=0, max=9), "optimize": Flag()},
    "JPEG": {
        "quality": Int(min=1, max=100),
        "subsampling": Choice(("4:4:4", "4:2:2", "4:2:0")),
        "progressive": Flag(),
        "optimize": Flag(),
    },
    "TIFF": {"compression": Choice(("raw", "tiff_deflate", "tiff_lzw", "packbits"))},
    "WEBP": {"quality": Int(min=0, max=100), "lossless": Flag(), "method": Int(min=0, max=6)},
}

DEFAULTS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": "4:4:4"},
    "TIFF": {"compression": "tiff_deflate"},
}

# Strips of rows that tell how a picture compresses.
STRIPS, STRIP_ROWS = 4, 4

# How much larger a file may be for speed: than with matches, and without run lengths than with.
LARGER, LARGER_THAN_RUNS = 1.03, 1.05


def check_option(text: str) -> tuple[str, str]:
    """Return (name, value) of `name=value`; raise UsageError if no format has such an option."""
    name, equals, value = text.partition("=")
    kinds = [options[name] for options in OPTIONS.values() if name in options]
    if not equals or not kinds:
        names = sorted({name for options in OPTIONS.values() for name in options})
        hint = nearest_name(name, names).removeprefix("; ") or f"there are {', '.join(names)}"
        raise UsageError("no format has this option", subject=f"--co {text}", hint=hint)
    for kind in kinds:
        try:
            kind.check(kind.parse(value))
        except ValueError as error:
            raise UsageError(str(error), subject=f"--co {text}") from None
    return name, value


def check_used(asked: Mapping[str, str], endings: set[str]) -> None:
    """Raise UsageError for an option that none of the formats of the results has."""
    formats = sorted({BY_ENDING[ending].name for ending in endings if ending in BY_ENDING})
    for name in asked:
        if not any(name in OPTIONS.get(fmt, {}) for fmt in formats):
            known = " or ".join(fmt for fmt, options in OPTIONS.items() if name in options)
            raise UsageError(f"goes with {known} results", subject=f"--co {name}")


def save_settings(
    source: Picture, fmt: Format, images: list[Image.Image], asked: Mapping[str, str]
) -> dict[str, Any]:
    """Return Pillow's settings for a file: what is kept, what is good, what was asked."""
    settings = metadata_settings(source.metadata, fmt, images[0].size)
    settings.update(DEFAULTS.get(fmt.name, {}))
    if fmt.name == "JPEG" and "quality" not in asked and source.metadata.get("jpeg"):
        settings.pop("quality")
        settings.update(source.metadata["jpeg"])
    if fmt.name == "PNG":
        settings.update(compress_type=_compress_type(images[0]))
    known = OPTIONS.get(fmt.name, {})
    settings.update(
        {name: known[name].parse(text) for name, text in asked.items() if name in known}
    )
    if len(images) > 1:
        settings.update(save_all=True, append_images=images[1:])
        settings.update(_timing(source.metadata, len(images), fmt))
    return settings


def _timing(metadata: dict[str, Any], frames: int, fmt: Format) -> dict[str, Any]:
    """Return durations and loop of an animation whose frames are still all there."""
    durations = metadata.get("duration", [])
    timing = {} if len(durations) != frames or None in durations else {"duration": durations}
    if metadata.get("loop") is not None:
        timing["loop"] = metadata["loop"]
    return timing if fmt.name != "TIFF" else {}


def _compress_type(image: Image.Image) -> int:
    """Return zlib's quickest strategy for a picture that costs little size.

    Photographs have few repeats: entropy coding alone, or with run lengths, takes a fifth of the
    time that matches do. A few strips tell how much each saves.
    """
    sample = _sample(image)
    kinds = zlib.Z_DEFAULT_STRATEGY, zlib.Z_RLE, zlib.Z_HUFFMAN_ONLY
    matches, runs, alone = (_png_size(sample, kind) for kind in kinds)
    if alone <= min(LARGER * matches, LARGER_THAN_RUNS * runs):
        return zlib.Z_HUFFMAN_ONLY
    return zlib.Z_RLE if runs <= LARGER * matches else zlib.Z_DEFAULT_STRATEGY


def _sample(image: Image.Image) -> Image.Image:
    """Return strips from all over a picture, one below the other; all of a low one."""
    if image.height <= STRIPS * STRIP_ROWS:
        return image
    sample = image.crop((0, 0, image.width, STRIPS * STRIP_ROWS))
    for number in range(STRIPS):
        top = (2 * number + 1) * (image.height - STRIP_ROWS) // (2 * STRIPS)
        strip = image.crop((0, top, image.width, top + STRIP_ROWS))
        sample.paste(strip, (0, number * STRIP_ROWS))
    return sample


def _png_size(image: Image.Image, compress_type: int) -> int:
    file = io.BytesIO()
    image.save(file, "PNG", compress_type=compress_type)
    return file.tell()
