"""The numbers of a learned block: from a file, or those with which a new one starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.array_names import SEPARATOR, split_key
from updown_cli.tensors.array_code import OF_X, all_arrays
from updown_cli.tensors.weights import Expected, Weights, open_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPTION = "--weights"

#: Sets of weights that ship, by name.
SETS = ("photo",)
FOLDER = Path(__file__).parent.parent.parent / "weights"

# What the file is called in code.
NAME = "file"

# What torch keeps beside the numbers that are used.
COUNTERS = "num_batches_tracked"


@dataclass(frozen=True)
class BlockFile:
    """The arrays of `FILE` or, with names below a prefix, of `FILE::PREFIX`.

    Of a set that ships, which has a name, they are those of a `part`. Failures are ParameterErrors.
    """

    text: str
    part: str = ""

    @property
    def is_named(self) -> bool:
        """Whether it is a set that ships."""
        return self.text in SETS

    def check(self) -> None:
        """Raise ParameterError for a part that a set has not."""
        parts = dict.fromkeys(name.partition(".")[0] for name in self._names())
        if self.is_named and self.part not in parts:
            reason = f"is for --mode subpixel by 2 or 3 and --mode meta, not for {self.part}"
            raise ParameterError(reason, subject=f"{OPTION} {self.text}")

    @property
    def _path(self) -> str:
        return (
            str(FOLDER / f"{self.text}.safetensors") if self.is_named else split_key(self.text)[0]
        )

    @property
    def _prefix(self) -> str:
        prefix = self.part if self.is_named else split_key(self.text)[1]
        return f"{prefix}." if prefix else ""

    def _weights(self) -> Weights:
        return open_weights(OPTION, self._path)

    def _names(self) -> tuple[str, ...]:
        return self._weights().keys()

    def has(self, key: str) -> bool:
        """Whether there is such an array."""
        return self._prefix + key in self._names()

    def array(self, key: str, shape: Expected) -> NDArray[Any]:
        """Return an array that must be there and have this shape."""
        weights = self._weights()
        if not self.has(key):
            raise ParameterError(
                f"has no array {self._prefix}{key}",
                subject=f"{OPTION} {self._path}",
                hint=f"it has {weights.listed()}",
            )
        return weights.array(self._prefix + key, shape)

    def place(self, key: str) -> str:
        """Return where an array is, as messages have it."""
        return f"{OPTION} {self._path}{SEPARATOR}{self._prefix}{key}"

    def unused(self, keys: Iterable[str]) -> list[str]:
        """Return the names below the prefix that are none of these."""
        used = {self._prefix + key for key in keys}
        return [
            name
            for name in self._names()
            if name.startswith(self._prefix) and name not in used and COUNTERS not in name
        ]

    def line(self) -> str:
        """Return the line of code that opens the file."""
        return f"{NAME} = {all_arrays(self._path)}"

    def array_code(self, key: str) -> str:
        """Return an array of the opened file in code."""
        return OF_X.in_file(self._path, self._prefix + key, file=NAME)


def by_channel(taps: NDArray[Any], channels: int) -> NDArray[Any]:
    """Return (channels, channels, taps): these taps for each channel by itself."""
    import numpy as np

    weight: NDArray[Any] = np.multiply.outer(np.eye(channels), taps)
    return weight


def phase_taps(factor: int, size: int) -> NDArray[Any]:
    """Return factor x size taps that interpolate linearly at each of the factor's phases.

    Phase p of pixel i lies at i + (p + 0.5) / factor - 0.5, as half-pixel centres have it.
    """
    import numpy as np

    phases = (np.arange(factor) + 0.5) / factor - 0.5
    distances = np.arange(size) - size // 2 - phases[:, None]
    hats = np.maximum(1 - np.abs(distances), 0)
    taps: NDArray[Any] = hats / hats.sum(1, keepdims=True)
    return taps
