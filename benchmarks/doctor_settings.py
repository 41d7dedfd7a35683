"""Right settings of known libraries, for `benchmarks/doctor.py`.

    python benchmarks/doctor_settings.py SETTING IN.png OUT.png

Each is what the manual of its library advises for what it does. Libraries that do not weigh colours
by alpha are given colours alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

Act = Callable[[str, str], None]


def pillow(filter_name: str, scale: float, source: str, target: str) -> None:
    """Resize with Pillow."""
    from PIL import Image

    with Image.open(source) as image:
        size = round(image.width * scale), round(image.height * scale)
        image.resize(size, Image.Resampling[filter_name]).save(target)


def pillow_reduce(factor: int, source: str, target: str) -> None:
    """Take the mean of cells with Pillow."""
    from PIL import Image

    with Image.open(source) as image:
        image.reduce(factor).save(target)


def opencv(flag: str, scale: float, source: str, target: str) -> None:
    """Resize with OpenCV, with all bits and without alpha."""
    import cv2

    image: Any = cv2.imread(source, cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH)
    how = getattr(cv2, f"INTER_{flag}")
    cv2.imwrite(target, cv2.resize(image, None, fx=scale, fy=scale, interpolation=how))


def opencv_alpha(source: str, target: str) -> None:
    """Halve with OpenCV, colours weighed by alpha."""
    import cv2
    import numpy as np

    image: Any = cv2.imread(source, cv2.IMREAD_UNCHANGED)
    values = image.astype(np.float64)
    has_alpha = values.ndim == 3 and values.shape[2] == 4
    if has_alpha:
        values[..., :3] *= values[..., 3:] / 255
    half = cv2.resize(values, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    if has_alpha:
        half[..., :3] /= np.maximum(half[..., 3:] / 255, 1e-9)
    cv2.imwrite(target, (half.clip(0, np.iinfo(image.dtype).max) + 0.5).astype(image.dtype))


def arrays(make: Callable[[Any], Any], source: str, target: str) -> None:
    """Resize the colours of a picture as an array of floats, and round."""
    import numpy as np
    from PIL import Image

    with Image.open(source) as image:
        pixels = np.asarray(image)
    values = pixels[..., :3].astype(np.float64) if pixels.ndim == 3 else pixels.astype(np.float64)
    made = np.asarray(make(values)).clip(0, np.iinfo(pixels.dtype).max)
    Image.fromarray((made + 0.5).astype(pixels.dtype)).save(target)


def skimage_resize(order: int, scale: float, values: Any) -> Any:
    """Resize with scikit-image."""
    from skimage import transform

    resize: Any = transform.resize
    sides = [round(side * scale) for side in values.shape[:2]]
    return resize(values, sides, order=order, preserve_range=True, anti_aliasing=scale < 1)


def skimage_mean(values: Any) -> Any:
    """Take the mean of cells of four with scikit-image."""
    from skimage.transform import downscale_local_mean

    mean: Any = downscale_local_mean
    return mean(values, (2, 2, 1)[: values.ndim])


def scipy_zoom(order: int, values: Any) -> Any:
    """Double each channel with SciPy."""
    import numpy as np
    from scipy import ndimage

    planes = values if values.ndim == 3 else values[..., None]
    channels = [
        ndimage.zoom(planes[..., channel], 2, order=order, mode="nearest", grid_mode=True)
        for channel in range(planes.shape[2])
    ]
    return np.stack(channels, -1) if values.ndim == 3 else channels[0]


def scipy_smooth(values: Any) -> Any:
    """Blur with SciPy, then take the mean of cells."""
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(values, (0.5, 0.5, 0)[: values.ndim], mode="nearest")
    cells = ndimage.uniform_filter(smooth, (2, 2, 1)[: values.ndim], mode="nearest")
    return cells[1::2, 1::2]


def scipy_linear_corners(values: Any) -> Any:
    """Double with SciPy, corners aligned as it does unless told otherwise."""
    from scipy import ndimage

    return ndimage.zoom(values, (2, 2, 1)[: values.ndim], order=1)


def torch_interpolate(mode: str, scale: float, values: Any) -> Any:
    """Resize with torch, which shrinks with antialias."""
    import torch
    from torch.nn import functional

    planes = values if values.ndim == 3 else values[..., None]
    x = torch.from_numpy(planes).permute(2, 0, 1)[None]
    antialias = scale < 1 and mode in ("bilinear", "bicubic")
    made = functional.interpolate(x, scale_factor=scale, mode=mode, antialias=antialias)
    result = made[0].permute(1, 2, 0).numpy()
    return result if values.ndim == 3 else result[..., 0]


def torch_plain(values: Any) -> Any:
    """Take a quarter with torch, as it does unless told otherwise."""
    import torch
    from torch.nn import functional

    planes = values if values.ndim == 3 else values[..., None]
    x = torch.from_numpy(planes).permute(2, 0, 1)[None]
    made = functional.interpolate(x, scale_factor=0.25, mode="bilinear")[0].permute(1, 2, 0).numpy()
    return made if values.ndim == 3 else made[..., 0]


def vips(kernel: str, scale: float, source: str, target: str) -> None:
    """Resize with libvips, colours weighed by alpha."""
    import pyvips

    image = pyvips.Image.new_from_file(source)
    if not image.hasalpha():
        image.resize(scale, kernel=kernel).write_to_file(target)
        return
    resized = image.premultiply().resize(scale, kernel=kernel).unpremultiply()
    resized.cast(image.format).write_to_file(target)


def vips_thumbnail(source: str, target: str) -> None:
    """Make a thumbnail with libvips."""
    import pyvips

    width = pyvips.Image.new_from_file(source).width
    pyvips.Image.thumbnail(source, width // 2).write_to_file(target)


SETTINGS: dict[str, Act] = {
    **{
        f"Pillow {name.lower()} x {scale:g}": partial(pillow, name, scale)
        for name, scale in (
            *(
                ("BILINEAR", 0.5),
                ("BICUBIC", 0.5),
                ("LANCZOS", 0.5),
                ("BOX", 0.25),
                ("HAMMING", 0.5),
            ),
            *(("BICUBIC", 2), ("LANCZOS", 1.5), ("NEAREST", 2), ("LANCZOS", 0.1)),
        )
    },
    "Pillow reduce 3": partial(pillow_reduce, 3),
    **{
        f"OpenCV {flag.lower()} x {scale:g}": partial(opencv, flag, scale)
        for flag, scale in (
            *(("AREA", 0.5), ("AREA", 0.3), ("LINEAR", 2), ("CUBIC", 2), ("LANCZOS4", 1.5)),
            *(("LINEAR_EXACT", 0.5), ("NEAREST_EXACT", 2)),
        )
    },
    "OpenCV area, weighed by alpha": opencv_alpha,
    "scikit-image linear x 0.5": partial(arrays, partial(skimage_resize, 1, 0.5)),
    "scikit-image cubic x 2": partial(arrays, partial(skimage_resize, 3, 2)),
    "scikit-image local mean": partial(arrays, skimage_mean),
    "SciPy linear x 2": partial(arrays, partial(scipy_zoom, 1)),
    "SciPy cubic x 2": partial(arrays, partial(scipy_zoom, 3)),
    "SciPy gaussian, then means": partial(arrays, scipy_smooth),
    "SciPy linear, corners aligned": partial(arrays, scipy_linear_corners),
    "torch bilinear x 0.5": partial(arrays, partial(torch_interpolate, "bilinear", 0.5)),
    "torch bicubic x 2": partial(arrays, partial(torch_interpolate, "bicubic", 2)),
    "libvips lanczos3 x 0.5": partial(vips, "lanczos3", 0.5),
    "libvips cubic x 0.3": partial(vips, "cubic", 0.3),
    "libvips mitchell x 0.25": partial(vips, "mitchell", 0.25),
}

#: What known tools do wrong, and the measure that tells it.
KNOWN: dict[str, tuple[str, Act]] = {
    "libvips cubic x 2": ("shift", partial(vips, "cubic", 2)),
    "libvips thumbnail": ("depth", vips_thumbnail),
    "OpenCV nearest x 0.25": ("shift", partial(opencv, "NEAREST", 0.25)),
    "OpenCV linear x 0.25": ("alias", partial(opencv, "LINEAR", 0.25)),
    "OpenCV cubic x 0.3": ("alias", partial(opencv, "CUBIC", 0.3)),
    "torch bilinear x 0.25, no antialias": ("alias", partial(arrays, torch_plain)),
}

#: Steps of updown.
CHAINS = (
    "upsample --mode nearest --scale-factor 2",
    "upsample --mode nearest-exact --scale-factor 3",
    "upsample --mode bilinear --scale-factor 2",
    "upsample --mode bilinear --align-corners --scale-factor 2",
    "upsample --mode bicubic --scale-factor 2",
    "upsample --mode lanczos --scale-factor 2",
    "upsample --mode bilinear --antialias --scale-factor 0.5",
    "upsample --mode bicubic --antialias --scale-factor 0.3",
    "upsample --mode lanczos --scale-factor 0.5",
    "upsample --mode area --scale-factor 0.25",
    "upsample --mode spline --scale-factor 2",
    "upsample --like pillow --mode bicubic --scale-factor 0.5",
    "pool --mode avg -k 2",
    "pool --mode max -k 2",
    "pool --mode median -k 2",
)


@dataclass(frozen=True)
class Line:
    """A command where its program is installed, and the measure that tells what it does wrong."""

    text: str
    file_format: str = "png"
    measure: str = ""

    @property
    def name(self) -> str:
        """Return the command, with the format of its files where that is no PNG."""
        return self.text if self.file_format == "png" else f"{self.text} ({self.file_format})"

    @property
    def program(self) -> str:
        """Return the program that must be there."""
        return self.text.split()[0]


def _imagemagick(program: str, file_format: str = "png") -> tuple[Line, ...]:
    options = ("-resize 50%", "-filter Mitchell -resize 200%", "-filter Box -resize 25%")
    return tuple(Line(f"{program} {{in}} {how} {{out}}", file_format) for how in options)


#: Commands. ImageMagick 6 cuts off the 16 bits that it computes with where it writes PNG. The
#: commands of libvips take transparency for one colour more, unless they are told.
COMMANDS = (
    *_imagemagick("magick"),
    *_imagemagick("convert", "tif"),
    Line("convert {in} -resize 50% {out}", measure="rounding"),
    Line("convert {in} -resize 50% -quality 95 -sampling-factor 4:4:4 {out}", "jpg"),
    Line(
        "convert {in} -resize 50% -quality 95 -sampling-factor 4:2:0 {out}", "jpg", measure="chroma"
    ),
    Line("gm convert {in} -resize 50% {out}"),
    Line("vips resize {in} {out} 0.5", measure="alpha"),
    Line("vips shrink {in} {out} 3 3", measure="alpha"),
    Line(
        "ffmpeg -v error -i {in} -vf scale=iw/2:ih/2:flags=bicubic+accurate_rnd+full_chroma_int"
        "+full_chroma_inp {out}"
    ),
)

if __name__ == "__main__":
    every = {**SETTINGS, **{name: act for name, (_, act) in KNOWN.items()}}
    every[sys.argv[1]](*sys.argv[2:])
