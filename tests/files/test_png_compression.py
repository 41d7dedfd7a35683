"""How PNG files are compressed: what trials tell is what Pillow would make of it."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from PIL import Image

from updown_cli.files.picture import Picture
from updown_cli.files.pillow_write import to_image
from updown_cli.files.png import compression
from updown_cli.files.write import encode

KINDS = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_RLE, zlib.Z_HUFFMAN_ONLY)


def pictures() -> dict[str, Image.Image]:
    """Return pictures that compress differently."""
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, (300, 200, 3), dtype=np.uint8)
    slope = np.add.outer(np.arange(90), np.arange(120)).astype(np.uint8)
    flat = Image.new("RGBA", (5000, 40), (9, 8, 7, 6))
    return {
        "noise": Image.fromarray(noise),
        "one row": Image.fromarray(noise[:1]),
        "slope": Image.fromarray(slope),
        "deep": Image.fromarray(slope.astype(np.uint16) * 257),
        "flat": flat,
    }


@pytest.mark.parametrize("name", pictures())
def test_a_trial_tells_the_size_of_the_file_that_pillow_writes(name: str) -> None:
    """Byte for byte, for every strategy, of the strips that are tried."""
    sample = compression._sample(pictures()[name])
    rows = compression.filtered_rows(sample)
    for kind in KINDS:
        file = io.BytesIO()
        sample.save(file, "PNG", compress_type=kind)
        assert compression.BESIDE + len(compression._compressed(rows)[kind]) == file.tell()


def test_noise_is_coded_alone_and_what_repeats_with_matches() -> None:
    """Matches find nothing in noise; in a pattern of 7 pixels they find all."""
    pattern = np.random.default_rng(1).integers(0, 256, (7, 3), dtype=np.uint8)
    repeated = np.tile(pattern, (64, 20, 1)).reshape(64, 140, 3)
    assert compression.compress_type(pictures()["noise"]) == zlib.Z_HUFFMAN_ONLY
    assert compression.compress_type(Image.fromarray(repeated)) == zlib.Z_DEFAULT_STRATEGY


def test_nothing_is_tried_of_a_picture_that_fits_a_block_of_a_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """64 x 64 grey values are 4,096 bytes; noise, which Huffman codes alone would serve as well."""
    noise = np.random.default_rng(0).integers(0, 256, (65, 64), dtype=np.uint8)
    assert compression.compress_type(Image.fromarray(noise)) == zlib.Z_HUFFMAN_ONLY
    monkeypatch.setattr(compression, "_compressed", None)
    tiny = Image.fromarray(noise[:64])
    kind = compression.compress_type(tiny)
    assert kind == zlib.Z_DEFAULT_STRATEGY
    file = io.BytesIO()
    tiny.save(file, "PNG")
    assert (
        compression.deflated(tiny, optimize=False, level=compression.DEFAULT, strategy=kind)
        in file.getvalue()
    )


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(1, 1), (16, 16), (40, 30), (90, 80), (20000, 2)])
@pytest.mark.parametrize(
    ("asked", "settings"),
    [({}, {}), ({"compress_level": "1"}, {"compress_level": 1}), ({"optimize": "true"}, None)],
)
def test_a_file_is_what_pillow_saves(
    mode: str, size: tuple[int, int], asked: dict[str, str], settings: dict[str, int] | None
) -> None:
    """Byte for byte, though chunks are put together here; noise, so that there are several."""
    channels, dtype = len(mode) if mode != "I;16" else 1, np.uint16 if mode == "I;16" else np.uint8
    random = np.random.default_rng(3)
    pixels = random.integers(0, 1 << 8 * dtype().itemsize, (1, channels, *size[::-1]), dtype)
    image, file = to_image(pixels[0], mode), io.BytesIO()
    given = {"optimize": True} if settings is None else settings
    image.save(file, "PNG", compress_type=compression.compress_type(image), **given)
    source = Picture(pixels, {"RGB": "RGB", "RGBA": "RGB"}.get(mode, "L"), mode.endswith("A"))
    assert encode(source, pixels, ".png", None, asked) == file.getvalue()
