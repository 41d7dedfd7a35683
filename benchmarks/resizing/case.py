"""A mode of a library with settings, as updown's words and for the library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: The types whose values a library may treat in ways of their own.
UINT8, UINT16, FLOAT32 = ALL_TYPES = ("uint8", "uint16", "float32")


@dataclass(frozen=True)
class Case:
    """`settings` are updown's parameters beside the size, which the library's side is told too."""

    mode: str
    settings: dict[str, Any] = field(default_factory=dict)
    dtypes: tuple[str, ...] = ALL_TYPES

    @property
    def name(self) -> str:
        """Return the mode with its settings."""
        told = (f"{name}={value}" for name, value in self.settings.items())
        return ", ".join([self.mode, *told])
