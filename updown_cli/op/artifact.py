"""What a step leaves beside pixels: for a step after it, for a file, or for the report."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Artifact:
    """Something that a step leaves: its name, and the parameter that asked for it, if one did.

    What goes to a file gives its content, or is drawn by figures.
    """

    name: str = field(default="", kw_only=True)
    asked_by: str = field(default="", kw_only=True)

    @property
    def answers(self) -> list[str]:
        """What the user asked to be told."""
        return []

    @property
    def warnings(self) -> list[str]:
        """What the user should know."""
        return []

    def report(self) -> ArtifactReport | None:
        """Return what the report has of it, if it has anything."""
        return None

    def content(self) -> bytes | None:
        """Return the content of its file; None for what must be drawn."""
        return None


@dataclass(frozen=True)
class Intermediate(Artifact):
    """What a stage inside an operation gave, N x C x sides, with the value of white in it."""

    values: NDArray[Any]
    white: float


class ArtifactReport(ABC):
    """What a report has of an artifact; `key` is its name in JSON."""

    key: ClassVar[str]

    @abstractmethod
    def text(self, source: str) -> str:
        """Return what is printed for an image."""

    @abstractmethod
    def to_json(self) -> Any:
        """Return it as JSON."""
