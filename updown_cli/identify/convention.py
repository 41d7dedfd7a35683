"""A way in which a library resizes: what it is called, and what it gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UpdownError
from updown_cli.identify.sizing import Sides, Sizing
from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from updown_cli.op.base import Op


class Convention(ABC):
    """A way to resize. Two that are equal do the same at every size."""

    #: The library whose way it is, and its name there.
    library: str
    mode: str
    #: How it was shown that the numbers are the library's; nothing where they are its own.
    proof: str = ""
    #: Values are rounded to whole bytes on the way.
    rounds: bool = False
    #: Values are mixed, so that it matters what they stand for.
    mixes: bool = True
    #: Whether a part of a result follows from a part of its source, wherever that begins, even of
    #: one that becomes far smaller.
    local: bool = True
    #: How many settings are not the usual ones.
    settings: int = 0

    @abstractmethod
    def describe(self) -> str:
        """Return what it is called: the library, its mode, and what was set."""

    @abstractmethod
    def steps(self, source: Sides, size: Sides) -> list[Fraction]:
        """Return the source's pixels from one of the result to the next."""

    @abstractmethod
    def resize(self, x: NDArray[Any], size: Sides, white: float) -> NDArray[Any] | None:
        """Return C x sides resized, as floats; None where that is not possible."""

    @abstractmethod
    def operation(self, source: Shape, size: Sides) -> Op | None:
        """Return the operation of updown that gives the same; None where there is none."""


@dataclass(frozen=True)
class Registered(Convention):
    """An operation that updown has, with options that change what it gives."""

    cls: type[Op]
    options: tuple[tuple[str, Any], ...]
    sizing: Sizing

    @property
    def library(self) -> str:  # type: ignore[override]
        """The library that the operation is like."""
        return self.cls.like or "torch"

    @property
    def mode(self) -> str:  # type: ignore[override]
        """Its mode, of a pool with that word."""
        return f"{self.cls.mode} pool" if self.cls.command == "pool" else self.cls.mode

    @property
    def rounds(self) -> bool:  # type: ignore[override]
        """Whether values are rounded on the way."""
        return self.cls.rounds

    @property
    def mixes(self) -> bool:  # type: ignore[override]
        """Whether its values are weighted sums."""
        return self.cls.linear

    @property
    def settings(self) -> int:  # type: ignore[override]
        """How many options it has that are not as usual; a pool is less usual than a resize."""
        return len(self.options) + 2 * bool(self.sizing.factors) + 2 * bool(self.sizing.kernel)

    def describe(self) -> str:
        """Return the library, the mode and the options."""
        parts = [f"{self.library} {self.mode}", *map(_option_words, self.options)]
        if self.sizing.kernel:
            parts.append(f"{_by_x(self.sizing.kernel)} windows")
        elif self.sizing.factors:
            parts.append(f"factor {_by_x(self.sizing.factors)}")
        return ", ".join(parts)

    def steps(self, source: Sides, size: Sides) -> list[Fraction]:
        """Return those of its sizing."""
        return self.sizing.steps(source, size)

    def operation(self, source: Shape, size: Sides) -> Op | None:
        """Return the operation; None where it does not lead from one size to the other."""
        try:
            op = self.cls(**dict(self.options), **self.sizing.parameters(size))
            return op if op.out_shape(source) == Shape(source.channels, *size) else None
        except UpdownError:
            return None

    def resize(self, x: NDArray[Any], size: Sides, white: float) -> NDArray[Any] | None:
        """Return what the operation gives of floats."""
        import torch

        shape = Shape(*x.shape)
        op = self.operation(shape, size)
        if op is None:
            return None
        try:
            pixels = op.for_shape(shape).run(Signal(torch.from_numpy(x)[None], white=white)).pixels
        except UpdownError:
            return None
        result: NDArray[Any] = pixels[0].numpy()
        return result


def _option_words(option: tuple[str, Any]) -> str:
    name, value = option
    words = name.replace("_", "-")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    return f"{words} {value}"


def _by_x(numbers: tuple[Any, ...]) -> str:
    return "x".join(map(str, numbers if len(set(numbers)) > 1 else numbers[:1]))
