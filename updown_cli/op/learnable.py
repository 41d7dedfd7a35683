"""What a layer tells of itself so that its numbers can be learned from pairs of pictures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

Arrays = dict[str, "NDArray[Any]"]


@dataclass(frozen=True)
class AxisTaps:
    """Which taps reach results along an axis, and from where.

    Results `out` are sums over tap number t, from 0, of the value at `first + step * m + gap * t`
    times the kernel's tap `taps[t]`; m counts the results from 0.
    """

    out: range
    first: int
    step: int
    gap: int
    taps: tuple[int, ...]


@dataclass(frozen=True)
class LinearForm:
    """A layer as sums of windows: for each set of results the taps of every axis.

    A kernel has `taps` along the axes. It is one for all channels if it is `shared`; otherwise
    there are `groups` of channels, each with kernels of its own.
    """

    sets: tuple[tuple[AxisTaps, ...], ...]
    taps: tuple[int, ...]
    groups: int = 1
    shared: bool = False


class Rearrangement(ABC):
    """An operation that moves all values and changes none, so that it can be undone."""

    @abstractmethod
    def put_back(self, y: Tensor) -> Tensor | None:
        """Return what results were made of; None where they are not pixels of the same frames."""


class Learnable(ABC):
    """A layer whose numbers can be learned: `numbers` names the parameter that has them."""

    numbers: ClassVar[str]
    #: Parameters of a layer without numbers, beside what was typed.
    while_unknown: ClassVar[Mapping[str, Any]]

    @abstractmethod
    def starting_arrays(self, shape: Shape, outs: int | None, seed: int, *, bias: bool) -> Arrays:
        """Return the arrays with which it starts on images of a shape, by their names.

        There are `outs` results, or as many as channels. Raises ShapeError where there can be none.
        """

    @abstractmethod
    def knowing(self, file: str, prefix: str, names: tuple[str, ...]) -> Self:
        """Return the layer whose numbers are the arrays of a file, whose names begin so."""

    def constants(self) -> tuple[str, ...]:
        """Return the names of arrays that stay as they start."""
        return ()

    def linear_form(self, shape: Shape) -> LinearForm | None:
        """Return the layer as sums of windows; None where it is more than that, or otherwise."""
        return None

    def windows_of(self, x: Tensor) -> Tensor:
        """Return what the windows of `linear_form` look at."""
        return x

    def sums_of(self, y: Tensor) -> Tensor:
        """Return the sums of `linear_form` that results are made of."""
        return y

    def from_kernels(self, kernels: NDArray[Any], bias: NDArray[Any] | None) -> Arrays:
        """Return the arrays for kernels (out, in / groups, taps), and a bias if there is one."""
        named = {"weight": kernels}
        return named if bias is None else {**named, "bias": bias}
