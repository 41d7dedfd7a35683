"""What is examined: anything that makes a picture of another size of a picture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Subject(ABC):
    """A resize under examination; pictures are height x width x channels, in and out."""

    #: What it is called in what is told.
    name: str
    #: Channels of the pictures of plain signals: 3, or what a model takes.
    channels: int = 3
    #: The only sides that it takes; None if any.
    size: tuple[int, int] | None = None
    #: Whether results are whole numbers that are cut off at black and white.
    gives_codes: bool = True
    #: Whether pictures with transparency, and 16-bit grey ones, can be given to it at all.
    takes_alpha: bool = True
    takes_deep: bool = True
    #: Whether results are stored in a format that adds noise of its own.
    lossy: bool = False
    #: Who is told of each picture that has come out.
    on_result: Callable[[], None] | None = None

    @abstractmethod
    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return the result for bytes or 16-bit values; raise UpdownError where there is none."""

    def white(self, result: NDArray[Any]) -> float:
        """Return the value of white in a result."""
        return {"uint8": 255.0, "uint16": 65535.0}.get(result.dtype.name, 1.0)
