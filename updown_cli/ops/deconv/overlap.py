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

# What adding up may leave between sums that are equal, as a part of the largest weight.
ROUNDING = 1e-6

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


def adds_up_evenly(weight: NDArray[Any], crops: list[DeconvCrop]) -> bool:
    """Whether away from the borders a flat image stays flat, each channel by itself.

    The weights, (in, out / groups, taps), that reach an output pixel sum to as much as those that
    reach its neighbours: taps are counted, weights decide.
    """
    import numpy as np

    sums = np.asarray(weight, np.float64)
    for axis, crop in enumerate(crops, start=2):
        reached, which = np.unique(
            np.arange(crop.kernel) * crop.dilation % crop.stride, return_inverse=True
        )
        taps = np.moveaxis(sums, axis, 0)
        empty = len(reached) < crop.stride  # phases that no tap reaches are as one
        summed = np.zeros((len(reached) + empty, *taps.shape[1:]))
        np.add.at(summed, which, taps)
        sums = np.moveaxis(summed, 0, axis)
    sums = sums.reshape(*sums.shape[:2], -1)
    return bool((np.ptp(sums, axis=-1) <= ROUNDING * np.abs(weight).max()).all())


def overlap_report(crops: list[DeconvCrop], weight: NDArray[Any]) -> list[str]:
    """Return the least and most taps that reach an output pixel, in all and along each axis.

    A checkerboard is where the weights of those taps do not add up evenly.
    """
    ranges = [(int(along.min()), int(along.max())) for along in map(count_taps, crops)]
    least, most = (math.prod(ends) for ends in zip(*ranges, strict=True))
    even = all(map(is_even, crops))
    if least == most:
        reach = f"{_taps(least, most)} {'reaches' if most == 1 else 'reach'} every output pixel"
    else:
        pattern = "evenly away from the borders" if even else "unevenly"
        reach = f"{_taps(least, most)} reach an output pixel, {pattern}"
    reach += _verdict(even, adds_up_evenly(weight, crops))
    names = ("length",) if len(crops) == 1 else AXES[-len(crops) :]
    return [
        f"overlap: {reach}",
        *(_along(*axis) for axis in zip(names, crops, ranges, strict=True)),
    ]


def _verdict(even: bool, adds_up: bool) -> str:
    """Return what comes of taps that reach pixels evenly or not, and of their weights."""
    if even:
        return "" if adds_up else ", but the weights do not add up evenly: a checkerboard"
    return ", but the weights add up evenly: no checkerboard" if adds_up else ", in a checkerboard"


def _along(name: str, crop: DeconvCrop, ends: tuple[int, int]) -> str:
    spread = f", dilation {crop.dilation}" if crop.dilation > 1 else ""
    settings = f"kernel {crop.kernel}, stride {crop.stride}{spread}"
    even = "even" if is_even(crop) else "uneven"
    return f"overlap in {name}: {_taps(*ends)}, {even} ({settings})"


def _taps(least: int, most: int) -> str:
    number = str(most) if least == most else f"{least} to {most}"
    return f"{number} tap" if most == 1 else f"{number} taps"
