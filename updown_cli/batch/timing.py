"""How long a pipeline takes on noise, as the engine runs it on what was read from a file."""

from __future__ import annotations

import math
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.batch.watcher import NOBODY, Watcher
from updown_cli.engine.memory import check_memory
from updown_cli.engine.quantize import Quantization
from updown_cli.files.reading import check_pixels
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan
from updown_cli.pipeline.step_errors import in_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.engine.engine import Engine


@dataclass(frozen=True)
class Case:
    """Steps, as they were typed, planned for noise of a size."""

    text: str
    plan: Plan
    quantization: Quantization

    @classmethod
    def of(
        cls, text: str, pipeline: Pipeline, shape: Shape, limits: tuple[int, int | None]
    ) -> Case:
        """Return the case; raise ShapeError or InputError for what does not fit.

        `limits` are the pixels before and after each step, and the bytes that are needed.
        """
        most_pixels, most_bytes = limits
        with in_step(f"{text}, {shape}"):
            check_pixels(math.prod(shape.size), most_pixels)
            plan = pipeline.plan(shape)
            for step in plan.steps:
                check_pixels(math.prod(step.after.size), most_pixels)
            check_memory(plan.bytes, most_bytes)
        code_values = all(op.gives_code_values for op in pipeline.ops)
        return cls(text, plan, Quantization("uint8", range="clamp" if code_values else "symmetric"))

    @property
    def shape(self) -> Shape:
        """Shape of the noise."""
        return self.plan.steps[0].before


@dataclass(frozen=True)
class Timing:
    """The seconds of every run of a case on a device."""

    case: Case
    device: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The run in the middle."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """How far the slowest is from the fastest, as a part of the median."""
        return (max(self.seconds) - min(self.seconds)) / self.median

    def rate(self, shape: Shape) -> float:
        """Return megapixels of a shape in a second."""
        return math.prod(shape.size) / self.median / 1e6

    def to_json(self) -> dict[str, Any]:
        """Return all as JSON."""
        return {
            "steps": self.case.text,
            "in": list(self.case.shape),
            "out": list(self.case.plan.shape),
            "device": self.device,
            "seconds": {
                "median": round(self.median, 6),
                "min": round(min(self.seconds), 6),
                "max": round(max(self.seconds), 6),
            },
            "spread": round(self.spread, 4),
            "megapixels_per_second": {
                "in": float(f"{self.rate(self.case.shape):.4g}"),
                "out": float(f"{self.rate(self.case.plan.shape):.4g}"),
            },
            "runs": len(self.seconds),
        }


def time_case(
    case: Case, engine: Engine, repeat: int, warmup: int, watcher: Watcher = NOBODY
) -> Timing:
    """Return how long a case takes, after some runs that do not count."""
    watcher.begin("ops")
    pixels = noise(case.shape)
    for _ in range(warmup):
        engine.run(case.plan, pixels, case.quantization)
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        engine.run(case.plan, pixels, case.quantization)
        seconds.append(time.perf_counter() - began)
    return Timing(case, str(engine.device), tuple(seconds))


def noise(shape: Shape) -> NDArray[Any]:
    """Return a frame of bytes, with a picture's channels side by side as decoders leave them."""
    import numpy as np

    random = np.random.default_rng(0)
    if len(shape.size) != 2:
        return random.integers(0, 256, (1, *shape), dtype=np.uint8)
    rows = random.integers(0, 256, (1, *shape.size, shape.channels), dtype=np.uint8)
    return rows.transpose(0, 3, 1, 2)
