"""Single numbers of a picture or array: named by index, looked at in a window, written."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from updown_cli.errors import InputError, ShapeError
from updown_cli.files.picture import Picture
from updown_cli.op.param_types import ParamType, real
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Letters of an element's indices by the number of sides.
AXES = {1: "cx", 2: "cyx", 3: "czyx"}

#: A side of up to so many elements is shown whole, by the number of sides; of a longer one half.
SMALL_SIDE = {1: 32, 2: 16, 3: 8}

# Channels that are shown where none is named: as many as a picture can have.
FEW_CHANNELS = 4

# Numbers that are shown at once.
MOST_SHOWN = 1 << 20

WHOLE = r"[+-]?[0-9]{1,20}"


class Place(ParamType):
    """The indices of an element, channel first; `_` is every channel, negative ones count back."""

    metavar = "C,Y,X"

    def parse(self, text: str) -> tuple[int | None, ...]:
        """Read the indices; None is every channel."""
        channel, *others = text.split(",")
        numbers = others if channel == "_" else [channel, *others]
        if not all(re.fullmatch(WHOLE, number) for number in numbers):
            raise ValueError("must be whole numbers between commas; c may be _")
        return (None if channel == "_" else int(channel), *map(int, others))

    def check(self, value: Any) -> None:
        """Raise for fewer or more indices than anything has."""
        if len(value) - 1 not in AXES:
            raise ValueError("must be c,y,x, of a signal c,x, of a volume c,z,y,x")


@dataclass(frozen=True)
class Assignment:
    """A place and the number to be written there, as text until its type is known."""

    place: tuple[int | None, ...]
    number: str
    text: str


class Assignments(ParamType):
    """`C,Y,X=V`."""

    metavar = "C,Y,X=V"

    def parse(self, text: str) -> Assignment:
        """Read a place and what to write there."""
        place, equals, number = text.partition("=")
        if not equals:
            raise ValueError("must be C,Y,X=V")
        return Assignment(Place().parse(place), number, text)

    def check(self, value: Any) -> None:
        """Raise for what cannot be a place."""
        Place().check(value.place)


@dataclass(frozen=True)
class Statistics:
    """Extremes and mean of numbers without their NaNs, which are counted."""

    min: float
    max: float
    mean: float
    nans: int

    @classmethod
    def of(cls, numbers: NDArray[Any]) -> Self:
        """Return the statistics of an array; NaN where it holds nothing else."""
        import numpy as np

        low, high = np.fmin.reduce(numbers, axis=None), np.fmax.reduce(numbers, axis=None)
        missing = np.isnan(numbers) if numbers.dtype.kind == "f" else None
        nans = 0 if missing is None else int(missing.sum())
        with np.errstate(invalid="ignore"):  # infinities of both signs have no mean
            there = True if missing is None or not nans else ~missing
            mean = np.mean(numbers, dtype=np.float64, where=there) if nans < numbers.size else low
        return cls(low.item(), high.item(), float(mean), nans)


def element_indices(place: Sequence[int | None], shape: Shape, subject: str) -> list[range]:
    """Return an element's channel or channels, and its index on every side.

    Raises InputError, about `subject`, for a place that is not in `shape`.
    """
    axes = AXES[shape.dims]
    if len(place) != len(axes):
        raise ShapeError(f"must be {','.join(axes)}", subject=subject, hint=f"it is {shape}")
    found = []
    for axis, index, length in zip(axes, place, shape, strict=True):
        if index is None:
            found.append(range(length))
        elif -length <= index < length:
            found.append(range(index % length, index % length + 1))
        else:
            reason = f"{axis} must be from {-length} to {length - 1}"
            raise InputError(reason, subject=subject, code="index_out_of_range")
    return found


def window_of(
    shape: Shape, at: Sequence[int | None] | None, window: Sequence[int] | None
) -> list[range]:
    """Return the channels, and the indices on every side, that are to be shown.

    A window begins at `at` and ends at the edge. Without it an element is shown where one is
    named, otherwise all of what is small and the beginning of what is not.
    """
    dims = shape.dims
    if window is not None and len(window) not in (1, dims):
        text = "x".join(map(str, window))
        reason = f"{shape} has {'one side' if dims == 1 else f'{dims} sides'}"
        raise ShapeError(reason, subject=f"--window {text}", hint="see --dims")
    subject = f"--at {','.join('_' if i is None else str(i) for i in at)}" if at else ""
    first = element_indices(at or (None, *[0] * dims), shape, subject)
    channels = first[0] if at else first[0][:FEW_CHANNELS]
    sizes = window or [1 if at else _beginning(side, dims) for side in shape.size]
    sizes = [*sizes] * dims if len(sizes) == 1 else sizes
    ends = zip(first[1:], sizes, shape.size, strict=True)
    found = [channels, *(range(r.start, min(r.start + size, side)) for r, size, side in ends)]
    count = math.prod(map(len, found))
    if count > MOST_SHOWN:
        raise InputError(f"{count} numbers are too many to show", hint=f"at most {MOST_SHOWN}")
    return found


def _beginning(side: int, dims: int) -> int:
    small = SMALL_SIDE[dims]
    return side if side <= small else small // 2


def with_values(picture: Picture, assignments: Sequence[Assignment], frame: int) -> Picture:
    """Return a picture with numbers written into one frame, one after the other.

    Raises InputError for a place that it has not, or a number that its type has not.
    """
    import numpy as np

    pixels = np.array(picture.pixels)
    for given in assignments:
        subject = f"--set {given.text}"
        places = np.ix_(*element_indices(given.place, picture.shape, subject))
        pixels[frame][places] = parse_number(given.number, pixels.dtype, subject)
    return replace(picture, pixels=pixels)


def parse_number(text: str, dtype: Any, subject: str) -> Any:
    """Return a number in a type; raise InputError where the type has none like it."""
    import numpy as np

    if dtype.kind == "f":
        return _float(text, dtype, subject)
    low, high = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    if not re.fullmatch(WHOLE, text):
        raise InputError(f"{dtype.name} holds whole numbers", subject=subject, code="bad_dtype")
    if not low <= int(text) <= high:
        raise InputError(
            f"{dtype.name} holds numbers from {low} to {high}", subject=subject, code="bad_dtype"
        )
    return dtype.type(int(text))


def _float(text: str, dtype: Any, subject: str) -> Any:
    import numpy as np

    try:
        number = real(text)
    except ValueError as error:
        raise InputError(str(error), subject=subject, code="bad_dtype") from None
    with np.errstate(over="ignore"):
        stored = dtype.type(number)
    if np.isinf(stored) and math.isfinite(number):
        reason = f"{dtype.name} holds numbers up to {np.finfo(dtype).max:.6g}"
        raise InputError(reason, subject=subject, code="bad_dtype")
    return stored
