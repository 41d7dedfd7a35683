"""A Picture to the bytes of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files import huge
from updown_cli.files.format import Format
from updown_cli.files.formats import (
    ARCHIVE_ENDING,
    ARRAY_ENDING,
    ARRAY_ENDINGS,
    BY_ENDING,
    FORMATS,
    holds_frames,
)
from updown_cli.files.metadata import fit_metadata
from updown_cli.files.npy_rows import NpyTarget, rows_are_runs
from updown_cli.files.npz import archive_bytes
from updown_cli.files.picture import Picture, colour_and_alpha
from updown_cli.files.reading import DEPTHS
from updown_cli.files.row_target import RowWriter
from updown_cli.stores.draft import Parts
from updown_cli.tensors.layout import SIDES, array_parts, from_planes

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Pillow's mode for one channel of each type, and the type that other numbers are rounded to.
ONE_CHANNEL = {"uint8": "L", "uint16": "I;16", "int32": "I", "float32": "F"}


def out_gain(source: Picture, dtype: str) -> float:
    """Return what results are multiplied by so that white stays white at another depth."""
    target = {"uint8": 255.0, "uint16": 65535.0}.get(dtype, source.white)
    return target / source.white


def out_dtype(
    source: Picture,
    suffix: str,
    *,
    selects_values: bool,
    code_values: bool = True,
    depth: str | None = None,
) -> str:
    """Return the type in which a result is stored.

    An array keeps the type of its array; made from a picture, or of what is no code values, it is
    of floats, or of the picture's own type where values are only selected. A picture keeps its
    depth, and floats become 8-bit, except a float picture, which stays float. A `depth` that was
    asked for wins.
    """
    if depth is not None:
        return DEPTHS[depth]
    stored = source.pixels.dtype.name
    if suffix in ARRAY_ENDINGS:
        same = selects_values or (code_values and not source.colour)
        return stored if same else _float_for(stored)
    if source.colour or stored in ("uint8", "uint16"):
        return stored
    return "uint8"


def _float_for(stored: str) -> str:
    return "float64" if stored in ("float64", "int32", "uint32", "int64") else "float32"


def only_what_fits(picture: Picture, suffix: str) -> Picture:
    """Return the first frame of an animation, with a remark, where the format holds but one."""
    if picture.frames == 1 or not picture.colour or holds_frames(suffix):
        return picture
    remark = f"of {picture.frames} frames only the first: {suffix} holds one"
    return replace(picture, pixels=picture.pixels[:1], remarks=(*picture.remarks, remark))


def encode(
    source: Picture,
    pixels: NDArray[Any],
    suffix: str,
    layout: str | None,
    asked: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return the file that holds `pixels`, made from `source`, in the format of an ending."""
    return b"".join(encoded_parts(source, pixels, suffix, layout, asked)[0])


def encoded_parts(
    source: Picture,
    pixels: NDArray[Any],
    suffix: str,
    layout: str | None,
    asked: Mapping[str, str],
) -> tuple[Parts, list[str]]:
    """Return what `encode` does in parts, and what the file could not hold.

    The pixels of an array are not copied.
    """
    if suffix in ARRAY_ENDINGS:
        parts = array_parts(from_planes(pixels, result_layout(source, pixels.shape, layout)))
        if suffix == ARCHIVE_ENDING:
            return (archive_bytes(b"".join(parts), source.member),), []
        return parts, []
    if pixels.ndim == 5 and source.colour:
        pixels = pixels[0].swapaxes(0, 1)  # a volume's depth are the frames that it was read from
    if pixels.ndim != 4:
        raise InputError(f"{pixels.ndim - 2}-D data is no picture", hint="write .npy")
    data, remarks = _encode_picture(source, pixels, BY_ENDING[suffix], asked)
    return (data,), remarks


def result_layout(source: Picture, shape: tuple[int, ...], layout: str | None) -> str:
    """Return the axes of an array file of frames x channels x sides, made from `source`."""
    default = ("N" if shape[0] > 1 else "") + "C" + SIDES[len(shape) - 2]
    return layout or source.layout or default


def may_be_written_in_rows(suffix: str) -> bool:
    """Whether some results with an ending are written row by row."""
    if suffix in ARRAY_ENDINGS:
        return suffix == ARRAY_ENDING
    own = type(BY_ENDING[suffix]).row_opener
    return own is not Format.row_opener and huge.is_found()


def row_writer(
    source: Picture,
    shape: tuple[int, ...],
    dtype: str,
    suffix: str,
    settings: tuple[str | None, Mapping[str, str]],
) -> RowWriter | None:
    """Return how a result of frames x channels x sides is written row by row; None if whole.

    `settings` are the layout of arrays, and what was asked of an encoder. Pictures are written so
    where the extra `huge` is.
    """
    layout, asked = settings
    if suffix == ARRAY_ENDING:
        axes = result_layout(source, shape, layout)
        opener = partial(NpyTarget, shape=shape, dtype=dtype, layout=axes)
        return RowWriter(open=opener) if rows_are_runs(shape, axes) else None
    if suffix in ARRAY_ENDINGS or len(shape) != 4 or shape[0] > 1 or not huge.is_installed():
        return None
    return _picture_writer(source, shape, dtype, BY_ENDING[suffix], asked)


def _picture_writer(
    source: Picture,
    shape: tuple[int, ...],
    dtype: str,
    fmt: Format,
    asked: Mapping[str, str],
) -> RowWriter | None:
    mode = _mode(source, shape[1], dtype)
    if max(shape[2:]) > fmt.longest or not fmt.holds(mode, 1):
        return None  # who writes it whole says why it cannot be
    metadata, left_out = _fitting(source, shape, fmt, mode)
    opener = fmt.row_opener(replace(source, metadata=metadata), shape, mode, asked)
    return RowWriter(open=opener, remarks=tuple(left_out)) if opener else None


def _fitting(
    source: Picture, shape: tuple[int, ...], fmt: Format, mode: str
) -> tuple[dict[str, Any], list[str]]:
    """Return what a file can hold of what describes its source, and what it cannot."""
    if not source.metadata:
        return source.metadata, []
    height, width = shape[2:]
    sizes = source.pixels.shape[:1:-1][:2], (width, height)
    return fit_metadata(source.metadata, fmt, _colour_of(mode), sizes)


def _encode_picture(
    source: Picture, pixels: NDArray[Any], fmt: Format, asked: Mapping[str, str]
) -> tuple[bytes, list[str]]:
    """Return a file, and what it could not hold."""
    mode = _mode(source, pixels.shape[1], _name_of(pixels.dtype))
    mode, pixels, remarks = fmt.fit(mode, pixels)
    if max(pixels.shape[2:]) > fmt.longest:
        raise InputError(f"{fmt.name} has at most {fmt.longest} pixels a side", hint="write .png")
    if not fmt.frames and len(pixels) > 1:
        raise InputError(f"{fmt.name} cannot hold {len(pixels)} frames", hint="write .tif or .gif")
    if not fmt.holds(mode, len(pixels)):
        raise InputError(f"{fmt.name} cannot hold {_in_words(mode)}", hint=_instead(mode, fmt))
    metadata, left_out = _fitting(source, pixels.shape, fmt, mode)
    if metadata is not source.metadata:
        source = replace(source, metadata=metadata)
    return _encode(source, pixels, fmt, mode, asked), remarks + left_out


def _encode(
    source: Picture, pixels: NDArray[Any], fmt: Format, mode: str, asked: Mapping[str, str]
) -> bytes:
    """Return a file; whatever an encoder raises costs this file alone."""
    try:
        return fmt.encode(source, pixels, mode, asked)
    except (InputError, MemoryError):
        raise
    except Exception:
        raise InputError(f"{fmt.name} cannot be written of it", hint="write .tif or .npy") from None


@cache
def _name_of(dtype: Any) -> str:
    """Return the name of a type, which NumPy puts together anew each time."""
    return str(dtype.name)


def _colour_of(mode: str) -> str:
    """Return the colour model of a mode: L, RGB or CMYK."""
    return next((model for model in ("CMYK", "RGB") if model in mode), "L")


def _mode(source: Picture, channels: int, dtype: str) -> str:
    colour, alpha = colour_and_alpha(source, channels)
    bands = channels - len(colour) - alpha
    if dtype == "uint8" and not bands:
        return colour + "A" * alpha
    if (colour, alpha, bands) == ("L", False, 0) and dtype in ONE_CHANNEL:
        return ONE_CHANNEL[dtype]
    return f"{dtype} {colour}{'A' * alpha}" + (f"+{bands}" if bands else "")


def _in_words(mode: str) -> str:
    if "+" in mode:
        return "bands beside its colours"
    words = {
        "I;16": "16-bit grey",
        "I": "32-bit integers",
        "F": "floats",
        "CMYK": "CMYK",
        "LA": "transparency",
        "RGBA": "transparency",
        "L": "grey",
        "RGB": "colour",
    }
    return words.get(mode, f"{mode.split()[0]} colour")


def _instead(mode: str, fmt: Format) -> str:
    fitting = [f.endings[0] for f in FORMATS if mode.partition(" ")[0] in f.deep_types]
    fitting += [f.endings[0] for f in FORMATS if mode in f.modes and f != fmt]
    names = " or ".join(dict.fromkeys([*fitting[:1], ".npy"]))
    if mode in ("LA", "RGBA"):
        return f"write {names}, or use --alpha drop"
    return f"write {names}" if mode in ("L", "RGB", "CMYK") else f"write {names}, or use --depth 8"
