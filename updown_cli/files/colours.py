"""Colours as they are asked for, before anything is computed: RGB or grey, on a background."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.picture import Picture
from updown_cli.files.reading import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Channels of a colour model.
CHANNELS = {"L": 1, "RGB": 3, "CMYK": 4}

#: What `--colour` makes of every picture.
MODELS = {"rgb": "RGB", "gray": "L"}

# Shares of red, green and blue in grey, as ITU-R BT.601 and Pillow have them, of 2^16.
LUMA = (19595, 38470, 7471)
LUMA_BITS = 16


def red_green_blue(text: str) -> tuple[int, int, int]:
    """Return 0 to 255 of a colour by name, as #808080 or as 8,16,32; raise ValueError for none."""
    from PIL import ImageColor

    spelled = f"rgb({text})" if re.fullmatch(r"\d{1,3}(,\d{1,3}){2}", text) else text
    try:
        red, green, blue, *_ = ImageColor.getrgb(spelled)
    except ValueError:
        raise ValueError("must be a colour such as white, #808080 or 128,128,128") from None
    return red, green, blue


def asks_for_colours(reading: Reading) -> bool:
    """Whether pictures are to be read in other colours than their own."""
    return reading.colour != "keep" or reading.background is not None


def channels_read(colours: int, alpha: bool, reading: Reading) -> int:
    """Return the channels of a picture with so many of colour, as they are read."""
    model = {count: name for name, count in CHANNELS.items()}.get(colours)
    if model is not None:
        colours = CHANNELS[_model_read(model, alpha, reading)]
    return colours + (alpha and reading.alpha != "drop" and reading.background is None)


def in_colours(picture: Picture, reading: Reading) -> Picture:
    """Return a picture on the background and in the colours that are asked for."""
    if not asks_for_colours(reading):
        return picture
    picture = _in_bits(picture, reading)
    colours = picture.shape.channels - picture.alpha
    if CHANNELS.get(picture.colour) != colours:
        raise InputError(f"{colours} channels are no colours", hint="leave --colour out")
    wanted = _model_read(picture.colour, picture.alpha, reading)
    if picture.colour == "CMYK" and wanted != "CMYK":
        picture = _of_ink(picture)
    if reading.background is not None and picture.alpha:
        picture = _on_background(picture, reading.background)
    if wanted != picture.colour:
        convert = _to_grey if wanted == "L" else _to_rgb
        colour, alpha = _parts(picture)
        picture = _with(picture, wanted, convert(colour), alpha)
    return picture


def _in_bits(picture: Picture, reading: Reading) -> Picture:
    """Return a picture with as many bits as are wanted; raise InputError for more."""
    dtype = picture.pixels.dtype
    if reading.deeper == "keep" or dtype == "uint8":
        return picture
    if reading.deeper == "cut" and dtype == "uint16":
        return replace(picture, pixels=(picture.pixels >> 8).astype("uint8"))
    kind = f"{8 * dtype.itemsize}-bit {'floats' if dtype.kind == 'f' else 'values'}"
    hint = (
        "use --depth 8, which takes the high bytes" if dtype == "uint16" else "make 8-bit pictures"
    )
    raise InputError(f"has {kind}, and models are shown 8 bits", hint=hint)


def _model_read(model: str, alpha: bool, reading: Reading) -> str:
    """Return the colour model in which a picture of another is read."""
    if reading.colour != "keep":
        return MODELS[reading.colour]
    mixed = alpha and reading.background is not None
    return "RGB" if mixed and (model == "CMYK" or len(set(reading.background or ())) > 1) else model


def _of_ink(picture: Picture) -> Picture:
    """Return RGB of inks: sRGB by the profile where there is one, else as Pillow converts."""
    import numpy as np
    from PIL import Image

    if picture.pixels.dtype != np.uint8:
        raise InputError("inks of more than 8 bits are not converted", hint="use --depth 8")
    colour, alpha = _parts(picture)
    profile = picture.metadata.get("icc")
    frames = [Image.fromarray(np.ascontiguousarray(np.moveaxis(f, 0, -1)), "CMYK") for f in colour]
    rgb = [_by_profile(frame, profile) if profile else frame.convert("RGB") for frame in frames]
    pixels = np.stack([np.moveaxis(np.asarray(frame), -1, 0) for frame in rgb])
    how = "by its profile" if profile else "without a profile"
    done = _with(picture, "RGB", pixels, alpha)
    return replace(done, remarks=(*done.remarks, f"CMYK was converted to RGB {how}"))


def _by_profile(image: Any, profile: bytes) -> Any:
    """Return sRGB of an image; raise InputError for a profile that says nothing of it."""
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
        return ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        raise InputError(
            "its colour profile cannot be used", hint="use --colour keep", code="unsupported"
        ) from None


def _on_background(picture: Picture, background: tuple[int, int, int]) -> Picture:
    """Return a picture without transparency, on a colour of 0 to 255."""
    import numpy as np

    white = picture.white
    levels = np.array(background, np.float64).reshape(1, 3, 1, 1)
    if picture.colour == "L" and len(set(background)) > 1:
        picture = _with(picture, "RGB", _to_rgb(_parts(picture)[0]), _parts(picture)[1])
    if picture.colour == "L":
        levels = levels[:, :1]
    colour, alpha = _parts(picture)
    assert alpha is not None
    share = alpha / white
    mixed = colour * share + levels * (white / 255) * (1 - share)
    return _with(picture, picture.colour, _stored(mixed, colour.dtype), None)


def _to_rgb(grey: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    return np.repeat(grey, 3, axis=1)


def _to_grey(rgb: NDArray[Any]) -> NDArray[Any]:
    """Return 0.299 R + 0.587 G + 0.114 B, in the whole numbers of Pillow for integers."""
    import numpy as np

    kind = np.int64 if rgb.dtype.kind in "iu" else np.float64
    shares = np.array(LUMA, kind).reshape(1, 3, 1, 1)
    total = (rgb.astype(kind) * shares).sum(1, keepdims=True)
    if kind is np.int64:
        total = (total + (1 << (LUMA_BITS - 1))) >> LUMA_BITS
    else:
        total = total / (1 << LUMA_BITS)
    result: NDArray[Any] = total.astype(rgb.dtype)
    return result


def _stored(values: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Return values of a type, whole ones rounded half up."""
    import numpy as np

    rounded = np.floor(values + 0.5) if dtype.kind in "iu" else values
    result: NDArray[Any] = rounded.astype(dtype)
    return result


def _parts(picture: Picture) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Return colours and alpha."""
    if not picture.alpha:
        return picture.pixels, None
    return picture.pixels[:, :-1], picture.pixels[:, -1:]


def _with(
    picture: Picture, model: str, colour: NDArray[Any], alpha: NDArray[Any] | None
) -> Picture:
    """Return a picture with other colours, and alpha if there is any."""
    import numpy as np

    pixels = colour if alpha is None else np.concatenate([colour, alpha], 1)
    return replace(picture, pixels=pixels, colour=model, alpha=alpha is not None)
