"""How many taps of a transposed convolution reach each output pixel: the checkerboard in numbers.

Odena, Dumoulin and Olah, Deconvolution and Checkerboard Artifacts, 2016.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from updown_cli.ops.deconv.crops import DeconvCrop

if TYPE_CHECKING:
    from numpy.typing import NDArray

AXES = ("depth", "height", "width")


def count_taps(crop: DeconvCrop) -> NDArray[Any]:
    """Return how many taps reach each value that is kept of one axis."""
    import numpy as np

    whole = np.zeros(max(crop.whole, crop.before + crop.out), np.int64)
    for tap in range(crop.kernel):
        whole[tap * crop.dilation :][: (crop.length - 1) * crop.stride + 1 : crop.stride] += 1
    return whole[crop.before :][: crop.out]


def is_even(crop: DeconvCrop) -> bool:
    """Whether away from the borders every value is reached by as many taps.

    Without dilation that is where the stride divides the kernel.
    """
    reached = Counter(tap * crop.dilation % crop.stride for tap in range(crop.kernel))
    return len(reached) == crop.stride and len(set(reached.values())) == 1


def overlap_report(crops: list[DeconvCrop]) -> list[str]:
    """Return the least and most taps that reach an output pixel, in all and along each axis."""
    ranges = [(int(along.min()), int(along.max())) for along in map(count_taps, crops)]
    least, most = (math.prod(ends) for ends in zip(*ranges, strict=True))
    if least == most:
        reach = f"{_taps(least, most)} {'reaches' if most == 1 else 'reach'} every output pixel"
    else:
        even = all(map(is_even, crops))
        pattern = "evenly away from the borders" if even else "unevenly, in a checkerboard"
        reach = f"{_taps(least, most)} reach an output pixel, {pattern}"
    names = ("length",) if len(crops) == 1 else AXES[-len(crops) :]
    return [
        f"overlap: {reach}",
        *(_along(*axis) for axis in zip(names, crops, ranges, strict=True)),
    ]


def _along(name: str, crop: DeconvCrop, ends: tuple[int, int]) -> str:
    spread = f", dilation {crop.dilation}" if crop.dilation > 1 else ""
    settings = f"kernel {crop.kernel}, stride {crop.stride}{spread}"
    even = "even" if is_even(crop) else "uneven"
    return f"overlap in {name}: {_taps(*ends)}, {even} ({settings})"


def _taps(least: int, most: int) -> str:
    number = str(most) if least == most else f"{least} to {most}"
    return f"{number} tap" if most == 1 else f"{number} taps"
