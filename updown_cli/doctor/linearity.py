"""Whether a result is the weighted sum that its kernel says, cut off at black and white.

Blocks and rings from black to white are shown, and compared with what the kernels of both axes give
of them. What goes beyond white and comes out black has wrapped around: 281 became 25. Kernels that
are not one down and one across say other values than they give; where some seem to have wrapped,
the same picture is shown at a low contrast, where nothing is cut off, and its answer is enlarged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.kernel import Kernel
from updown_cli.doctor.light import WHITE, light_of
from updown_cli.doctor.measure import Finding, Measure
from updown_cli.doctor.rig import Rig

if TYPE_CHECKING:
    from numpy.typing import NDArray

WRAP = Measure(
    name="wrap",
    unit="share of the pixels",
    form="{:.2%}",
    told=0.0,
    limit=0.0,
    about="pixels that go beyond black or white and come out at the other end",
)
LINEARITY = Measure(
    name="separability",
    unit="share of white",
    form="{:.1%}",
    told=0.02,
    limit=None,
    about="how far results are from one kernel down and one across, root mean square",
)

# How far beyond white, and how far from where it should be cut off, a value has wrapped.
BEYOND, WRAPPED = 4.0, 128.0

# How many times lower that contrast is, and the level of black in it.
LOWER, RAISED = 8, 112.0

# Above this share of white no kernel describes what is done.
LINEAR = 0.15


def find_linearity(rig: Rig, kernels: tuple[Kernel, Kernel]) -> list[Finding]:
    """Tell wrapping and separability, and let the rig know whether kernels tell all."""
    import numpy as np

    matrices = [_matrix(rig, axis, kernel) for axis, kernel in enumerate(kernels)]
    residuals, wrapped, count = [], 0, 0
    side = max(
        8, round(6 / min(rig.scale(0) * kernels[0].width, rig.scale(1) * kernels[1].width, 1))
    )
    widths = (kernels[0].width, kernels[1].width)
    for fine in (signals.zone_plate, lambda size: signals.blocks(size, side)):
        picture = signals.in_cells(fine, rig.size, widths)
        shown = rig.linear_light(rig.show_grey(picture))
        exact = rig.linear_light(picture.astype(float))
        (rows, down), (columns, across) = matrices
        got = shown[np.ix_(rows, columns)]
        expected = down @ exact @ across.T
        cut = expected.clip(0, WHITE) if rig.subject.gives_codes else expected
        beyond = (expected < -BEYOND) | (expected > WHITE + BEYOND)
        around = beyond & (np.abs(got - cut) > WRAPPED)
        if around.any():
            # What cuts values off may not let it be told whether it mixes code values or light.
            both = _wrapped(rig, picture, np.asarray) & _wrapped(rig, picture, light_of)
            around = both[np.ix_(rows, columns)]
        wrapped, count = wrapped + int(around.sum()), count + around.size
        kept = (got - cut)[~around] if not around.all() else got - cut
        residuals.append(float(np.sqrt((kept**2).mean()) / WHITE))
    value = max(residuals)
    rig.linear = value <= LINEAR
    return [*_wrap(wrapped / max(count, 1)), _separability(value)]


def _wrapped(
    rig: Rig, picture: NDArray[Any], mixed_of: Callable[[NDArray[Any]], NDArray[Any]]
) -> NDArray[Any]:
    """Return which result pixels lie far from where the answer at a low contrast says."""
    import numpy as np

    codes = np.arange(256.0)
    mixed = mixed_of(codes)
    lowered = mixed / LOWER + mixed_of(np.array(RAISED))
    lower = signals.as_bytes(np.interp(lowered, mixed, codes))[picture]
    even, black = (signals.constant(rig.size, level) for level in (int(RAISED), 0))
    shown = (mixed_of(rig.show_grey(plane)) for plane in (picture, lower, even, black))
    got, low, base, least = shown
    expected = (low - base) * LOWER + least
    beyond = (expected < -BEYOND) | (expected > WHITE + BEYOND)
    wrapped: NDArray[Any] = beyond & (np.abs(got - expected.clip(0, WHITE)) > WRAPPED)
    return wrapped


def _matrix(rig: Rig, axis: int, kernel: Kernel) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the result pixels of a kernel, and their weights for all source pixels."""
    import numpy as np

    places = rig.read_places(axis)
    first = kernel.first + (kernel.width - 1) / 2 - kernel.distances
    rows = np.array([np.abs(places - place).argmin() for place in first[:, 0]])
    weights = np.zeros((len(rows), rig.size[axis]))
    for offset in range(kernel.width):
        pixels = (kernel.first + offset).clip(0, rig.size[axis] - 1)
        np.add.at(weights, (np.arange(len(rows))[:, None], pixels), kernel.weights / kernel.width)
    sums = weights.sum(1, keepdims=True)
    return rows, weights * np.where(np.abs(sums - 1) < 0.1, 1 / np.where(sums, sums, 1), 1)


def _wrap(value: float) -> Iterator[Finding]:
    yield Finding(
        measure=WRAP,
        value=value,
        means="values beyond white come out black, and the other way round: specks along edges"
        if value
        else "values beyond black and white are cut off there",
        mend="clip to 0 and 255 before the cast to bytes" if value else "",
    )


def _separability(value: float) -> Finding:
    if value > LINEAR:
        means = "results are no weighted sums of pixels: they are chosen, sharpened or learned"
    elif value > LINEARITY.told:
        means = (
            "the kernel is not one across and one down: it is round, or changes from place to place"
        )
    else:
        means = "one kernel across and one down explain the result"
    return Finding(measure=LINEARITY, value=value, means=means)
