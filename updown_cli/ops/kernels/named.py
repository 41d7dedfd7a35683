"""Kernels by name, as rows of numbers, or from a file of weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.op.array_names import names_file
from updown_cli.op.meant import nearest_name
from updown_cli.op.param_types import real
from updown_cli.op.per_axis import MOST_AXES
from updown_cli.op.shape import by_x
from updown_cli.tensors.weights import read_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray


def box(size: int) -> list[float]:
    """Return equal weights."""
    return [1.0] * size


def bilinear(size: int) -> list[float]:
    """Return a triangle: 1, 3, 3, 1 for size 4 (Long, Shelhamer and Darrell, FCN, 2015)."""
    factor = (size + 1) // 2
    centre = factor - 1 if size % 2 else factor - 0.5
    return [1 - abs(i - centre) / factor for i in range(size)]


def gaussian(size: int) -> list[float]:
    """Return a Gaussian with OpenCV's sigma for the size."""
    sigma = 0.3 * ((size - 1) / 2 - 1) + 0.8
    return [math.exp(-(((i - (size - 1) / 2) / sigma) ** 2) / 2) for i in range(size)]


def identity(size: int) -> list[float]:
    """Return 1 in the middle."""
    return [float(i == size // 2) for i in range(size)]


#: One axis of a kernel of any size and rank. They are scaled so that a flat image keeps its level.
SMOOTH: dict[str, Callable[[int], list[float]]] = {
    "box": box,
    "bilinear": bilinear,
    "gaussian": gaussian,
    "identity": identity,
}

#: Kernels whose numbers are the point, 2-D.
FIXED = {
    "sobel-h": "1 2 1; 0 0 0; -1 -2 -1",
    "sobel-v": "-1 0 1; -2 0 2; -1 0 1",
    "laplacian": "0 1 0; 1 -4 1; 0 1 0",
    "sharpen": "0 -1 0; -1 5 -1; 0 -1 0",
}

# A kernel of 4096x4096.
MOST_TAPS = 1 << 24

NAMES = (*SMOOTH, *FIXED)


@dataclass(frozen=True)
class Kernel:
    """A kernel as the user gave it: a name, several between commas, a file or rows of numbers."""

    text: str

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names one by one, or the file or rows alone."""
        parts = tuple(part.strip() for part in self.text.split(","))
        return parts if any(part in NAMES for part in parts) else (self.text,)

    @property
    def is_smooth(self) -> bool:
        """Whether its size can be chosen."""
        return any(part in SMOOTH for part in self.parts)

    def check(self) -> None:
        """Raise ParameterError for what cannot be read."""
        for part in self.parts:
            if part not in SMOOTH:
                rows_or_file("--kernel", FIXED.get(part, part), NAMES)

    def numbers(self, dims: int, size: tuple[int, ...], level: float, axes: str) -> NDArray[Any]:
        """Return kernels x taps, or a file's whole weight, whose rank is dims + 2.

        Smooth kernels have this size and their weights sum to `level`. Raises ShapeError for
        kernels that are not for `dims` axes, telling the `axes` that a whole weight has.
        """
        import numpy as np

        kernels = [self._one(part, dims, size, level) for part in self.parts]
        if len(kernels) == 1 and kernels[0].ndim == dims + 2:
            return kernels[0]
        for kernel in kernels:
            if kernel.ndim != dims:
                raise ShapeError(
                    f"a kernel of rank {kernel.ndim} for {dims}-D data",
                    subject="--kernel",
                    hint=f"give rank {dims}, or {dims + 2} for ({axes}, ...)",
                )
        if len({kernel.shape for kernel in kernels}) > 1:
            sizes = ", ".join(by_x(kernel.shape) for kernel in kernels)
            raise ShapeError(f"differ in size, {sizes}", subject=f"--kernel {self.text}")
        return kernels[0][None] if len(kernels) == 1 else np.stack(kernels)

    def _one(self, part: str, dims: int, size: tuple[int, ...], level: float) -> NDArray[Any]:
        if part in SMOOTH:
            return _smooth(part, size, level)
        numbers = rows_or_file("--kernel", FIXED.get(part, part), NAMES)
        one_row = dims == 1 and numbers.ndim == 2 and numbers.shape[0] == 1
        return numbers[0] if one_row else numbers


def _smooth(name: str, size: tuple[int, ...], level: float) -> NDArray[Any]:
    """Return a named kernel of this size whose weights sum to `level`."""
    import numpy as np

    if math.prod(size) > MOST_TAPS:
        raise ShapeError(
            f"a {name} kernel of {by_x(size)} has more than {MOST_TAPS} taps", subject="--kernel"
        )
    axes = [np.array(SMOOTH[name](side)) for side in size]
    weights = reduce(np.multiply.outer, axes)
    scaled: NDArray[Any] = weights * (level / weights.sum())
    return scaled


def rows_or_file(option: str, text: str, names: tuple[str, ...] = ()) -> NDArray[Any]:
    """Return the numbers of a file or of rows like `1 2 1; 0 0 0; -1 -2 -1`.

    Raises ParameterError; `names` are what the text could have been as well.
    """
    numbers = read_weight(option, text) if names_file(text) else _rows(option, text, names)
    if not 1 <= numbers.ndim <= MOST_AXES + 2:
        raise ParameterError(f"has rank {numbers.ndim}", subject=f"{option} {text}")
    return numbers


def _rows(option: str, text: str, names: tuple[str, ...]) -> NDArray[Any]:
    """Read rows between semicolons, numbers between blanks or commas."""
    import numpy as np

    subject = f"{option} {text}"
    rows = [row.replace(",", " ").split() for row in text.split(";")]
    try:
        numbers = [[real(number) for number in row] for row in rows]
    except ValueError:
        reason = "is no file and no rows of numbers"
        if names:
            hint = nearest_name(text, names) or f"; names are {', '.join(names)}"
            reason = f"is no name, no file and no rows of numbers{hint}"
        raise ParameterError(reason, subject=subject) from None
    if not any(numbers):
        raise ParameterError("has no numbers", subject=subject)
    if len({len(row) for row in numbers}) > 1:
        raise ParameterError("its rows differ in length", subject=subject)
    if not np.isfinite(np.concatenate(numbers)).all():
        raise ParameterError("must hold finite numbers", subject=subject)
    return np.array(numbers)
