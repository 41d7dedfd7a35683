"""Pages of an open TIFF file to pixels: by Pillow where it keeps all, else by tifffile."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO

from updown_cli.errors import InputError
from updown_cli.files import deep
from updown_cli.files.damage import DECODE_ERRORS, refuse_image
from updown_cli.files.exif import orientation_in, turn_array
from updown_cli.files.joining import Frame
from updown_cli.files.modes import channels_first, conversion, plain_mode
from updown_cli.files.opening import silence
from updown_cli.files.reading import Reading
from updown_cli.files.tiff.page import COMPRESSION_NAMES, Page
from updown_cli.files.tiff.samples import check_known, to_channels

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from updown_cli.files.tiff import Tiff

# What is said of values that no package of ours knows how to unpack.
UNKNOWN = ("not supported", "unsupported", "requires", "not implemented", "unknown")


class PageDecoder:
    """Decodes pages of one file, each by the package that loses nothing of it."""

    def __init__(self, fmt: Tiff, file: BinaryIO, reading: Reading, *, alone: bool) -> None:
        file.seek(0)
        self.fmt, self.data, self.reading = fmt, file.read(), reading
        self.alone = alone
        self.remarks: list[str] = []
        self._image: Image.Image | None = None

    def decode(self, page: Page) -> Frame:
        """Return the pixels of a page, upright; raise InputError if they cannot be had."""
        cut = self.reading.cuts and not deep.is_installed()
        if page.needs_deep and not cut:
            return self._by_tifffile(page)
        try:
            return self._by_pillow(page)
        except InputError as error:
            if error.code != "unsupported" or not deep.is_installed():
                raise
            return self._by_tifffile(page)

    def _by_pillow(self, page: Page) -> Frame:
        from PIL import UnidentifiedImageError

        try:
            image = self._image = self._image or self._open(page)
            image.seek(page.number)
            image.load()  # which also turns it upright
            plain = image if self.alone else image.copy()  # which the next page takes over
            wanted = plain_mode(plain)
            plain = plain if wanted == plain.mode else plain.convert(wanted)
        except UnidentifiedImageError:
            raise unsupported(page) from None
        except DECODE_ERRORS as error:
            if "pixel mode" in str(error):
                raise unsupported(page) from None
            refuse_image(error, "TIFF")
        self.remarks += conversion(image.mode)
        colour = plain.mode.removesuffix("A") if plain.mode in MODELS else "L"
        return Frame(pixels=channels_first(plain), colour=colour, alpha=plain.mode.endswith("A"))

    def _open(self, page: Page) -> Image.Image:
        try:
            return self.fmt.open(io.BytesIO(self.data), b"", self.reading)
        except InputError as error:
            if error.code == "too_large":
                raise
            raise unsupported(page) from None  # its structure is whole, of which more is known

    def _by_tifffile(self, page: Page) -> Frame:
        import numpy as np

        check_known(page)
        values = self._values(page)
        channels = to_channels(values, page)
        pixels = np.ascontiguousarray(np.moveaxis(channels, -1, 0))
        if pixels.dtype.kind not in "uif":
            raise unsupported(page)
        if page.bits < 8 * pixels.itemsize and pixels.dtype.kind == "u" and page.bits > 8:
            white = (1 << 8 * pixels.itemsize) - 1
            self.remarks.append(f"white of {page.bits} bits became {white}")
        return _upright(Frame(pixels=pixels, colour=page.model, alpha=page.has_alpha), page)

    def _values(self, page: Page) -> NDArray[Any]:
        """Return H x W x values of a page."""
        import numpy as np

        try:
            import imagecodecs  # noqa: F401 (tifffile needs it for compressed files)
            from tifffile import TiffFile
        except ImportError:
            raise deep.missing_extra(what_is_missing(page)) from None
        silence("tifffile")
        try:
            with TiffFile(io.BytesIO(self.data), name="picture") as tiff:
                found: Any = tiff.pages[page.number]
                values: NDArray[Any] = found.asarray()
                separate = found.axes.startswith("S")
        except Exception as error:  # tifffile raises whatever the file makes it
            if any(word in str(error).lower() for word in UNKNOWN):
                raise unsupported(page) from None
            raise InputError("damaged TIFF", code="corrupt") from None
        if values.ndim not in (2, 3):  # a page without sides has no values
            raise InputError("damaged TIFF", code="corrupt")
        if separate:
            values = np.moveaxis(values, 0, -1)
        return values[..., None] if values.ndim == 2 else values


def _upright(frame: Frame, page: Page) -> Frame:
    """Return a page with its orientation applied."""
    import numpy as np

    orientation = orientation_in(page.tags)
    if orientation == 1:
        return frame
    turned = turn_array(np.moveaxis(frame.pixels, 0, -1), orientation)
    pixels = np.ascontiguousarray(np.moveaxis(turned, -1, 0))
    return Frame(pixels=pixels, colour=frame.colour, alpha=frame.alpha)


MODELS = ("L", "LA", "RGB", "RGBA", "CMYK")


def what_is_missing(page: Page) -> str:
    """Return what of a page needs the extra."""
    if page.compression in COMPRESSION_NAMES:
        return f"{COMPRESSION_NAMES[page.compression]} compression"
    return (
        "a band beside the colours"
        if page.bits <= 8 and page.other_bands
        else "colour of this depth"
    )


def unsupported(page: Page) -> InputError:
    """Return the refusal of a healthy page that nothing here can read."""
    kind = COMPRESSION_NAMES.get(page.compression)
    packed = f"{kind} compression" if kind else f"compression {page.compression}"
    what = f"TIFF of {page.samples} x {page.bits} bits, {packed},"
    return InputError(f"{what} is not supported", code="unsupported")
