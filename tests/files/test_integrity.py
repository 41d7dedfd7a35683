"""Damage that decoders let through is refused, healthy files of every kind are not."""

from __future__ import annotations

import io
import itertools
import re
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.conftest import Updown, noise, pixels
from updown_cli.errors import InputError
from updown_cli.files.blocks import BLOCK
from updown_cli.files.gif.integrity import check_gif
from updown_cli.files.integrity import check_size
from updown_cli.files.jpeg.integrity import check_jpeg
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading

SAME = ["pool", "-k", "1"]
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def saved(fmt: str, frames: int = 1, **settings: Any) -> bytes:
    """Return a file of noise in a format."""
    images = [Image.fromarray(noise(20, 30, 3, seed=seed)) for seed in range(frames)]
    file = io.BytesIO()
    if frames > 1:
        settings.update(save_all=True, append_images=images[1:])
    images[0].save(file, fmt, **settings)
    return file.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(rows: bytes, *, height: int, interlaced: int = 0, compression: int = 0) -> bytes:
    """Return a grey PNG file 5 wide with these rows, each with its filter's byte."""
    header = struct.pack(">IIBBBBB", 5, height, 8, 0, compression, 0, interlaced)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(*parts) for parts in chunks)


def refusal(data: bytes) -> str:
    """Return why a file is refused."""
    with pytest.raises(InputError) as refused:
        read_bytes(data, Reading())
    return str(refused.value)


HEALTHY = {
    "png": saved("PNG"),
    "apng": saved("PNG", 3),
    "gif": saved("GIF"),
    "animated gif": saved("GIF", 3),
    "jpeg": saved("JPEG"),
    "progressive jpeg": saved("JPEG", progressive=True),
    "webp": saved("WEBP"),
    "animated webp": saved("WEBP", 3),
    **{f"tiff {name}": saved("TIFF", 2, compression=name) for name in ("raw", "tiff_lzw", "jpeg")},
}


@pytest.mark.parametrize("data", HEALTHY.values(), ids=HEALTHY)
def test_a_healthy_file_is_read(data: bytes) -> None:
    assert read_bytes(data, Reading()).shape == (3, 20, 30)


@pytest.mark.parametrize("data", HEALTHY.values(), ids=HEALTHY)
def test_a_file_without_its_end_is_truncated(data: bytes) -> None:
    """The last bytes of a TIFF file may mean nothing."""
    if data.startswith(b"II"):
        assert refusal(data[:-20]) in ("truncated TIFF", "damaged TIFF")
    else:
        assert refusal(data[:-1]).startswith("truncated ")


@pytest.mark.parametrize("data", HEALTHY.values(), ids=HEALTHY)
def test_what_follows_the_end_does_no_harm(data: bytes) -> None:
    assert read_bytes(data + b"a trailer", Reading()).shape == (3, 20, 30)


def test_every_checksum_of_a_png_is_checked() -> None:
    data = bytearray(HEALTHY["png"])
    data[data.index(b"IDAT") + 40] ^= 1
    assert refusal(bytes(data)) == "damaged PNG"


def test_a_png_of_another_compression_is_refused() -> None:
    rows = bytes([0, 1, 2, 3, 4, 5])
    assert read_bytes(png(rows, height=1), Reading()).pixels.tolist() == [[[[1, 2, 3, 4, 5]]]]
    assert refusal(png(rows, height=1, compression=7)) == "damaged PNG"


@pytest.mark.parametrize("last", [0, 9])
def test_a_png_of_fewer_rows_than_it_tells_is_truncated(last: int) -> None:
    """A last row that is black may be there, or not."""
    rows = bytes([0, 1, 2, 3, 4, 5] * 2 + [0] + [last] * 5)
    assert read_bytes(png(rows, height=3), Reading()).pixels[0, 0, 2].tolist() == [last] * 5
    assert refusal(png(rows, height=4)) == "truncated PNG"


def test_an_interlaced_png_of_fewer_passes_than_it_has_is_truncated() -> None:
    """5 x 2 has pixels in passes 1, 2, 4, 6 and 7: 1, 1, 1, 2 and 5 of them."""
    passes = [[0, 10], [0, 14], [0, 12], [0, 11, 13], [0, 1, 2, 3, 4, 5]]
    whole = bytes(itertools.chain(*passes))
    picture = read_bytes(png(whole, height=2, interlaced=1), Reading())
    assert picture.pixels[0, 0].tolist() == [[10, 11, 12, 13, 14], [1, 2, 3, 4, 5]]
    assert refusal(png(whole[:-1], height=2, interlaced=1)) == "truncated PNG"


def test_the_end_of_a_preview_is_no_end_of_a_jpeg() -> None:
    preview = saved("JPEG")
    header = b"\xff\xe1" + struct.pack(">H", len(preview) + 2) + preview
    data = HEALTHY["jpeg"][:2] + header + HEALTHY["jpeg"][2:]
    assert read_bytes(data, Reading()).shape == (3, 20, 30)
    assert refusal(data[:-2]) == "truncated JPEG"


def test_an_end_of_a_jpeg_across_two_blocks_is_seen() -> None:
    """Its two bytes are read with different blocks, and are an end side by side only."""
    header = b"\xff\xd8\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    scan = header + bytes(BLOCK - 1)
    check_jpeg(io.BytesIO(scan + b"\xff\xd9"))
    for data in (scan + b"\xff", scan + b"\0\xd9", scan[:-1] + b"\xff\0\xd9"):
        with pytest.raises(InputError, match=r"^truncated JPEG$"):
            check_jpeg(io.BytesIO(data))


def test_the_first_view_of_a_photograph_with_several_is_read() -> None:
    """A multi-picture file: telephones put previews and gain maps behind the photograph."""
    file = io.BytesIO()
    views = [Image.fromarray(noise(20, 30, 3)), Image.fromarray(noise(4, 5, 3))]
    views[0].save(file, "MPO", save_all=True, append_images=views[1:])
    picture = read_bytes(file.getvalue(), Reading())
    assert (picture.format, picture.frames, picture.shape) == ("JPEG", 1, (3, 20, 30))


def test_an_unknown_block_of_a_gif_is_damage() -> None:
    assert HEALTHY["gif"].endswith(b"\x00;")
    assert refusal(HEALTHY["gif"][:-1] + b"?;") == "damaged GIF"


def test_too_many_frames_are_refused_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("updown_cli.files.reading.MAX_FRAMES", 2)
    for kind in ("animated gif", "apng", "animated webp"):
        assert refusal(HEALTHY[kind]) == "more than 2 frames"
    with pytest.raises(InputError, match=r"^more than 2 frames$"):
        check_gif(io.BytesIO(HEALTHY["animated gif"]))
    assert refusal(saved("TIFF", 3)) == "more than 2 frames"


def tiff(**settings: Any) -> bytearray:
    """Return a TIFF file of 64 x 48 grey pixels."""
    file = io.BytesIO()
    tifffile.imwrite(file, noise(64, 48), metadata=None, **settings)
    return bytearray(file.getvalue())


def tag_of(data: bytearray, tag: int) -> tuple[int, int]:
    """Return (place of the value, number of values) of a tag in the first directory."""
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for at in range(start + 2, start + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, at)[0] == tag:
            return at + 8, struct.unpack_from("<I", data, at + 4)[0]
    raise KeyError(tag)


@pytest.mark.parametrize(
    "settings",
    [
        {"bigtiff": True},
        {"byteorder": ">"},
        {"tile": (16, 16), "compression": "zlib"},
        {"rowsperstrip": 10, "compression": "lzw"},
    ],
    ids=str,
)
def test_a_tiff_of_any_layout_is_read(settings: dict[str, Any]) -> None:
    data = tiff(**settings)
    np.testing.assert_array_equal(read_bytes(bytes(data), Reading()).pixels[0, 0], noise(64, 48))


@pytest.mark.parametrize(
    ("settings", "counts"),
    [({"tile": (16, 16), "compression": "zlib"}, 325), ({"rowsperstrip": 10}, 279)],
    ids=["tiles", "strips"],
)
def test_an_empty_strip_or_tile_is_damage(settings: dict[str, Any], counts: int) -> None:
    data = tiff(**settings)
    (place,) = struct.unpack_from("<I", data, tag_of(data, counts)[0])
    struct.pack_into("<H" if place and counts == 279 else "<I", data, place, 0)
    assert refusal(bytes(data)) == "damaged TIFF"


def test_fewer_strips_than_rows_need_are_damage() -> None:
    data = tiff(rowsperstrip=10)
    struct.pack_into("<H", data, tag_of(data, 257)[0], 640)
    assert refusal(bytes(data)) == "damaged TIFF"


def test_pages_that_lead_back_are_damage() -> None:
    data = tiff()
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    struct.pack_into("<I", data, start + 2 + 12 * count, start)
    assert refusal(bytes(data)) == "damaged TIFF"


@pytest.mark.parametrize("tag", [257, 273, 278, 279])
def test_a_tag_of_absurd_length_is_refused(tag: int) -> None:
    data = tiff(rowsperstrip=10)
    struct.pack_into("<I", data, tag_of(data, tag)[0] - 4, 0xFFFFFFFF)
    assert refusal(bytes(data)) == "damaged TIFF"


def test_a_file_far_larger_than_its_pixels_is_refused() -> None:
    with pytest.raises(InputError, match=r"^67\.1 MB are too much for 1e-06 megapixels$"):
        check_size(io.BytesIO(bytes((1 << 26) + 17)), 1)
    check_size(io.BytesIO(bytes((1 << 26) + 16)), 1)


@pytest.mark.parametrize(
    ("data", "remark"),
    [
        (HEALTHY["png"][:900], "truncated PNG, read as far as it goes"),
        (HEALTHY["jpeg"][:-300], "truncated JPEG, read as far as it goes"),
        (HEALTHY["gif"][:-1], "truncated GIF, read as far as it goes"),
    ],
    ids=["png", "jpeg", "gif"],
)
def test_damage_can_be_accepted_with_a_warning(updown: Updown, data: bytes, remark: str) -> None:
    Path("in").write_bytes(data)
    assert updown(*SAME, "in", "-o", "out.png").code == 1
    (record,) = updown(*SAME, "in", "-o", "out.png", "--accept-damaged", "--json").records
    assert record["warnings"][0] == remark
    assert pixels("out.png").shape == (20, 30, 3)


def test_what_is_no_picture_is_refused_even_if_damage_is_accepted(updown: Updown) -> None:
    Path("in.png").write_bytes(SIGNATURE + b"\0" * 40)
    done = updown(*SAME, "in.png", "-o", "out.png", "--accept-damaged")
    assert (done.code, done.stderr) == (1, "updown: in.png: damaged PNG\n")


def test_libtiff_is_not_heard(updown: Updown) -> None:
    data = tiff(compression="zlib")
    (place,) = struct.unpack_from("<I", data, tag_of(data, 273)[0])
    data[place + 2 : place + 60] = bytes(58)
    Path("in.tif").write_bytes(data)
    done = updown(*SAME, "in.tif", "-o", "out.tif")
    assert (done.code, done.stderr) == (1, "updown: in.tif: damaged TIFF\n")


@pytest.mark.parametrize(
    ("limit", "code", "stderr"),
    [
        ("6.9K", 1, "in.bmp: would need 6.63e-06 GiB, limit is 6.58e-06 GiB (--max-memory)"),
        ("7K", 0, "1 done, 0 skipped, 0 failed"),
        ("many", 2, "--max-memory many: must be a size such as 512M or 4G"),
        ("0", 2, "--max-memory 0: must be at least 1"),
    ],
)
def test_a_result_that_needs_too_much_memory_is_refused(
    updown: Updown, limit: str, code: int, stderr: str
) -> None:
    """60 x 80 and 30 x 40 in one channel: 6,000 bytes, and for a row 1,120.

    BMP is whole in memory, with the extra `huge` as well.
    It has 2 x 80 and 40 floats, and 40 positions of two floats each.
    """
    Image.fromarray(noise(60, 80)).save("in.bmp")
    done = updown("pool", "in.bmp", "-o", "out.bmp", "--max-memory", limit)
    assert (done.code, done.stderr) == (code, f"updown: {stderr}\n" if code else "")


def test_an_image_that_takes_too_long_is_given_up(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> None:
        time.sleep(30)

    Image.new("L", (4, 4)).save("in.png")
    monkeypatch.setattr("updown_cli.batch.job.read", slow)
    done = updown("pool", "in.png", "-o", "out.png", "--timeout", "0.05")
    assert (done.code, done.stderr) == (
        1,
        "updown: in.png: took more than 0.05 s (--timeout)\n",
    )


def test_an_endless_stream_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("updown_cli.files.integrity.SPARE_BYTES", 1000)
    from updown_cli.files.read import read_stream

    more = "more than 0.00116 MB; write it to a file, or give more --max-memory"
    with pytest.raises(InputError, match=f"^{re.escape(more)}$"):
        read_stream(io.BytesIO(b"BM" + bytes(50_000)), Reading(max_pixels=10))
