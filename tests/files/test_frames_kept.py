"""Animations come back in number, pixels, delays and how often they are shown."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import Updown, noise
from updown_cli.files.picture import Picture
from updown_cli.files.read import read_bytes
from updown_cli.files.reading import Reading
from updown_cli.files.write import encode, encoded_parts

DELAYS = [100, 0, 300, 40]
ENDINGS = [".gif", ".png", ".webp"]


def moving(channels: int = 3, *, loop: int = 0) -> Picture:
    """Return four frames, of which the second repeats the first."""
    frames = np.stack([noise(channels, 6, 8, seed=seed) for seed in (0, 0, 1, 2)]) // 128 * 255
    alpha = channels == 4
    return Picture(frames, "RGB", alpha, metadata={"duration": DELAYS, "loop": loop})


def again(picture: Picture, ending: str) -> Picture:
    return read_bytes(encode(picture, picture.pixels, ending, None), Reading())


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("loop", [0, 1, 4])
def test_number_delays_and_plays_come_back(ending: str, loop: int) -> None:
    found = again(moving(loop=loop), ending)
    assert (found.frames, found.metadata["duration"]) == (4, DELAYS)
    assert found.metadata["loop"] == loop


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("ending", [".gif", ".png"])
def test_pixels_come_back(ending: str, channels: int) -> None:
    picture = moving(channels)
    found = again(picture, ending)
    seen = (
        picture.pixels[:, -1:] > 0 if channels == 4 else np.ones_like(picture.pixels[:, :1], bool)
    )
    np.testing.assert_array_equal(
        np.where(seen, found.pixels, 0), np.where(seen, picture.pixels, 0)
    )


def test_what_is_clear_leaves_no_trail() -> None:
    frames = np.zeros((3, 4, 4, 12), np.uint8)
    for index, frame in enumerate(frames):
        frame[:, :, 4 * index : 4 * index + 2] = 255
    found = again(Picture(frames, "RGB", alpha=True), ".gif")
    assert (found.pixels[:, 3] > 0).sum((1, 2)).tolist() == [8, 8, 8]


@pytest.mark.parametrize("colours", [2, 16, 255, 256])
def test_a_gif_of_few_enough_colours_is_exact(colours: int) -> None:
    palette = noise(256, 3, seed=3)[:colours]
    frame = palette[np.arange(400).reshape(20, 20) % colours].transpose(2, 0, 1)[None]
    np.testing.assert_array_equal(again(Picture(frame, "RGB"), ".gif").pixels, frame)


def test_half_of_opaque_parts_clear_from_opaque_and_that_is_said() -> None:
    pixels = noise(1, 4, 2, 4)
    pixels[0, 3] = [0, 127, 128, 255]
    (data,), said = encoded_parts(Picture(pixels, "RGB", alpha=True), pixels, ".gif", None, {})
    found = read_bytes(bytes(data), Reading())
    assert found.pixels[0, 3, 0].tolist() == [0, 0, 255, 255]
    assert said == ["half-transparent pixels became clear below alpha 128, opaque from there"]


@pytest.mark.parametrize("channels", [1, 3])
def test_frames_of_16_bits_come_back(channels: int) -> None:
    random = np.random.default_rng(0)
    frames: NDArray[Any] = random.integers(0, 65536, (3, channels, 5, 4)).astype(np.uint16)
    picture = Picture(frames, "RGB" if channels == 3 else "L", metadata={"duration": [10, 20, 30]})
    found = again(picture, ".png")
    np.testing.assert_array_equal(found.pixels, frames)
    assert found.metadata["duration"] == [10, 20, 30]


def test_a_picture_for_still_viewers_is_no_frame() -> None:
    file = io.BytesIO()
    still, *shown = (Image.fromarray(noise(4, 4, 3, seed=seed)) for seed in range(3))
    still.save(file, "PNG", save_all=True, append_images=shown, default_image=True, duration=[5, 7])
    found = read_bytes(file.getvalue(), Reading())
    assert (found.frames, found.metadata["duration"]) == (2, [5, 7])
    np.testing.assert_array_equal(found.pixels[0].transpose(1, 2, 0), np.asarray(shown[0]))
    assert found.remarks == ("its default picture, which is no frame, was left out",)


def test_a_pool_of_equal_frames_can_be_undone(updown: Updown) -> None:
    Path("in.gif").write_bytes(encode(moving(), moving().pixels, ".gif", None))
    assert updown("pool", "-k", "2", "--save-indices", "i.npz", "in.gif", "-o", "p.png").code == 0
    done = updown("unpool", "--indices", "i.npz", "p.png", "-o", "out.npy")
    assert done.code == 0, done.stderr
    assert len(np.load("out.npy")) == 4
