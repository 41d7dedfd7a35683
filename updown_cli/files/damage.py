"""Files that are cut or contradict themselves, in one sentence."""

from __future__ import annotations

import struct
import zlib
from typing import NoReturn

from updown_cli.errors import InputError

#: Refusals of what a file's own structure or its decoder finds wrong.
DAMAGE = ("truncated", "corrupt")

# Whatever Pillow's decoders raise for bytes that are not what they claim to be.
DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
)


def truncated_error(fmt: str) -> InputError:
    """Return the refusal of a file that ends too early."""
    return InputError(f"truncated {fmt}", code="truncated")


def damaged_error(fmt: str) -> InputError:
    """Return the refusal of a file that contradicts itself."""
    return InputError(f"damaged {fmt}", code="corrupt")


def refuse_image(error: Exception, what: str) -> NoReturn:
    """Raise the InputError for what a decoder raised."""
    text = str(error).lower()
    if "decompressed data too large" in text or "text chunks" in text:
        raise InputError("more text or profile than fits a megabyte", code="too_large") from None
    if "not implemented" in text or text.startswith("unsupported bmp"):
        raise InputError(f"{what} of a layout that is not supported", code="unsupported") from None
    cut = isinstance(error, EOFError) or "truncated" in text
    reason, code = ("truncated", "truncated") if cut else ("damaged", "corrupt")
    raise InputError(f"{reason} {what}", code=code) from None
