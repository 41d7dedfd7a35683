"""Make every sample picture and array of this folder from the pictures inside scikit-image."""

import argparse
import io
import math
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageFilter, ImageOps

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# Where an ICC profile's header keeps its creation time: six big-endian 16-bit numbers.
ICC_CREATION_TIME = slice(24, 36)
FIXED_CREATION_TIME = np.array([2000, 1, 1, 0, 0, 0], dtype=">u2").tobytes()

PORTRAIT_BOX = (120, 0, 321, 241)
HIDDEN_MAGENTA = (255, 0, 255)
PAGE_SIZE = (161, 121)
FRAME_SIZE = (96, 96)
# The first and the last view of the animation on the photograph: left, top, right, bottom.
FIRST_VIEW = (80.0, 0.0, 380.0, 300.0)
LAST_VIEW = (110.0, 60.0, 206.0, 156.0)
FRAME_MILLISECONDS = (300, 60, 80, 100, 120, 160, 500)


def shipped_picture(name: str) -> Image.Image:
    """Return the pixels of a picture inside the scikit-image package, without its metadata."""
    content = files("skimage.data").joinpath(name).read_bytes()
    with Image.open(io.BytesIO(content)) as picture:
        return Image.fromarray(np.asarray(picture))


def cat() -> Image.Image:
    """Return the colour photograph of a cat, 451x300."""
    return shipped_picture("chelsea.png")


def coffee_cup() -> Image.Image:
    """Return the colour photograph of a coffee cup, 600x400."""
    return shipped_picture("coffee.png")


def portrait() -> Image.Image:
    """Return head and shoulders of the astronaut, 201x241."""
    return shipped_picture("astronaut.png").crop(PORTRAIT_BOX)


def srgb_profile() -> bytes:
    """Return an sRGB ICC profile which does not depend on the time of day."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[ICC_CREATION_TIME] = FIXED_CREATION_TIME
    ImageCms.ImageCmsProfile(io.BytesIO(profile))  # raises where it is no longer a profile
    return bytes(profile)


def camera_exif(orientation: int, dots_per_inch: int) -> Image.Exif:
    """Return the EXIF block of the rotated photograph."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "Chelsea the cat"
    exif[ExifTags.Base.Copyright] = "CC0"
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.XResolution] = float(dots_per_inch)
    exif[ExifTags.Base.YResolution] = float(dots_per_inch)
    exif[ExifTags.Base.ResolutionUnit] = 2  # inches
    return exif


def write_rotated_photo(folder: Path) -> None:
    """Write the photograph lying on its side, with the EXIF orientation that puts it upright."""
    dots_per_inch = 300
    cat().transpose(Image.Transpose.ROTATE_90).save(
        folder / "photo.jpg",
        quality=90,
        dpi=(dots_per_inch, dots_per_inch),
        exif=camera_exif(orientation=6, dots_per_inch=dots_per_inch),
        icc_profile=srgb_profile(),
    )


def write_upright_photo(folder: Path) -> None:
    """Write the photograph upright and without loss."""
    cat().save(folder / "photo.png", optimize=True, icc_profile=srgb_profile())


def write_gray(folder: Path) -> None:
    """Write the 8-bit grey photograph at half its size."""
    shipped_picture("camera.png").reduce(2).save(folder / "gray.png", optimize=True)


def gray_at_16_bits(rgb: Bytes) -> npt.NDArray[np.uint16]:
    """Return the Rec. 709 grey of each 2x2 block's mean, in exact integers up to 65535."""
    luma = rgb.astype(np.int64) @ np.array([2126, 7152, 722])
    block_sums = luma[0::2, 0::2] + luma[0::2, 1::2] + luma[1::2, 0::2] + luma[1::2, 1::2]
    full_scale = 255 * 10_000 * 4
    gray: npt.NDArray[np.int64] = (block_sums * 65_535 + full_scale // 2) // full_scale
    return gray.astype(np.uint16)


def write_gray16(folder: Path) -> None:
    """Write a 16-bit grey photograph whose low bytes hold real detail."""
    gray = gray_at_16_bits(np.asarray(coffee_cup()))
    Image.fromarray(gray).save(folder / "gray16.png", optimize=True)


def radius_in_ellipse(width: int, height: int) -> Floats:
    """Return each pixel's distance from the centre, where 1 is the ellipse that fills the frame."""
    y = (np.arange(height)[:, None] + 0.5) / height * 2 - 1
    x = (np.arange(width)[None, :] + 0.5) / width * 2 - 1
    return np.sqrt(x * x + y * y)


def feathered_ellipse(width: int, height: int) -> Image.Image:
    """Return an alpha channel: opaque in the middle, fading smoothly to nothing near the frame."""
    inside, outside = 0.65, 0.95
    fade = np.clip((outside - radius_in_ellipse(width, height)) / (outside - inside), 0, 1)
    alpha = np.round(255 * fade * fade * (3 - 2 * fade)).astype(np.uint8)
    return Image.fromarray(alpha)


def write_transparent(folder: Path) -> None:
    """Write a soft-edged cut-out which keeps its background's colours where it is transparent."""
    picture = portrait()
    picture.putalpha(feathered_ellipse(*picture.size))
    picture.save(folder / "transparent.png", optimize=True)


def in_colours(picture: Image.Image, count: int) -> Image.Image:
    """Return the picture in palette mode with colours chosen from the picture itself."""
    return picture.quantize(count, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def write_palette(folder: Path) -> None:
    """Write a photograph in 64 colours."""
    in_colours(coffee_cup().reduce(2), 64).save(folder / "palette.png", optimize=True)


def write_palette_with_transparency(folder: Path) -> None:
    """Write a hard-edged cut-out in 31 colours and a 32nd, magenta, that is transparent."""
    transparent_index = 31
    picture = in_colours(portrait().reduce(2), transparent_index)
    colours = np.asarray(picture.getpalette())[: 3 * transparent_index]
    picture.putpalette([*colours.tolist(), *HIDDEN_MAGENTA])
    outside = radius_in_ellipse(*picture.size) > 0.9
    picture.paste(transparent_index, mask=Image.fromarray(outside))
    picture.save(folder / "palette-transparent.png", transparency=transparent_index)


def write_text(folder: Path) -> None:
    """Write handwriting in black and white, one bit a pixel."""
    page = shipped_picture("text.png")
    surroundings = page.filter(ImageFilter.BoxBlur(40))
    darker_by = ImageChops.subtract(surroundings, page)
    paper = np.asarray(darker_by) < 20
    Image.fromarray(paper).save(folder / "text.png", optimize=True)


def view_between(start: tuple[float, ...], end: tuple[float, ...], part: float) -> Floats:
    """Return the box which lies the given part of the way from one box to another."""
    return np.array(start) * (1 - part) + np.array(end) * part


def animation_frame(picture: Image.Image, part: float) -> Image.Image:
    """Return one view of the zoom, in 64 colours."""
    left, top, right, bottom = view_between(FIRST_VIEW, LAST_VIEW, part).tolist()
    view = picture.resize(FRAME_SIZE, Image.Resampling.BICUBIC, box=(left, top, right, bottom))
    return in_colours(view, 64)


def write_animation(folder: Path) -> None:
    """Write a zoom onto the cat's eye that repeats for ever, each frame shown for its own time."""
    last = len(FRAME_MILLISECONDS) - 1
    frames = [animation_frame(cat(), index / last) for index in range(last + 1)]
    frames[0].save(
        folder / "animation.gif",
        save_all=True,
        append_images=frames[1:],
        duration=list(FRAME_MILLISECONDS),
        loop=0,
    )


def write_pages(folder: Path) -> None:
    """Write three photographs as the pages of one file."""
    pages = [ImageOps.fit(picture, PAGE_SIZE) for picture in (cat(), coffee_cup(), portrait())]
    pages[0].save(
        folder / "pages.tif",
        save_all=True,
        append_images=pages[1:],
        compression="tiff_adobe_deflate",
        dpi=(150, 150),
    )


def write_zone_plate(folder: Path) -> None:
    """Write rings that grow finer outwards, up to one pixel a stripe at the middle of each side."""
    side = 256
    offset = np.arange(side) - (side - 1) / 2
    squared_radius = offset[:, None] ** 2 + offset[None, :] ** 2
    rings = 127.5 * (1 + np.cos(math.pi * squared_radius / side))
    Image.fromarray(np.round(rings).astype(np.uint8)).save(folder / "zoneplate.png", optimize=True)


def write_checkerboard(folder: Path) -> None:
    """Write black and white squares of one pixel, black in the corner at the top left."""
    row, column = np.indices((64, 64))
    squares = ((row + column) % 2 * 255).astype(np.uint8)
    Image.fromarray(squares).save(folder / "checkerboard.png", optimize=True)


def write_signal(folder: Path) -> None:
    """Write a chirp between -1 and 1 that rises from standstill to half a cycle a sample."""
    last = 1000
    sample = np.arange(last + 1)
    chirp = np.cos(math.pi * sample**2 / (2 * last))
    np.save(folder / "signal.npy", chirp.astype(np.float32))


def squared_distance(shape: tuple[int, int, int], centre: tuple[float, float, float]) -> Floats:
    """Return each voxel's squared distance from the centre, in a cube from -1 to 1."""
    axes = [(np.arange(length) + 0.5) / length * 2 - 1 for length in shape]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    return (z - centre[0]) ** 2 + (y - centre[1]) ** 2 + (x - centre[2]) ** 2


def write_volume(folder: Path) -> None:
    """Write a ball, brightest inside, with a bubble off its centre so that no two axes agree."""
    shape = (24, 48, 48)
    brightness = np.clip(1 - squared_distance(shape, (0, 0, 0)) / 0.81, 0, 1)
    bubble = squared_distance(shape, (0.1, -0.2, 0.35)) < 0.06
    brightness[bubble] = 0
    np.save(folder / "volume.npy", np.round(brightness * 255).astype(np.uint8))


WRITERS: tuple[Callable[[Path], None], ...] = (
    write_rotated_photo,
    write_upright_photo,
    write_gray,
    write_gray16,
    write_transparent,
    write_palette,
    write_palette_with_transparency,
    write_text,
    write_animation,
    write_pages,
    write_zone_plate,
    write_checkerboard,
    write_signal,
    write_volume,
)


def main() -> None:
    """Write all files into the folder named on the command line, or beside this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for write in WRITERS:
        write(folder)


if __name__ == "__main__":
    main()
