"""TIFF pages of more than 8 bits in colour, which Pillow cannot read or would cut."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files.deep import deep_picture, missing_extra
from updown_cli.files.exif import turn_array
from updown_cli.files.opening import silence
from updown_cli.files.picture import Picture
from updown_cli.files.reading import check_pixels
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tifffile import TiffFile

#: The TIFF colour models, by tifffile's names, whose channels are grey or red, green, blue.
COLOUR_MODELS = {"RGB", "MINISBLACK"}


def read_deep_pages(
    data: bytes,
    metadata: dict[str, Any],
    orientation: int,
    limit: int,
    remarks: tuple[str, ...] = (),
) -> Picture:
    """Return every page of a TIFF file of any depth, if it has no more pixels than the limit."""
    shape, frames = peek_deep_pages(io.BytesIO(data))
    check_pixels(math.prod(shape.size) * frames, limit)
    with _opened(io.BytesIO(data)) as file:
        pages = [_read_page(page) for page in file.pages]
        profile = file.pages.first.iccprofile
    if profile and "icc" not in metadata:
        metadata = {**metadata, "icc": profile}
    turned = [turn_array(page, orientation) for page in pages]
    return deep_picture(turned, "TIFF", metadata, remarks)


def peek_deep_pages(file: BinaryIO) -> tuple[Shape, int]:
    """Return (shape, frames) of a TIFF file of any depth, from its tags."""
    with _opened(file) as tiff:
        if not (tiff.is_bigtiff or all(_is_deep(page) for page in tiff.pages)):
            raise InputError("damaged TIFF", code="corrupt")  # or Pillow had read it
        models = {_colour_model(page) for page in tiff.pages}
        first = tiff.pages.first
        shape = Shape(first.samplesperpixel, first.imagelength, first.imagewidth)
        frames = len(tiff.pages)
    if not models <= COLOUR_MODELS:
        model = min(models - COLOUR_MODELS)
        raise InputError(f"{model} pixels of this depth are not supported", code="unsupported")
    return shape, frames


@contextmanager
def _opened(file: BinaryIO) -> Iterator[TiffFile]:
    """Give an open TIFF file; whatever goes wrong with it is damage."""
    try:
        import imagecodecs  # noqa: F401 (tifffile needs it for compressed files)
        from tifffile import TiffFile
    except ImportError:
        raise missing_extra("colour of this depth") from None
    silence("tifffile")
    try:
        with TiffFile(file, name="picture") as tiff:  # a descriptor has a number for a name
            yield tiff
    except Exception:  # tifffile raises whatever the file makes it
        raise InputError("damaged TIFF", code="corrupt") from None


def _is_deep(page: Any) -> bool:
    """Whether a page has colour of more than 8 bits, or numbers that Pillow has no mode for."""
    return page.dtype is not None and page.dtype.itemsize > 1


def _colour_model(page: Any) -> str:
    return str(page.photometric.name)


def _read_page(page: Any) -> NDArray[Any]:
    import numpy as np

    array: NDArray[Any] = page.asarray()
    if array.ndim < 2:  # a page without sides has no values
        raise InputError("damaged TIFF", code="corrupt")
    return np.moveaxis(array, 0, -1) if page.axes.startswith("S") else array
