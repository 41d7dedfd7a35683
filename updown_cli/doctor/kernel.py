"""The kernel: what every result pixel takes of every source pixel near it, along an axis.

Impulses stand so far apart that no result pixel sees two, and are shown at every phase, bright and
dark on grey. Resizing them is resizing an identity matrix: the answers are the operator's rows.
Where the result is much smaller, impulses are some pixels wide, a quarter of a result pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.light import WHITE
from updown_cli.doctor.rig import Rig

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Phases, places of a result pixel between those of the source, that are told at most.
MOST_PHASES = 8

# Source pixels by which a place that was measured may lie before a pixel that it is at.
SLACK = 0.02

# Impulses go less far while answers are cut off: kernels that sharpen are taller than 1.
REACHES = (signals.REACH, signals.REACH / 3, signals.REACH / 9)

# Result pixels that a kernel spans at most, and source pixels, whichever is more.
SPAN, LEAST_SPAN = 8, 16


@dataclass(frozen=True)
class Kernel:
    """Weights, result pixels x taps, and how far each tap is from its pixel, in source pixels.

    `first` is the first source pixel of a tap; a tap is `width` of them. After `period` result
    pixels the places between those of the source come again.
    """

    distances: NDArray[Any]
    weights: NDArray[Any]
    first: NDArray[Any]
    width: int
    scale: float
    period: int

    def to_json(self) -> dict[str, Any]:
        """Return the kernel of the result pixel in the middle in source pixels, and by phase."""
        return {
            **self._row_json(len(self.weights) // 2),
            "tap": self.width,
            "phases": self.period,
            "by_phase": self._by_phase(),
        }

    def _by_phase(self) -> list[dict[str, Any]]:
        """Return the kernels of result pixels beside each other, by where they lie."""
        period = min(self.period, len(self.weights))
        start, count = (len(self.weights) - period) // 2, min(period, MOST_PHASES)
        rows = [start + number * period // count for number in range(count)]
        found = [{"phase": self._phase(row), **self._row_json(row)} for row in rows]
        return sorted(found, key=lambda each: each["phase"])

    def _phase(self, row: int) -> float:
        """Return how far a result pixel lies beyond the source pixel before it."""
        place = float(self.first[row, 0] + (self.width - 1) / 2 - self.distances[row, 0])
        return round((place + SLACK) % 1 - SLACK, 4)

    def _row_json(self, row: int) -> dict[str, Any]:
        return {
            "distances": [round(float(distance), 4) for distance in self.distances[row]],
            "weights": [round(float(weight), 4) for weight in self.weights[row]],
        }

    def curve(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the kernel as one curve: distances in pixels of the coarser side, and weights."""
        import numpy as np

        unit, order = min(self.scale, 1.0), self.distances.ravel().argsort(kind="stable")
        weights = self.weights / (self.width * unit)
        return self.distances.ravel()[order] * unit, np.asarray(weights.ravel()[order])


def find_kernel(rig: Rig, axis: int) -> Kernel:
    """Return the kernel along an axis: 0 down, 1 across."""
    import numpy as np

    scale, other = rig.scale(axis), rig.scale(1 - axis)
    width = max(1, math.floor(1 / (4 * scale)))
    taps = math.ceil(max(LEAST_SPAN, SPAN / scale) / width)
    height = min(math.ceil(max(LEAST_SPAN, SPAN / other)), rig.size[1 - axis])
    phase = np.arange(rig.size[axis]) // width % taps
    for reach in REACHES:
        levels = [signals.MIDDLE + reach, signals.MIDDLE - reach]
        profiles = [
            np.where(phase == tap, level, signals.MIDDLE).astype(np.uint8)
            for level in levels
            for tap in range(taps)
        ]
        answers = answers_to(rig, axis, profiles, height)
        base = np.median(answers, axis=0)  # most impulses leave a pixel alone
        if not _cut_off(answers, base):
            break
    middle, *ends = (
        float(rig.linear_light(np.array(float(level)))) for level in (signals.MIDDLE, *levels)
    )
    amplitudes = np.repeat([end - middle for end in ends], taps)[:, None]
    by_tap = ((answers - base) / amplitudes).reshape(2, taps, -1).mean(0)
    return _rows(rig, axis, by_tap, width)


def _cut_off(answers: NDArray[Any], base: NDArray[Any]) -> bool:
    """Whether impulses end at black or white, and even areas do not."""
    inside = (base > 0) & (base < WHITE)
    return bool((((answers <= 0) | (answers >= WHITE)) & inside).any())


def answers_to(rig: Rig, axis: int, profiles: list[NDArray[Any]], height: int) -> NDArray[Any]:
    """Return what becomes of profiles along an axis, each amid a band of its own."""
    import numpy as np

    count = rig.size[1 - axis] // height
    rows = [rig.index_at(1 - axis, (band + 0.5) * height - 0.5) for band in range(count)]
    answers = []
    for start in range(0, len(profiles), count):
        some = profiles[start : start + count]
        shown = rig.linear_light(rig.show_grey(signals.bands(rig.size, axis, some, height)))
        upright = shown if axis == 1 else shown.T
        answers += [upright[row] for row in rows[: len(some)]]
    return np.stack(answers)


def _rows(rig: Rig, axis: int, by_tap: NDArray[Any], width: int) -> Kernel:
    """Return the answers, taps x result pixels, as a kernel around every result pixel."""
    import numpy as np

    taps, places = len(by_tap), rig.read_places(axis)
    near = np.rint((places[:, None] / width - np.arange(taps)) / taps).astype(int)
    block = near * taps + np.arange(taps)
    distances = (block + 0.5) * width - 0.5 - places[:, None]
    margin = taps * width * 0.75
    inside = (places > margin) & (places < rig.size[axis] - 1 - margin)
    if not inside.any():
        inside = np.abs(places - places.mean()) <= np.abs(places - places.mean()).min() + 1
    order = distances.argsort(1)

    def sorted_rows(values: NDArray[Any]) -> NDArray[Any]:
        return np.take_along_axis(values, order, 1)[inside]

    return Kernel(
        distances=sorted_rows(distances),
        weights=sorted_rows(by_tap.T),
        first=sorted_rows(block * width),
        width=width,
        scale=rig.scale(axis),
        period=rig.out[axis] // math.gcd(rig.out[axis], rig.size[axis]),
    )
