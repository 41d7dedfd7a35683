"""Values as TIFF files store them to channels that mean what a Picture says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.tiff.page import (
    ASSOCIATED,
    MIN_IS_BLACK,
    MIN_IS_WHITE,
    PALETTE,
    PHOTOMETRIC_NAMES,
    RGB,
    SEPARATED,
    UNSIGNED,
    YCBCR,
    Page,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLOUR_MAP = 320

# Ways of packing that also change the colour model, and back.
JPEG_FAMILY = (6, 7, 33003, 33005, 34712)

#: The colour models whose values are channels: grey, and red, green, blue.
KNOWN = (MIN_IS_WHITE, MIN_IS_BLACK, RGB, PALETTE)


def check_known(page: Page) -> None:
    """Raise InputError for values that are no channels and cannot be made ones."""
    by_jpeg = page.photometric == YCBCR and page.compression in JPEG_FAMILY
    inks = (page.photometric, page.samples, page.format, page.bits) == (SEPARATED, 4, UNSIGNED, 8)
    if page.photometric in KNOWN or by_jpeg or inks:
        return
    model = PHOTOMETRIC_NAMES.get(page.photometric, f"photometric {page.photometric}")
    raise InputError(f"{model} pixels of this depth are not supported", code="unsupported")


def to_channels(values: NDArray[Any], page: Page) -> NDArray[Any]:
    """Return H x W x values of a page as H x W x channels, white as white, colours straight."""
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    if page.photometric == PALETTE:
        return _with_colours(values, page)
    if page.format == UNSIGNED and values.dtype.kind == "u":
        values = _full_scale(values, page.bits)
        if page.photometric == MIN_IS_WHITE:
            values[..., 0] = ~values[..., 0]
    return _straight(values) if page.has_alpha and page.extra == (ASSOCIATED,) else values


def _full_scale(values: NDArray[Any], bits: int) -> NDArray[Any]:
    """Return values of odd depths, such as 12 bits, with white as the type's greatest."""
    import numpy as np

    stored = 8 * values.itemsize
    if bits >= stored:
        return values.copy() if not values.flags.writeable else values
    white, most = (1 << stored) - 1, (1 << bits) - 1
    return ((values.astype(np.uint64) * (2 * white) + most) // (2 * most)).astype(values.dtype)


def _straight(values: NDArray[Any]) -> NDArray[Any]:
    """Return colours that were multiplied by alpha divided by it; nothing where alpha is 0."""
    import numpy as np

    whole = values.dtype.kind in "iu"
    white = float(np.iinfo(values.dtype).max) if whole else 1.0
    alpha = values[..., -1:].astype(np.float64)
    colours = values[..., :-1].astype(np.float64) * white
    divided = np.divide(colours, alpha, out=np.zeros_like(colours), where=alpha != 0)
    if whole:
        divided = np.clip(np.floor(divided + 0.5), 0, white)
    return np.concatenate([divided.astype(values.dtype), values[..., -1:]], -1)


def _with_colours(values: NDArray[Any], page: Page) -> NDArray[Any]:
    """Return the colours that numbers of a palette mean, as 8 bits."""
    import numpy as np

    colours = np.array(page.get(COLOUR_MAP), np.uint16).reshape(3, -1).T >> 8
    if values.shape[-1] != 1 or int(values.max()) >= len(colours):
        raise InputError("damaged TIFF", code="corrupt")
    found: NDArray[Any] = colours[values[..., 0]].astype(np.uint8)
    return found
