"""The texts of a PNG file; XMP is one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

XMP_KEYWORD = "XML:com.adobe.xmp"


def texts_of(image: Image.Image) -> dict[str, str]:
    """Return the texts of a decoded image by their keywords."""
    text = getattr(image, "text", {})
    return {key: value for key, value in text.items() if key != XMP_KEYWORD}


def png_texts(texts: dict[str, str], xmp: bytes | None) -> Any:
    """Return texts and XMP as Pillow wants them."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for key, text in texts.items():
        info.add_itxt(key, text)
    if xmp:
        info.add_itxt(XMP_KEYWORD, xmp.decode("utf-8", "replace"))
    return info
