"""A command: one operation, or several that `--mode` chooses between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from updown_cli.op.base import Op
    from updown_cli.op.parameter import Parameter


@dataclass(frozen=True)
class Family:
    """A command: one operation, or several that `--mode` chooses between."""

    name: str
    help: str
    load_modes: Callable[[], tuple[type[Op], ...]]
    examples: tuple[str, ...]

    @cached_property
    def modes(self) -> tuple[type[Op], ...]:
        """Return the operations, which are imported when they are first asked for."""
        return self.load_modes()

    @property
    def mode_names(self) -> tuple[str, ...]:
        """Return the names that `--mode` takes; the first is the default."""
        return tuple(cls.mode for cls in self.modes if cls.mode)

    def parameters(self) -> dict[str, list[tuple[type[Op], Parameter]]]:
        """Return every parameter by name, with each mode that has it."""
        found: dict[str, list[tuple[type[Op], Parameter]]] = {}
        for cls in self.modes:
            for parameter in cls.parameters():
                found.setdefault(parameter.name, []).append((cls, parameter))
        return found

    def of_mode(self, mode: str | None) -> type[Op]:
        """Return the operation of a mode; the first for `None`."""
        return next((cls for cls in self.modes if cls.mode == mode), self.modes[0])
