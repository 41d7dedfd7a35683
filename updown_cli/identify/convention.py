"""A way in which a library resizes: what it is called, and what it gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UpdownError
from updown_cli.identify.making_rows import (
    RowMaker,
    cut_rows,
    rows_of_an_operation,
    run_stored,
    tables_of_an_operation,
)
from updown_cli.identify.sizing import Sides, Sizing
from updown_cli.op.shape import Shape
from updown_cli.ops.upsample.like.stored import Stored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from updown_cli.op.base import Op
    from updown_cli.op.resampling import Table


#: Options that say what lies beyond an edge, which changes few pixels.
EDGES = ("edge", "boundary")


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

    def rows(self, source: Shape, size: Sides, wanted: tuple[int, int], white: float) -> RowMaker:
        """Return what makes rows [first, last) of a result: of the whole source, if need be."""
        return RowMaker(
            (0, source.size[0]), lambda x: cut_rows(self.resize(x, size, white), wanted)
        )

    def tables(self, source: Shape, size: Sides, white: float) -> Sequence[Table] | None:
        """Return what the sides are made of, roundings left out; None where none are known."""
        return None

    def takes(self, source: Shape, size: Sides, dtype: str) -> bool:
        """Whether updown gives it whole numbers of a type where alpha weighs colours."""
        return False

    @property
    def without_edges(self) -> Convention:
        """The same with what usually lies beyond an edge."""
        return self

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
        """Its mode, of a pool with that word, or the name of a layer that has none."""
        words = self.cls.mode, "" if self.cls.command == "upsample" else self.cls.command
        return " ".join(word for word in words if word)

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
        if self.sizing.kernel and self.cls.command == "pool":
            parts.append(f"{_by_x(self.sizing.kernel)} windows")
        elif self.sizing.factors:
            parts.append(f"factor {_by_x(self.sizing.factors)}")
        return ", ".join(parts)

    def steps(self, source: Sides, size: Sides) -> list[Fraction]:
        """Return those of its sizing."""
        return self.sizing.steps(source, size)

    @property
    def without_edges(self) -> Convention:
        """The same with what usually lies beyond an edge."""
        return replace(self, options=tuple(one for one in self.options if one[0] not in EDGES))

    def takes(self, source: Shape, size: Sides, dtype: str) -> bool:
        """Whether its library tells them from floats, and leaves the weighing to updown."""
        op = self.operation(source, size)
        return isinstance(op, Stored) and not op.weighs_by_alpha and dtype in op.integers

    def operation(self, source: Shape, size: Sides) -> Op | None:
        """Return the operation; None where it does not lead from one size to the other."""
        return _operation(self, source, size)

    def resize(self, x: NDArray[Any], size: Sides, white: float) -> NDArray[Any] | None:
        """Return what the operation gives of floats, or of numbers as they are stored."""
        op = self.operation(Shape(*x.shape), size)
        return None if op is None else run_stored(op, x, white)

    def rows(self, source: Shape, size: Sides, wanted: tuple[int, int], white: float) -> RowMaker:
        """Return what the operation makes rows of."""
        made = _rows(self, source, size, wanted, white)
        return super().rows(source, size, wanted, white) if made is None else made

    def tables(self, source: Shape, size: Sides, white: float) -> Sequence[Table] | None:
        """Return those of the operation."""
        op = self.operation(source, size)
        return None if op is None else tables_of_an_operation(op, source, white)


@lru_cache(maxsize=4096)
def _operation(convention: Registered, source: Shape, size: Sides) -> Op | None:
    try:
        op = convention.cls(**dict(convention.options), **convention.sizing.parameters(size))
        return op if op.out_shape(source).size == size else None
    except UpdownError:
        return None


@lru_cache(maxsize=2048)
def _rows(
    convention: Registered, source: Shape, size: Sides, wanted: tuple[int, int], white: float
) -> RowMaker | None:
    """Return what makes rows, which is the same whatever is done around."""
    op = convention.operation(source, size)
    return None if op is None else rows_of_an_operation(op, source, wanted, white)


def _option_words(option: tuple[str, Any]) -> str:
    name, value = option
    words = name.replace("_", "-")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    return f"{words} {value}"


def _by_x(numbers: tuple[Any, ...]) -> str:
    return "x".join(map(str, numbers if len(set(numbers)) > 1 else numbers[:1]))
