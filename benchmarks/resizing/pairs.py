"""Sizes from and to, and pictures of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

Size = tuple[int, int]

PHOTO = Path(__file__).parent.parent.parent / "sample_images" / "photo.png"

#: One pixel, few, whole factors, large factors, odd ones.
CHOSEN: tuple[tuple[Size, Size], ...] = (
    *(((1, 1), size) for size in ((1, 1), (3, 2), (7, 9))),
    *((size, (1, 1)) for size in ((2, 2), (5, 3), (64, 31))),
    *(((1, 17), size) for size in ((1, 5), (4, 40), (3, 17))),
    *(((19, 1), size) for size in ((7, 1), (31, 2), (19, 3))),
    *(((32, 48), size) for size in ((16, 24), (64, 96), (8, 12), (96, 144), (32, 48), (32, 24))),
    *(((32, 48), size) for size in ((16, 48), (33, 49), (31, 47), (11, 16), (64, 24), (16, 96))),
    *(((150, 100), size) for size in ((3, 2), (7, 93), (149, 99), (75, 50), (50, 100))),
    *(((2, 2), size) for size in ((3, 3), (50, 61), (4, 4), (5, 1))),
    *(((3, 5), size) for size in ((100, 7), (6, 10), (2, 4))),
)
COUNT, SEED, LARGEST = 210, 19, 90

# As many again: what a library refuses is not counted.
DRAWN = 2 * COUNT


def pairs() -> list[tuple[Size, Size]]:
    """Return twice 210 pairs: those that are chosen, and random ones."""
    random = np.random.default_rng(SEED)
    drawn = np.exp(random.uniform(0, np.log(LARGEST + 1), (DRAWN - len(CHOSEN), 2, 2)))
    sizes = drawn.astype(int).clip(1, LARGEST).tolist()
    return [*CHOSEN, *(((a, b), (c, d)) for (a, b), (c, d) in sizes)]


def pictures(dtype: str, channels: tuple[int, ...] = (1, 3, 4)) -> Iterator[tuple[Any, Size]]:
    """Yield H x W x C of a type with the size to make: noise, ramps, photographs, in turn."""
    kinds = (_noise, _ramp, _photograph)
    for number, (size, target) in enumerate(pairs()):
        values = kinds[number % 3](size, channels[number // 3 % len(channels)], number)
        yield _stored(values, dtype), target


def _noise(size: Size, channels: int, seed: int) -> Any:
    return np.random.default_rng(seed).random((*size, channels))


def _ramp(size: Size, channels: int, seed: int) -> Any:
    rows, columns = (np.linspace(0, 1, side) for side in size)
    flat = (rows[:, None] + columns) / 2
    return np.stack([flat if (seed + c) % 2 else flat[::-1] for c in range(channels)], -1)


def _photograph(size: Size, channels: int, seed: int) -> Any:
    with Image.open(PHOTO) as photo:
        image = np.asarray(photo.convert("RGB")) / 255.0
    image = np.tile(image, (2, 2, 2))[seed:, seed:, :channels]
    return image[: size[0], : size[1]]


def _stored(values: Any, dtype: str) -> Any:
    if dtype == "float32":
        return values.astype(dtype)
    return np.round(values * np.iinfo(dtype).max).astype(dtype)
