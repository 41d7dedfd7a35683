"""Shows signals to what is examined, and gives back what it made of them, upright."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.doctor import signals
from updown_cli.doctor.light import WHITE, light_of
from updown_cli.doctor.turn import Turn, find_turn
from updown_cli.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.doctor.subject import Subject

#: The sides of signals: many factors divide them.
SIDES = (360, 480)

# Pixels a side that a result has at least, so that there is something to measure.
LEAST_SIDE = 12

# How many times white a value may be, and levels by which those of a result differ at least.
FAR_BEYOND, LEAST_DIFFERENCE = 1000.0, 2.0

#: Why what is measured against even areas cannot be had.
NO_LEVELS = "even areas all come out alike, as of weights that sum to 0"

# Pixels a side that a result should have, and pixels that it should not exceed.
ENOUGH, PLENTY = 40, 1_000_000


@dataclass
class Rig:
    """A subject, the size of the signals and of its results, and what is known of it by now.

    What `chooses` gives values that were there, what `picks` those of one pixel for each.
    What `keeps_levels` leaves black and white apart; kernels that sum to 0 do not.
    `moved` are shifts in source pixels, `slope` source pixels per result pixel, down and across.
    """

    subject: Subject
    size: tuple[int, int]
    out: tuple[int, int]
    turn: Turn
    mixes_light: bool = False
    moved: tuple[float, float] = (0.0, 0.0)
    slope: tuple[float, float] = field(default=(0.0, 0.0))
    linear: bool = True
    keeps_levels: bool = True
    picks: bool = False
    chooses: bool = False
    kept: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.slope = (self.size[0] / self.out[0], self.size[1] / self.out[1])

    def scale(self, axis: int) -> float:
        """Return how many pixels of the result a pixel of the source becomes, at an axis."""
        return self.out[axis] / self.size[axis]

    def places(self, axis: int) -> NDArray[Any]:
        """Return where the pixels of the result would lie in the source, both ends shared alike."""
        import numpy as np

        return (np.arange(self.out[axis]) + 0.5) / self.scale(axis) - 0.5

    def read_places(self, axis: int) -> NDArray[Any]:
        """Return where they do lie, by the shift and slope that were measured."""
        middle = (self.size[axis] - 1) / 2
        import numpy as np

        steps = np.arange(self.out[axis]) - (self.out[axis] - 1) / 2
        return middle - self.moved[axis] + steps * self.slope[axis]

    def index_at(self, axis: int, place: float) -> int:
        """Return the pixel of the result that lies nearest to a place in the source."""
        import numpy as np

        return int(np.abs(self.read_places(axis) - place).argmin())

    def show(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return the levels, height x width x channels, of what comes out for bytes."""
        return self.levels(self.raw(pixels))

    def raw(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what comes out, upright, as it is stored."""
        result = self.turn.undo(resized(self.subject, pixels))
        if result.shape[:2] != self.out:
            one, other = ("x".join(map(str, sides)) for sides in (self.out, result.shape[:2]))
            reason = f"makes {one} of one picture and {other} of another of the same size"
            raise InputError(reason, subject=self.subject.name)
        return result

    def levels(self, result: NDArray[Any]) -> NDArray[Any]:
        """Return stored values as levels from 0 to 255."""
        import numpy as np

        return result.astype(np.float64) * (WHITE / self.subject.white(result))

    def show_grey(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Return the levels, height x width, of what comes out for grey bytes."""
        return grey_of(self.show(spread(plane, self.subject.channels)))

    def show_once(self, make: Callable[[tuple[int, int]], NDArray[Any]]) -> NDArray[Any]:
        """Return the levels that come out for a grey signal, which several measures look at."""
        if make.__name__ not in self.kept:
            self.kept[make.__name__] = self.show_grey(make(self.size))
        return self.kept[make.__name__]

    def linear_light(self, levels: NDArray[Any]) -> NDArray[Any]:
        """Return what is mixed: the levels, or their light."""
        return light_of(levels) if self.mixes_light else levels


def start_rig(subject: Subject, size: tuple[int, int] | None) -> Rig:
    """Return the rig for a subject; signals get a size in which there is enough to measure."""
    wanted = subject.size or size
    rig = _rig(subject, wanted or SIDES)
    if wanted is None:
        better = _better_size(rig)
        rig = rig if better == rig.size else _rig(subject, better)
    _check(rig)
    return rig


def _check(rig: Rig) -> None:
    """Raise InputError for results that are too small to measure, or the same everywhere."""
    import numpy as np

    name = rig.subject.name
    if min(rig.out) < LEAST_SIDE:
        made, given = ("x".join(map(str, sides)) for sides in (rig.out, rig.size))
        hint = "" if rig.subject.size else "give it larger signals, with --size"
        raise InputError(f"makes {made} of {given}, too little to measure", subject=name, hint=hint)
    if np.ptp(rig.show_once(signals.waves)) < LEAST_DIFFERENCE:
        raise InputError("gives one level everywhere, whatever it is shown", subject=name)


def _rig(subject: Subject, size: tuple[int, int]) -> Rig:
    plane = grey_of(resized(subject, spread(signals.quarters(size), subject.channels)))
    turn = find_turn(plane)
    upright = turn.undo(plane)
    return Rig(subject, size, (upright.shape[0], upright.shape[1]), turn)


def _better_size(rig: Rig) -> tuple[int, int]:
    """Return a size for which results are neither too small nor too large."""
    height, width = rig.size
    if rig.out[0] * rig.out[1] > PLENTY:
        part = next((n for n in (2, 3, 4, 5) if rig.out[0] * rig.out[1] / n**2 <= PLENTY), 6)
        return height // part, width // part
    smallest = min(rig.out)
    times = next((n for n in (1, 2, 4, 8) if smallest * n >= ENOUGH), 8)
    return height * times, width * times


def resized(subject: Subject, pixels: NDArray[Any]) -> NDArray[Any]:
    """Return what a subject makes of a picture: height x width x channels.

    Raises InputError for what is no picture: NaN, infinity, or values far beyond white.
    """
    import numpy as np

    result = subject.resize(pixels)
    if subject.on_result is not None:
        subject.on_result()
    if not np.isfinite(result).all():
        raise InputError("gives NaN or infinity", subject=subject.name)
    largest = float(np.abs(result.astype(np.float64)).max(initial=0)) / subject.white(result)
    if largest > FAR_BEYOND:
        reason = f"gives values up to {largest:.3g} times white"
        raise InputError(reason, subject=subject.name, hint="a model's white is said with --white")
    return result if result.ndim == 3 else result[..., None]


def spread(plane: NDArray[Any], channels: int) -> NDArray[Any]:
    """Return a grey plane in so many channels."""
    import numpy as np

    return np.repeat(plane[..., None], channels, -1)


def grey_of(levels: NDArray[Any]) -> NDArray[Any]:
    """Return the mean of the colours."""
    colours = levels[..., :1] if levels.shape[-1] <= 2 else levels[..., :3]
    mean: NDArray[Any] = colours.mean(-1)
    return mean
