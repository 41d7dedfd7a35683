"""What a person can look at: pixels as pictures of bytes, grey or colour."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.figures.display_range import DisplayRange
from updown_cli.files.picture import Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

#: Channels of a result without colours that are shown, each as a picture of its own.
MOST_MAPS = 16

# What channels are where nobody said so, by their number.
BY_COUNT = {1: "L", 3: "RGB"}

# Squares under what is transparent: their side, and their greys.
SQUARE, LIGHT, DARK = 8, 255, 204


#: Pixels of a picture that a page has one by one where not all are asked for.
LARGEST_WHOLE = 1 << 20


@dataclass(frozen=True)
class PictureFile:
    """A picture as a page has it: its type, its bytes, and times that its sides are reduced."""

    kind: str
    data: bytes
    reduced: int = 1


@dataclass(frozen=True)
class Preview:
    """A picture of bytes, and which channel it shows; None for one of all channels."""

    image: Image.Image
    channel: int | None = None

    def whole_file(self) -> PictureFile:
        """Return the picture as a PNG, pixel by pixel."""
        return PictureFile("png", _saved(self.image, "PNG"))

    def page_file(self) -> PictureFile:
        """Return the same of a picture that is not large; of another one that is reduced."""
        factor = math.ceil(math.sqrt(self.image.width * self.image.height / LARGEST_WHOLE))
        if factor <= 1:
            return self.whole_file()
        if "A" in self.image.getbands():
            return PictureFile("png", _saved(_reduced(self.image, factor), "PNG"), factor)
        reduced = self.image.reduce(factor)
        return PictureFile("jpeg", _saved(reduced, "JPEG", quality=90), factor)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """Return a transparent picture reduced, colours weighed by how opaque they are."""
    return image.convert("RGBA").convert("RGBa").reduce(factor).convert("RGBA")


def _saved(image: Image.Image, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def picture_file(image: Image.Image) -> PictureFile:
    """Return a picture as a PNG."""
    return PictureFile("png", _saved(image, "PNG"))


def result_picture(source: Picture, pixels: NDArray[Any]) -> Picture:
    """Return pixels made from a picture with what their channels mean.

    As many channels as the source has are the source's colours, one is grey and three are colour;
    of any others nobody said what they are.
    """
    channels = pixels.shape[1]
    if source.colour and channels == source.shape.channels:
        return Picture(pixels, source.colour, source.alpha)
    return Picture(pixels, BY_COUNT.get(channels, ""))


def check_is_flat(picture: Picture) -> None:
    """Raise InputError for a signal or a volume."""
    if picture.pixels.ndim != 4:
        raise InputError(
            f"{picture.pixels.ndim - 2}-D data is no picture",
            hint="a sheet shows pictures",
            code="bad_shape",
        )


def preview_images(picture: Picture, tones: DisplayRange, white: float) -> list[Preview]:
    """Return the first frame as one picture or, without colours, as one for each channel.

    `white` is the alpha of opaque pixels.
    """
    values = picture.pixels[0]
    if picture.colour or len(values) in BY_COUNT:
        return [Preview(_image(picture, values, tones, white))]
    shown = range(min(len(values), MOST_MAPS))
    return [Preview(_grey(tones.codes(values[number : number + 1])), number) for number in shown]


def _grey(codes: NDArray[Any]) -> Image.Image:
    return _from_codes("L", codes)


def _image(
    picture: Picture, values: NDArray[Any], tones: DisplayRange, white: float
) -> Image.Image:
    colours = tones.codes(values[:-1] if picture.alpha else values)
    mode = picture.colour or BY_COUNT[len(colours)]
    image = _from_codes(mode, colours)
    if picture.alpha:
        image.putalpha(_grey(DisplayRange(0, white).codes(values[-1:])))
    return image.convert("RGB") if mode == "CMYK" else image


def _from_codes(mode: str, codes: NDArray[Any]) -> Image.Image:
    import numpy as np
    from PIL import Image

    flat = codes[0] if mode == "L" else codes.transpose(1, 2, 0)
    size = (codes.shape[2], codes.shape[1])
    return Image.frombytes(mode, size, np.ascontiguousarray(flat).tobytes())


def over_squares(image: Image.Image) -> Image.Image:
    """Return a picture in RGB, over squares of two greys where it is transparent."""
    if image.mode not in ("LA", "RGBA"):
        return image.convert("RGB")
    board = _squares(image.size)
    board.alpha_composite(image.convert("RGBA"))
    return board.convert("RGB")


def _squares(size: tuple[int, int]) -> Image.Image:
    import numpy as np
    from PIL import Image

    rows, columns = np.ogrid[: size[1], : size[0]]
    light = (rows // SQUARE + columns // SQUARE) % 2 == 0
    grey = np.where(light, LIGHT, DARK).astype(np.uint8)
    return Image.fromarray(grey).convert("RGBA")
