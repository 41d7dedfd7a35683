"""Kernels by name, as a literal, or from a `.npy` file."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError, ShapeError
from updown_cli.ops.kinds import nearest_name, real
from updown_cli.ops.per_axis import MOST_AXES
from updown_cli.ops.weights import names_file, read_weight

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
}

NAMES = (*SMOOTH, *FIXED)


@dataclass(frozen=True)
class Kernel:
    """A kernel as the user gave it: a name, a file or numbers."""

    text: str

    @property
    def is_smooth(self) -> bool:
        """Whether its size can be chosen."""
        return self.text in SMOOTH

    def numbers(self) -> NDArray[Any]:
        """Return the numbers of a file, a literal or a fixed name; raise ParameterError."""
        import numpy as np

        text = FIXED.get(self.text, self.text)
        numbers = read_weight("--kernel", text) if names_file(text) else _literal(text)
        if not 1 <= numbers.ndim <= MOST_AXES + 2:
            raise ParameterError(f"has rank {numbers.ndim}", subject=f"--kernel {self.text}")
        if not np.isfinite(numbers).all():
            raise ParameterError("must hold finite numbers", subject=f"--kernel {self.text}")
        return numbers

    def smooth(self, size: tuple[int, ...], level: float) -> NDArray[Any]:
        """Return a named kernel of this size whose weights sum to `level`."""
        import numpy as np

        axes = [np.array(SMOOTH[self.text](side)) for side in size]
        weights = reduce(np.multiply.outer, axes)
        scaled: NDArray[Any] = weights * (level / weights.sum())
        return scaled


def _literal(text: str) -> NDArray[Any]:
    """Read `1 2 1; 0 0 0; -1 -2 -1`: rows between semicolons, numbers between blanks or commas."""
    import numpy as np

    rows = [row.replace(",", " ").split() for row in text.split(";")]
    try:
        numbers = [[real(number) for number in row] for row in rows]
    except ValueError:
        hint = nearest_name(text, NAMES) or f"; names are {', '.join(NAMES)}"
        raise ParameterError(
            f"is no name, no .npy file and no rows of numbers{hint}", subject=f"--kernel {text}"
        ) from None
    if not any(numbers):
        raise ParameterError("has no numbers", subject=f"--kernel {text}")
    if len({len(row) for row in numbers}) > 1:
        raise ParameterError("its rows differ in length", subject=f"--kernel {text}")
    return np.array(numbers)


def as_weight(numbers: NDArray[Any], channels: int, dims: int) -> tuple[NDArray[Any], int]:
    """Return (weight, groups) for a transposed convolution of `channels` channels.

    A kernel with one number per tap is used on each channel by itself; one of rank dims + 2 is
    torch's weight, (in, out / groups, taps...), whose groups the caller knows (0).
    """
    import numpy as np

    if numbers.ndim == dims + 2:
        return numbers, 0
    if dims == 1 and numbers.ndim == 2 and numbers.shape[0] == 1:
        numbers = numbers[0]
    if numbers.ndim != dims:
        raise ShapeError(
            f"a kernel of rank {numbers.ndim} for {dims}-D data",
            subject="--kernel",
            hint=f"give rank {dims}, or {dims + 2} for (in, out / groups, ...)",
        )
    return np.broadcast_to(numbers, (channels, 1, *numbers.shape)), channels
