"""Random chains of operations."""

from __future__ import annotations

import random

from updown_cli.cli.steps import parse_steps
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline

#: Steps with letters for random numbers; an unpool undoes the last max pool, if there is one.
STEPS = (
    "pool -k K -s S",
    "pool -k K -s S --ceil-mode",
    "pool -k K -s S -p same",
    "pool --mode avg -k K -s S --require-divisible",
    "pool --mode min -k K --dilation S",
    "pool --mode median -k KxS -s 1",
    "pool --mode lp -k S",
    "pool --mode blur -k K -s S",
    "pool --mode adaptive-avg --output-size K",
    "pool --mode adaptive-max --output-size Kx_",
    "pool --mode fractional-max -k S --output-size K --seed 1",
    "unpool --mode avg -k K -s S",
    "unpool --mode zero -k K -s S",
    "unpool",
    "conv --kernel box -k K -s S",
    "conv --kernel sobel-h -p same -s S",
    "conv --mode dilated --kernel gaussian -k K --dilation S",
    "conv --mode depthwise --kernel sobel-h,sobel-v",
    "deconv --kernel bilinear -s S -p 1",
    "deconv --kernel box -k K -s S -p same",
    "deconv --kernel 'sobel-h,sobel-v'",
    "shuffle --downscale-factor S",
    "shuffle --upscale-factor S",
    "upsample --scale-factor 0.4",
    "upsample --mode nearest-exact --scale-factor 1.5",
    "upsample --mode bilinear --size KxS --antialias",
    "upsample --mode bicubic --scale-factor 0.7",
    "upsample --mode area --size K",
    "upsample --mode spline --size K",
    "upsample --mode mean --scale-factor S",
    "upsample --mode trilinear --size 3",
)


def random_chain(source: random.Random, longest: int = 12) -> tuple[Pipeline, Shape]:
    """Return a chain of one to five steps and a shape of small sides, not all of which fit."""
    steps: list[str] = []
    open_pools = 0
    for _ in range(source.randint(1, 5)):
        step = source.choice(STEPS)
        if step == "unpool" and not open_pools:
            step = "pool -k 2"
        open_pools += ("pool -k" in step and step[:4] == "pool") or "max" in step
        open_pools -= step == "unpool"
        for letter, most in (("K", 4), ("S", 3)):
            step = step.replace(letter, str(source.randint(1, most)))
        steps.append(step)
    shape = Shape(source.randint(1, 4), source.randint(1, longest), source.randint(1, longest))
    return parse_steps(" | ".join(steps)), shape
