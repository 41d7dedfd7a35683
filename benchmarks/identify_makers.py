"""Who resizes for `benchmarks.identify`: libraries' modes, and three resizers that are nobody's."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from PIL import Image

Pixels = np.ndarray
Make = Callable[[Pixels, tuple[int, int], int], Pixels | None]


@dataclass(frozen=True)
class Maker:
    """A way to resize, and how updown names it: by library and mode; nobody's has no names.

    `around` is what is told beside.
    """

    name: str
    make: Make
    names: tuple[tuple[str, str], ...] = ()
    around: str = ""


def of_pillow(mode: str, pixels: Pixels, size: tuple[int, int], number: int) -> Pixels:
    """Return what Pillow gives."""
    return np.asarray(Image.fromarray(pixels).resize(size[::-1], Image.Resampling[mode]))


def of_opencv(mode: str, pixels: Pixels, size: tuple[int, int], number: int) -> Pixels:
    """Return what OpenCV gives."""
    import cv2

    resized: Pixels = cv2.resize(pixels, size[::-1], interpolation=getattr(cv2, f"INTER_{mode}"))
    return resized


def of_torch(options: dict[str, Any], pixels: Pixels, size: tuple[int, int], number: int) -> Pixels:
    """Return what torch gives of floats, rounded."""
    x = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float()
    y = torch.nn.functional.interpolate(x, size=size, **options)
    return (y.clamp(0, 255) + 0.5).floor().to(torch.uint8)[0].permute(1, 2, 0).numpy()


def imagemagick() -> str | None:
    """Return ImageMagick's program, whose name of version 6 is convert."""
    return shutil.which("magick") or shutil.which("convert")


def of_magick(pixels: Pixels, size: tuple[int, int], number: int) -> Pixels | None:
    """Return what ImageMagick gives with its usual filter."""
    program = imagemagick()
    if program is None:
        return None
    height, width = pixels.shape[:2]
    head = b"P6 %d %d 255\n" % (width, height)
    command = [program, "ppm:-", "-resize", f"{size[1]}x{size[0]}!", "-depth", "8", "rgb:-"]
    done = subprocess.run(command, input=head + pixels.tobytes(), capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.uint8).reshape(*size, 3)


def of_vips(pixels: Pixels, size: tuple[int, int], number: int) -> Pixels | None:
    """Return what libvips gives with its usual kernel."""
    if not find_spec("pyvips"):
        return None
    import pyvips

    height, width = pixels.shape[:2]
    image = pyvips.Image.new_from_array(np.ascontiguousarray(pixels))
    resized: Pixels = image.resize(size[1] / width, vscale=size[0] / height).numpy()
    return resized if resized.shape[:2] == size else None


def blurred(pixels: Pixels, size: tuple[int, int], number: int) -> Pixels:
    """Return every so many pixels of a picture that was blurred before."""
    import cv2

    soft = cv2.GaussianBlur(pixels, (0, 0), 0.55 * max(1.2, pixels.shape[0] / size[0]))
    return cv2.resize(soft, size[::-1], interpolation=cv2.INTER_NEAREST)


def cubic_of_two(pixels: Pixels, size: tuple[int, int], number: int) -> Pixels:
    """Return what a cubic of Mitchell and Netravali gives with B = 0.6 and C = 0.9."""

    def weigh(x: Pixels, b: float = 0.6, c: float = 0.9) -> Pixels:
        near = (12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + 6 - 2 * b
        far = (
            (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + 8 * b + 24 * c
        )
        return np.where(x < 1, near, np.where(x < 2, far, 0)) / 6

    return separable(weigh, 2, pixels, size)


def three_taps(pixels: Pixels, size: tuple[int, int], number: int) -> Pixels:
    """Return linear interpolation between sums of three neighbours with weights by chance."""
    taps = np.random.default_rng(number).dirichlet((1.5, 1.5, 1.5))
    mixed = pixels.astype(float)
    for axis in (0, 1):
        around = [np.roll(mixed, shift, axis) for shift in (1, 0, -1)]
        mixed = sum(tap * one for tap, one in zip(taps, around, strict=True))
    return of_torch({"mode": "bilinear"}, mixed.round().astype(np.uint8), size, number)


def separable(weigh: Any, reach: int, pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Return a picture whose sides are interpolated by a kernel that widens when it shrinks."""
    done = pixels.astype(float)
    for axis, out in enumerate(size):
        length = done.shape[axis]
        scale = max(1.0, length / out)
        at = (np.arange(out) + 0.5) * length / out - 0.5
        away = np.abs(at[:, None] - np.arange(length)) / scale
        weights = np.where(away < reach, weigh(away), 0)
        weights /= weights.sum(1, keepdims=True)
        done = np.moveaxis(np.tensordot(weights, done, (1, axis)), 0, axis)
    return (done.clip(0, 255) + 0.5).astype(np.uint8)


def _torch(name: str, **options: Any) -> Maker:
    return Maker(f"torch {name}", partial(of_torch, options), (("torch", options["mode"]),))


def _opencv(flag: str, *names: tuple[str, str]) -> Maker:
    return Maker(f"opencv {flag}", partial(of_opencv, flag), names)


MAKERS = (
    *(
        Maker(f"pillow {mode}", partial(of_pillow, mode), (("pillow", mode.lower()),))
        for mode in ("BILINEAR", "BICUBIC", "LANCZOS", "NEAREST", "BOX", "HAMMING")
    ),
    _opencv("LINEAR", ("opencv", "linear"), ("torch", "bilinear")),
    _opencv("CUBIC", ("opencv", "cubic"), ("torch", "bicubic")),
    _opencv("AREA", ("opencv", "area"), ("torch", "area-exact")),
    _opencv("NEAREST", ("opencv", "nearest"), ("torch", "nearest")),
    _opencv("NEAREST_EXACT", ("opencv", "nearest-exact"), ("pillow", "nearest")),
    _torch("bilinear", mode="bilinear"),
    _torch("bicubic", mode="bicubic"),
    _torch("bilinear, antialias", mode="bilinear", antialias=True),
    _torch("bicubic, antialias", mode="bicubic", antialias=True),
    _torch("bicubic, align-corners", mode="bicubic", align_corners=True),
    _torch("area", mode="area"),
    Maker(
        "imagemagick",
        of_magick,
        (("imagemagick", "lanczos"), ("imagemagick", "mitchell")),
        "truncated, not rounded",
    ),
    Maker("libvips", of_vips, (("libvips", "resize"),)),
)

STRANGERS = (
    Maker("blurred, then picked", blurred),
    Maker("cubic with B = 0.6 and C = 0.9", cubic_of_two),
    Maker("three taps by chance", three_taps),
)
