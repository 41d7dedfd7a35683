"""Healthy files of every format that is read, made on the spot: what damage begins with."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
         (1, 0, 2, 1))  # fmt: skip


def photo(height: int, width: int, channels: int = 3, seed: int = 0) -> NDArray[np.uint8]:
    """Return H x W x C that changes smoothly, with some noise: no codec finds it trivial."""
    random = np.random.default_rng(seed)
    y, x, c = np.ogrid[:height, :width, :channels]
    smooth = 128 + 60 * np.sin(y / 5 + c) + 40 * np.cos(x / 7 + seed)
    values: NDArray[np.uint8] = (smooth + random.integers(-20, 20, smooth.shape)).astype(np.uint8)
    return values


def saved(image: Image.Image, fmt: str, **settings: Any) -> bytes:
    """Return a picture as a file."""
    file = io.BytesIO()
    image.save(file, fmt, **settings)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *, way: int = 0) -> bytes:
    """Return a PNG file of unfiltered rows, each with its 0 before it."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, way)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_rows(pixels: NDArray[Any]) -> bytes:
    """Return the rows of H x W x C, each with its filter's number, 0, before it."""
    return b"".join(b"\0" + row.astype(row.dtype.newbyteorder(">")).tobytes() for row in pixels)


def interlaced(pixels: NDArray[Any]) -> bytes:
    """Return a PNG file of 8-bit RGB in seven passes."""
    height, width = pixels.shape[:2]
    passes = b"".join(png_rows(pixels[y::dy, x::dx]) for y, x, dy, dx in ADAM7)
    return png(width, height, 8, 2, passes, way=1)


def tiff(pixels: NDArray[Any], **settings: Any) -> bytes:
    """Return a TIFF file by tifffile."""
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, metadata=None, **settings)
    return file.getvalue()


def array(values: NDArray[Any]) -> bytes:
    """Return an array as a .npy file."""
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def archive(**members: NDArray[Any]) -> bytes:
    """Return arrays as a compressed .npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **members)  # type: ignore[arg-type]
    return file.getvalue()


def described() -> dict[str, Any]:
    """Return a profile, EXIF data and a resolution, as Pillow's settings."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "a picture", 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return {"exif": exif, "icc_profile": profile, "dpi": (300, 300)}


def frames_of(height: int, width: int, channels: int = 3) -> dict[str, Any]:
    """Return Pillow's settings for two more frames."""
    more = [Image.fromarray(photo(height, width, channels, seed)) for seed in (1, 2)]
    return {"save_all": True, "append_images": more}


def healthy(height: int = 30, width: int = 41) -> dict[str, bytes]:
    """Return healthy files of these sides by name; the ending is the format's."""
    rgb = Image.fromarray(photo(height, width))
    parts = (_pngs, _jpegs, _tiffs, _others, _newer, _arrays)
    return {name: data for part in parts for name, data in part(rgb).items()}


def _pngs(rgb: Image.Image) -> dict[str, bytes]:
    width, height = rgb.size
    deep = (photo(height, width).astype(np.uint16) * 257) ^ 0x55
    texts = PngInfo()
    texts.add_text("Comment", "words " * 20, zip=True)
    texts.add_itxt("Title", "a title")
    return {
        "grey.png": saved(rgb.convert("L"), "PNG"),
        "rgb.png": saved(rgb, "PNG"),
        "alpha.png": saved(Image.fromarray(photo(height, width, 4)), "PNG"),
        "palette.png": saved(rgb.quantize(64), "PNG", transparency=0),
        "bits.png": saved(rgb.convert("1"), "PNG"),
        "grey16.png": saved(Image.fromarray(deep[..., 0]), "PNG"),
        "rgb16.png": png(width, height, 16, 2, png_rows(deep)),
        "interlaced.png": interlaced(np.asarray(rgb)),
        "animated.png": saved(rgb, "PNG", **frames_of(height, width)),
        "described.png": saved(rgb, "PNG", pnginfo=texts, **described()),
    }


def _jpegs(rgb: Image.Image) -> dict[str, bytes]:
    return {
        "grey.jpg": saved(rgb.convert("L"), "JPEG"),
        "rgb.jpg": saved(rgb, "JPEG", quality=90, subsampling=0),
        "progressive.jpg": saved(rgb, "JPEG", progressive=True),
        "cmyk.jpg": saved(rgb.convert("CMYK"), "JPEG"),
        "restarts.jpg": saved(rgb, "JPEG", restart_marker_rows=1),
        "described.jpg": saved(rgb, "JPEG", **described()),
        "several.jpg": saved(rgb, "MPO", save_all=True, append_images=[rgb]),
    }


def _tiffs(rgb: Image.Image) -> dict[str, bytes]:
    width, height = rgb.size
    deep = photo(height, width).astype(np.uint16) * 257
    tiled = {"tile": (16, 16), "photometric": "rgb"}
    return {
        "raw.tif": saved(rgb, "TIFF"),
        "lzw.tif": saved(rgb, "TIFF", compression="tiff_lzw"),
        "deflate.tif": saved(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "packbits.tif": saved(rgb.convert("L"), "TIFF", compression="packbits"),
        "jpeg.tif": saved(rgb, "TIFF", compression="jpeg"),
        "fax.tif": saved(rgb.convert("1"), "TIFF", compression="group4"),
        "strips.tif": tiff(np.asarray(rgb), rowsperstrip=4, photometric="rgb"),
        "tiles.tif": tiff(np.asarray(rgb), compression="zlib", **tiled),
        "big.tif": tiff(np.asarray(rgb), bigtiff=True, byteorder=">", photometric="rgb"),
        "pages.tif": saved(rgb, "TIFF", compression="tiff_lzw", **frames_of(height, width)),
        "grey16.tif": saved(Image.fromarray(deep[..., 0]), "TIFF"),
        "float.tif": saved(Image.fromarray(deep[..., 0].astype(np.float32)), "TIFF"),
        "rgb16.tif": tiff(deep, compression="zlib", rowsperstrip=8, photometric="rgb"),
        "floats.tif": tiff(deep.astype(np.float32), photometric="rgb"),
        "described.tif": saved(rgb, "TIFF", **described()),
    }


def _others(rgb: Image.Image) -> dict[str, bytes]:
    width, height = rgb.size
    rgba = Image.fromarray(photo(height, width, 4))
    plain = " ".join(str(value) for value in np.asarray(rgb).ravel())
    return {
        "still.gif": saved(rgb.quantize(64), "GIF"),
        "animated.gif": saved(rgb, "GIF", duration=40, loop=0, **frames_of(height, width)),
        "lossy.webp": saved(rgb, "WEBP"),
        "lossless.webp": saved(rgba, "WEBP", lossless=True),
        "animated.webp": saved(rgb, "WEBP", **frames_of(height, width)),
        "described.webp": saved(rgb, "WEBP", **described()),
        "rgb.bmp": saved(rgb, "BMP"),
        "palette.bmp": saved(rgb.quantize(200), "BMP"),
        "alpha.bmp": saved(rgba, "BMP"),
        "rgb.ppm": saved(rgb, "PPM"),
        "plain.ppm": f"P3\n# plain\n{width} {height}\n255\n{plain}\n".encode(),
        "grey16.pgm": saved(Image.fromarray(photo(height, width, 1)[..., 0].astype("u2")), "PPM"),
        "rgb.tga": saved(rgb, "TGA"),
        "alpha.tga": saved(rgba, "TGA", rle=True),
    }


def _newer(rgb: Image.Image) -> dict[str, bytes]:
    rows = np.asarray(rgb)[::-1].astype("<f4").tobytes()
    return {
        "rgb.avif": saved(rgb, "AVIF"),
        "rgb.jp2": saved(rgb, "JPEG2000"),
        "rgb.jxl": bytes(imagecodecs.jpegxl_encode(np.asarray(rgb), lossless=True)),
        "rgb.pfm": b"PF\n%d %d\n-1.0\n" % rgb.size + rows,
        "rgb.qoi": saved(rgb, "QOI"),
        "rgb.ico": saved(rgb, "ICO", sizes=[rgb.size]),
    }


def _arrays(rgb: Image.Image) -> dict[str, bytes]:
    pixels = np.moveaxis(np.asarray(rgb), -1, 0)
    return {
        "bytes.npy": array(pixels),
        "floats.npy": array(np.asfortranarray(pixels.astype(">f4"))),
        "one.npz": archive(only=pixels),
    }
