"""A function of Python as a subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from updown_cli.doctor.subject import Subject

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Function(Subject):
    """A function that takes and gives height x width x channels."""

    def __init__(self, name: str, resize: Callable[[NDArray[Any]], NDArray[Any]]) -> None:
        self.name = name
        self._resize = resize

    def resize(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return what the function gives."""
        return self._resize(pixels)
