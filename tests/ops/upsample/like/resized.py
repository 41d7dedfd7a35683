"""Images of many sizes, put through a resize of another library as a run puts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.base import Op
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline

#: One pixel, halves, whole factors, one side up and the other down, odd ones, none.
SIZES = (
    *(((1, 1), (3, 2)), ((7, 9), (1, 1)), ((1, 17), (4, 40)), ((19, 1), (7, 1))),
    *(((32, 48), (16, 24)), ((20, 12), (60, 36)), ((32, 48), (64, 24)), ((31, 17), (30, 16))),
    *(((5, 4), (61, 50)), ((90, 60), (3, 2)), ((33, 21), (47, 13)), ((12, 11), (12, 11))),
)
WHITE = {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0, "float64": 1.0}


def images(dtype: str) -> Iterator[tuple[Any, tuple[int, int]]]:
    """Yield H x W x C of a type with the size to make, of 1, 3 and 4 channels in turn."""
    for number, (size, target) in enumerate(SIZES):
        values = np.random.default_rng(number).random((*size, (1, 3, 4)[number % 3]))
        values = values * WHITE[dtype]
        yield (values if dtype[0] == "f" else values.round()).astype(dtype), target


def resized(op: Op, pixels: Any) -> Any:
    """Return what an operation makes of H x W x C, in the same type."""
    x, dtype = np.moveaxis(pixels, -1, 0)[None], pixels.dtype.name
    plan = Pipeline((op,)).plan(Shape(*x.shape[1:]))
    engine, info = Engine(torch.device("cpu")), ChannelInfo(WHITE[dtype])
    done = engine.run(plan, x, Quantization(dtype), channel_info=info)
    return np.moveaxis(done.pixels[0], 0, -1)
