"""What pads and crops share: how much was added, and who takes it away again."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Self

from updown_cli.op.base import Op

if TYPE_CHECKING:
    from updown_cli.op.shape import Shape


#: Of each axis the pixels that were added before and after, and how long it was then.
PaddedAxes = tuple[tuple[int, int, int], ...]


class MarginMover(Op, abstract=True):
    """An operation after which what was added is elsewhere."""

    @abstractmethod
    def moved(self, axes: PaddedAxes) -> PaddedAxes:
        """Return where it is."""


class MarginKeeper(Op, abstract=True):
    """An operation that adds pixels around an image."""

    @property
    @abstractmethod
    def margins(self) -> tuple[tuple[int, int], ...]:
        """Pixels before and after each axis, once the shape is known."""


class MarginTaker(Op, abstract=True):
    """An operation that can take away what another has added."""

    @property
    @abstractmethod
    def undoes_padding(self) -> bool:
        """Whether it does."""

    @abstractmethod
    def undoing(self, margins: tuple[tuple[int, int], ...], padded: Shape, shape: Shape) -> Self:
        """Return what takes margins away that made an image `padded`, which now has a shape.

        Raises ShapeError where they are no whole number of pixels now.
        """
