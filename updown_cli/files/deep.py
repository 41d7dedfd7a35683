"""The extra `deep`: colour of more than 8 bits, which Pillow would cut or cannot read."""

from __future__ import annotations

import importlib.util
import warnings
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.damage import DECODE_ERRORS, refuse_image
from updown_cli.files.exif import orientation_of
from updown_cli.files.metadata import gather_metadata, turn_metadata
from updown_cli.files.picture import BY_CHANNELS, Picture
from updown_cli.files.reading import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.pillow_format import PillowFormat

INSTALL = "pip install 'updown-cli[deep]', or take 8 bits with --depth 8"


def is_installed() -> bool:
    """Whether the extra is there."""
    return all(importlib.util.find_spec(name) for name in ("imagecodecs", "tifffile"))


def missing_extra(what: str) -> InputError:
    """Return the refusal of a file that needs the extra."""
    return InputError(f"{what} needs the extra deep", hint=INSTALL, code="unsupported")


def read_description(
    image: Image.Image, fmt: PillowFormat, reading: Reading
) -> tuple[int, dict[str, Any], tuple[str, ...]]:
    """Return orientation, metadata and remarks of an image whose pixels others decode."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image.getexif()  # which PNG may have behind its pixels
            remarks = fmt.remarks_of(image)
            orientation, exif = orientation_of(image), fmt.exif_of(image)
            found, said = gather_metadata(image, exif, reading.keep, fmt.readers)
        except DECODE_ERRORS as error:
            refuse_image(error, fmt.name)
    return orientation, turn_metadata(found, orientation), (*said, *remarks)


def deep_picture(
    frames: list[NDArray[Any]], fmt: str, metadata: dict[str, Any], remarks: tuple[str, ...] = ()
) -> Picture:
    """Return frames of H x W or H x W x C as a picture."""
    import numpy as np

    if len({frame.shape for frame in frames}) > 1:
        raise InputError("its frames differ in size", code="unsupported")
    stack = np.stack(frames)
    pixels = stack[:, None] if stack.ndim == 3 else np.moveaxis(stack, -1, 1)
    if pixels.ndim != 4 or pixels.shape[1] not in BY_CHANNELS or pixels.dtype.kind not in "uif":
        raise InputError("its pixels are not supported", code="unsupported")
    colour, alpha = BY_CHANNELS[pixels.shape[1]]
    native = pixels.astype(pixels.dtype.newbyteorder("="), copy=False)
    return Picture(
        np.ascontiguousarray(native), colour, alpha, fmt, metadata=metadata, remarks=remarks
    )
