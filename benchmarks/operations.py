"""Every operation on 8 megapixels beside torch's: `python -m benchmarks.operations [--only NAME]`.

From the bytes of a decoded picture to those of the result, in colour and in grey: by the engine;
by the torch code that `updown explain` prints, on floats, rounded; and by Pillow, OpenCV and SciPy
where they do the same and are installed. All sides run in turn, each twice, of which the second
time counts; medians are printed, each with its ratio to `F.max_pool2d` through floats in the same
run, and what torch takes for each of ours. Targets: no operation slower than torch's; as ratios to
the maxima 0.74 for medians of 3x3, 5.5 for splines, 2.2 for the bilinear deconvolution and the
sub-pixel block, 0.5 for the average unpool, 0.18 for means and 0.31 for maxima. With `--processor`
times are those of the processor, of all threads together: where other programs want the cores as
well, these tell more than the clock's.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from benchmarks.operation_peers import peers_of
from updown_cli.batch.timing import Case, noise
from updown_cli.cli.steps import parse_steps
from updown_cli.engine.engine import Engine
from updown_cli.engine.memory import keep_freed_memory
from updown_cli.explain.chain_code import chain_code
from updown_cli.op.shape import Shape

ROUNDS = 5
MEGAPIXELS = 8.0

#: Every mode but those that read another picture or a network, and of some a second setting.
STEPS = (
    "pool --mode max -k 2",
    "pool --mode max -k 3 -s 1 -p 1",
    "pool --mode min -k 2",
    "pool --mode avg -k 2",
    "pool --mode avg -k 8",
    "pool --mode avg -k 3 -s 2 -p 1",
    "pool --mode median -k 3 -s 1 -p 1",
    "pool --mode median -k 5 -s 1 -p 2",
    "pool --mode median -k 2",
    "pool --mode lp -k 2",
    "pool --mode blur",
    "pool --mode adaptive-max --output-size 600x800",
    "pool --mode adaptive-avg --output-size 600x800",
    "pool --mode fractional-max --output-ratio 0.5 --seed 1",
    "pool -k 2 | unpool",
    "unpool --mode avg -k 2",
    "unpool --mode avg -k 3 -s 2",
    "unpool --mode zero -k 2",
    "upsample --mode nearest --scale-factor 2",
    "upsample --mode nearest-exact --scale-factor 1.5",
    "upsample --mode linear --scale-factor 2",
    "upsample --mode bilinear --scale-factor 2",
    "upsample --mode bicubic --scale-factor 2",
    "upsample --mode bicubic --antialias --scale-factor 0.5",
    "upsample --mode area --scale-factor 0.5",
    "upsample --mode area-exact --scale-factor 0.4",
    "upsample --mode lanczos --scale-factor 0.5",
    "upsample --mode step --scale-factor 2",
    "upsample --mode spline --scale-factor 2",
    "upsample --mode mean --scale-factor 2",
    "upsample --mode median --scale-factor 2",
    "conv --kernel sobel-h -p same",
    "conv --kernel laplacian -p same",
    "conv --kernel sharpen -p same",
    "conv --kernel box -p same",
    "conv --kernel gaussian -k 5 -p same",
    "conv --mode dilated --kernel box --dilation 2 -p same",
    "conv --mode depthwise --kernel sobel-h,sobel-v -p same",
    "conv --mode separable --kernel box --pointwise '{}' -p same",
    "conv --mode quantized --kernel sobel-v -p same",
    "deconv --kernel bilinear -s 2 -p 1",
    "deconv --kernel gaussian -k 4 -s 2 -p 1",
    "shuffle --upscale-factor 1",
    "shuffle --downscale-factor 2",
    "upblock --mode up-conv --init bilinear",
    "upblock --mode fast-up-conv --init bilinear",
    "upblock --mode up-proj --init bilinear",
    "upblock --mode fast-up-proj --init bilinear",
    "upblock --mode nnconv --init bilinear",
    "upblock --mode subpixel --init bilinear",
    "upblock --mode meta --init bilinear --scale-factor 1.7",
)

#: Steps on fewer megapixels, on 8 of which torch's code takes up to 24 GB and most of a minute.
MOST_MEGAPIXELS = {
    "pool --mode median -k 5 -s 1 -p 2": 4.0,
    "upsample --mode spline --scale-factor 2": 4.0,
    "upsample --mode median --scale-factor 2": 4.0,
    "upblock --mode up-proj --init bilinear": 2.0,
    "upblock --mode fast-up-proj --init bilinear": 2.0,
    "upblock --mode meta --init bilinear --scale-factor 1.7": 0.5,
}

#: What is for volumes alone.
OF_VOLUMES = ("upsample --mode trilinear --scale-factor 2",)
VOLUME = Shape(1, 100, 283, 283)


def seconds(act: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return how long one call takes by a clock, just after another.

    In the first one threads of whoever came before still wait for work, on the same cores.
    """
    act()
    began = clock()
    act()
    return clock() - began


def sides(megapixels: float) -> tuple[int, int]:
    """Return height and width of about so many megapixels, multiples of 24, 3 to 4."""
    height = round((megapixels * 0.75e6) ** 0.5 / 24) * 24
    return height, height * 4 // 3


def as_floats(pixels: NDArray[Any]) -> torch.Tensor:
    """Return frames x channels x sides as a network is given them, one channel after the other.

    The strides of a single channel may be those of channels side by side as well, for which torch
    has other ways of summing, with other last bits: not those of a tensor that is made of a file.
    """
    return torch.from_numpy(pixels).to(torch.float32, memory_format=torch.contiguous_format)


def as_bytes(y: torch.Tensor) -> NDArray[Any]:
    """Return a result as a picture is stored, channels side by side."""
    return y.round().clamp(0, 255).to(torch.uint8).movedim(1, -1).contiguous().numpy()


def as_rows(planes: NDArray[Any]) -> NDArray[Any]:
    """Return a frame as pictures are in memory: channels side by side, if there are several."""
    return np.ascontiguousarray(planes[0] if len(planes) == 1 else np.moveaxis(planes, 0, -1))


def by_torch(code: Any, pixels: NDArray[Any]) -> NDArray[Any]:
    """Return what printed code makes of pixels."""
    names: dict[str, Any] = {"x": as_floats(pixels)}
    exec(code, names)
    return as_bytes(names["y"])


def maxima(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the maxima of 2x2 pixels through floats."""
    return as_bytes(F.max_pool2d(as_floats(pixels), 2))


def measure(text: str, steps: str, shape: Shape, picture: Shape, asked: argparse.Namespace) -> None:
    """Run all sides in turn, maxima of a picture among them, and print their medians."""
    case = Case.of(text, parse_steps(steps), shape, (1 << 40, 1 << 40))
    pixels, of_picture = noise(shape), noise(picture)
    code = compile(chain_code(case.plan), text, "exec")
    engine = Engine(torch.device("cpu"))
    acts: dict[str, Callable[[], object]] = {
        "maxima": lambda: maxima(of_picture),
        "updown": lambda: engine.run(case.plan, pixels, case.quantization),
        "torch": lambda: by_torch(code, pixels),
    }
    rows = as_rows(pixels[0])
    for name, act in peers_of(text).items():
        acts[name] = lambda act=act: act(rows)  # type: ignore[misc]
    times: dict[str, list[float]] = {name: [] for name in acts}
    clock = time.process_time if asked.processor else time.perf_counter
    for _ in range(asked.rounds):
        for name, side in acts.items():
            times[name].append(seconds(side, clock))
    report(text, shape, {name: statistics.median(taken) for name, taken in times.items()})


def report(text: str, shape: Shape, medians: dict[str, float]) -> None:
    """Print what every side takes, and the two ratios."""
    one = medians.pop("maxima")
    size = f"{shape.channels} x {math.prod(shape.size) / 1e6:.1f} MP"
    parts = [f"{name} {taken * 1000:7.1f} ms {taken / one:5.2f}" for name, taken in medians.items()]
    ratio = medians["updown"] / medians["torch"]
    print(f"{text:60} {size}  {ratio:5.2f} x torch  {'  '.join(parts)}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="steps with this text in them")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--megapixels", type=float, default=MEGAPIXELS)
    parser.add_argument("--processor", action="store_true", help="the processor's time, not wall")
    asked = parser.parse_args()
    keep_freed_memory()  # as in a run
    with torch.inference_mode():
        for channels in (3, 1):
            mixed = "; ".join(" ".join(["0.3"] * channels) for _ in range(channels))
            for text in STEPS:
                if asked.only in text:
                    most = MOST_MEGAPIXELS.get(text, asked.megapixels)
                    picture = Shape(channels, *sides(min(asked.megapixels, most)))
                    measure(text, text.format(mixed), picture, picture, asked)
        for text in OF_VOLUMES:
            if asked.only in text:
                measure(text, text, VOLUME, Shape(1, *sides(asked.megapixels)), asked)


if __name__ == "__main__":
    main()
