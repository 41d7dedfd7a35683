"""How PNG files are compressed: what trials tell is what Pillow would make of it."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from PIL import Image

from updown_cli.files.png import compression

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
        assert compression.BESIDE + compression._compressed_size(rows, kind) == file.tell()


def test_noise_is_coded_alone_and_what_repeats_with_matches() -> None:
    """Matches find nothing in noise; in a pattern of 7 pixels they find all."""
    pattern = np.random.default_rng(1).integers(0, 256, (7, 3), dtype=np.uint8)
    repeated = np.tile(pattern, (64, 20, 1)).reshape(64, 140, 3)
    assert compression.compress_type(pictures()["noise"]) == zlib.Z_HUFFMAN_ONLY
    assert compression.compress_type(Image.fromarray(repeated)) == zlib.Z_DEFAULT_STRATEGY
