"""Bombs: small files that would fill the memory, and arrays that are not what they say."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
import zlib
from functools import cache
from typing import Any

import numpy as np

from tests.damaged import jpeg_size, patched, png_header, replaced, tiff_tag
from tests.healthy import chunk, healthy

#: Bytes of a megabyte.
MIB = 1 << 20

#: What a run of one of these files may make, if it were obeyed: nothing.
CANARY = "canary"


def zeros(size: int) -> bytes:
    """Return a zlib stream of so many zeros (whole megabytes), made at once."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    count = size // MIB
    checksum = (count * MIB % 65521) << 16 | 1
    return b"\x78\xda" + block * count + packer.flush() + struct.pack(">I", checksum)


def _png_with(name: bytes, body: bytes) -> bytes:
    data = healthy()["rgb.png"]
    return data[:33] + chunk(name, body) + data[33:]


def _monochrome(side: int) -> bytes:
    rows = zlib.compress(bytes((side // 8 + 1) * side))
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _header(text: str) -> bytes:
    """Return a .npy file of a header and 64 bytes."""
    body = text.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(body)) + body + bytes(64)


def npy(shape: str, dtype: str = "<f4") -> bytes:
    """Return a .npy file that claims this shape, with 64 bytes of values."""
    return _header(f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n")


def zipped(*members: tuple[str, bytes], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


FIELDS = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,), }"


class Obeyed:
    """An object whose pickle runs a command."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch {CANARY}",)


def _pickled() -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Obeyed()], object), allow_pickle=True)
    return file.getvalue()


@cache
def bombs() -> dict[str, tuple[bytes, set[str]]]:
    """Return (bytes, codes) of files that would fill the memory, by name; "" is accepted."""
    files = healthy()
    large = {"too_large"}
    lie = {"too_large", "corrupt", "truncated"}
    text = b"Comment\0\0" + zeros(200 * MIB)
    rgb, gif, webp = files["rgb.png"], files["still.gif"], files["animated.webp"]
    tall = "(4096, 2, 1024, 1024)"
    return {
        "declared.png": (png_header(rgb, width=30000, height=30000), large),
        "declared-4gp.png": (png_header(rgb, width=65535, height=65535), large),
        "valid-400mp.png": (_monochrome(20000), large),
        "declared-400mp.jpg": (jpeg_size(files["rgb.jpg"], 20000, 20000), large),
        "declared-900mp.tif": (tiff_tag(tiff_tag(files["raw.tif"], 256, 30000), 257, 30000), large),
        "declared-floats.tif": (_large_floats(files["floats.tif"]), lie),
        "canvas.gif": (gif[:6] + b"\xff\xff\xff\xff" + gif[10:], large),
        "frame.gif": (replaced(gif, b",\0\0\0\0", b",\0\x70\0\x70"), large),
        "page.tif": (_large_page(files["raw.tif"]), large),
        "view.jpg": (_large_view(files["several.jpg"]), {"", "too_large"}),
        "canvas.webp": (webp[:24] + b"\xff\x3f\0\xff\x3f\0" + webp[30:], lie),
        "declared.bmp": (patched(files["rgb.bmp"], 18, "<II", 60000, 60000), large),
        "declared.ppm": (replaced(files["rgb.ppm"], b"41 30", b"60000 60000"), large),
        "declared.tga": (patched(files["rgb.tga"], 12, "<HH", 60000, 60000), large),
        "text.png": (_png_with(b"zTXt", text), {"", "too_large", "corrupt"}),
        "texts.png": (_png_with(b"iTXt", b"T\0\1\0\0\0" + text[9:]), {"", "too_large", "corrupt"}),
        "profile.png": (_png_with(b"iCCP", text), {"", "too_large", "corrupt"}),
        "more-rows.png": (replaced(rgb, _idat(rgb), chunk(b"IDAT", zeros(1024 * MIB))), {"", *lie}),
        "frames.gif": (_many_frames(gif), large),
        "numbers.npy": (npy("(8589934592,)"), {"truncated", "too_large"}),
        "planes.npy": (npy(tall), {"truncated", "too_large"}),
        "endless.npy": (npy(f"({10**30}, {10**30})"), {"truncated", "too_large"}),
        "negative.npy": (npy("(-4, -4)"), {"bad_shape", "corrupt"}),
        "deep.npy": (_header("(" * 5000), {"corrupt"}),
        "numbers-member.npz": (zipped(("a.npy", npy("(8589934592,)"))), {"truncated", "too_large"}),
        "zeros.npz": (zero_archive(1024), large),
        "zero-planes.npz": (zero_archive(1024, "(1024, 1, 1024, 1024)"), large),
        "members.npz": (zipped(*((f"{n}.npy", b"") for n in range(20_000))), {"missing", *lie}),
    }


def _idat(data: bytes) -> bytes:
    start = data.index(b"IDAT") - 4
    return data[start : start + 12 + struct.unpack_from(">I", data, start)[0]]


def _large_floats(data: bytes) -> bytes:
    return tiff_tag(tiff_tag(data, 256, 13000), 257, 13000)


def _large_page(data: bytes) -> bytes:
    """Return a TIFF file whose second page claims to be larger than its first."""
    second = tiff_tag(tiff_tag(data, 256, 30000), 257, 30000)
    start, end = struct.unpack_from("<I", data, 4)[0], len(data)
    (count,) = struct.unpack_from("<H", data, start)
    directory = second[start : start + 2 + 12 * count + 4]
    return patched(data, start + 2 + 12 * count, "<I", end) + directory


def _large_view(data: bytes) -> bytes:
    """Return a file of two JPEG pictures whose second claims to be larger than its first."""
    second = data.index(b"\xff\xd8\xff", 2)
    return data[:second] + jpeg_size(data[second:], 20000, 20000)


def _many_frames(data: bytes) -> bytes:
    """Return a GIF of 2,000 frames of one pixel on a canvas of a megapixel."""
    frame = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    return data[:6] + b"\0\4\0\4" + b"\x80\0\0\0\0\0\xff\xff\xff" + frame * 2000 + b";"


def zero_archive(megabytes: int, shape: str = "", dtype: str = "|u1", name: str = "a") -> bytes:
    """Return a .npz file whose only array is so many megabytes of zeros."""
    member = f"{name}.npy".encode()
    head = npy(shape or f"({megabytes * MIB},)", dtype)[:-64]
    head = head[:-1].ljust(127) + b"\n"
    head = head[:8] + struct.pack("<H", 118) + head[10:]
    stream = _stored(head) + zeros(megabytes * MIB)[2:-4]
    checksum = zlib.crc32(head)
    for _ in range(megabytes):
        checksum = zlib.crc32(bytes(MIB), checksum)
    size = len(head) + megabytes * MIB
    told = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, checksum, len(stream), size, len(member), 0)
    entry = b"PK\1\2\x14\0" + told + bytes(14) + member
    start = b"PK\3\4" + told + member + stream
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(start), 0)
    return start + entry + end


def _stored(data: bytes) -> bytes:
    return b"\0" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data


@cache
def arrays() -> dict[str, tuple[bytes, set[str]]]:
    """Return (bytes, codes) of arrays that are refused, or must be harmless, by name."""
    pixels = healthy()["bytes.npy"]
    names = ("../up", "/abs", "a\x1b[2J", "n" * 300, "\u202e", "two\nlines")
    return {
        "pickled.npy": (_pickled(), {"pickle"}),
        "pickled-member.npz": (zipped(("a.npy", _pickled())), {"pickle"}),
        "bare-pickle.npy": (pickle.dumps(Obeyed()), {"corrupt"}),
        "bare-pickle-member.npz": (pickle.dumps(Obeyed()), {"corrupt", "not_an_image"}),
        "text.npy": (b"no array\n", {"corrupt"}),
        "code.npy": (_header(f"__import__('os').system('touch {CANARY}')\n"), {"corrupt"}),
        "version-9.npy": (pixels[:6] + b"\x09" + pixels[7:], {"corrupt"}),
        "words.npy": (npy("(4, 4)", "<U4"), {"bad_dtype"}),
        "complex.npy": (npy("(2, 2)", "<c16"), {"bad_dtype"}),
        "fields.npy": (_header(FIELDS), {"bad_dtype"}),
        "nothing.npy": (npy("(0, 4)"), {"bad_shape"}),
        "scalar.npy": (npy("()"), {"bad_shape"}),
        "rank-9.npy": (npy("(1, 1, 1, 1, 1, 1, 1, 4, 4)"), {"bad_shape"}),
        "parent.npz": (zipped(("../up.npy", pixels)), {""}),
        "several.npz": (zipped(*((f"{name}.npy", pixels) for name in names)), {"missing"}),
        "no-array.npz": (zipped(("a.txt", b"text")), {"corrupt"}),
        "empty.npz": (zipped(), {"missing", "corrupt"}),
        "lzma.npz": (zipped(("a.npy", pixels), way=zipfile.ZIP_LZMA), {""}),
    }
