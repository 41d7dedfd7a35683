"""Interpolation of a photograph beside Pillow's: `python -m benchmarks.interpolate`.

One thread, pixels to pixels: our float results, rounded, against Pillow's fixed point. Both sides
run alternately; ratios of the median times are printed. Targets: at most 1.0 for bicubic, 1.5 for
nearest.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image

from benchmarks.png import photograph
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.bicubic import Bicubic
from updown_cli.ops.upsample.bilinear import Bilinear
from updown_cli.ops.upsample.lanczos import Lanczos
from updown_cli.ops.upsample.nearest import Nearest
from updown_cli.ops.upsample.upsample import Upsample
from updown_cli.pipeline.pipeline import Pipeline

ROUNDS = 7

Filter = Image.Resampling

CASES: tuple[tuple[Upsample, Filter], ...] = (
    (Bicubic(scale_factor=(0.5,), antialias=True), Filter.BICUBIC),
    (Bicubic(scale_factor=(2,)), Filter.BICUBIC),
    (Bilinear(scale_factor=(0.5,), antialias=True), Filter.BILINEAR),
    (Lanczos(scale_factor=(0.3,)), Filter.LANCZOS),
    (Nearest(scale_factor=(2,)), Filter.NEAREST),
)


def seconds(act: Callable[[], object]) -> float:
    """Return how long one call takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", help="a photograph; the sample, enlarged to 8 MP, if none")
    image = photograph(parser.parse_args().photo)
    pixels = np.asarray(image).transpose(2, 0, 1)[None]
    torch.set_num_threads(1)
    engine = Engine(torch.device("cpu"))
    for op, resample in CASES:
        plan = Pipeline((op,)).plan(Shape(*pixels.shape[1:]))
        height, width = plan.shape.size
        times = [
            (
                seconds(lambda: image.resize((width, height), resample)),  # noqa: B023
                seconds(lambda: engine.run(plan, pixels, Quantization("uint8"))),  # noqa: B023
            )
            for _ in range(ROUNDS)
        ]
        pillow, ours = (statistics.median(side) for side in zip(*times, strict=True))
        assert op.scale_factor is not None
        name = f"{op.mode} x{float(op.scale_factor[0]):g}"
        print(f"{name:14} {ours / pillow:5.2f} x Pillow ({ours:.3f} s and {pillow:.3f} s)")


if __name__ == "__main__":
    main()
