"""A command: one operation, or several that `--mode` chooses between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from updown_cli.op.meant import nearest_name, one_of
from updown_cli.op.parameter import option_name

if TYPE_CHECKING:
    from updown_cli.op.base import Op
    from updown_cli.op.convention import Convention
    from updown_cli.op.parameter import Parameter


@dataclass(frozen=True)
class Family:
    """A command: one operation, or several that `--mode` chooses between."""

    name: str
    help: str
    load_modes: Callable[[], tuple[type[Op], ...]]
    examples: tuple[str, ...]
    #: The defaults of other libraries, where its parameters say all that they do.
    load_conventions: Callable[[], tuple[Convention, ...]] = tuple

    @cached_property
    def conventions(self) -> tuple[Convention, ...]:
        """Return the defaults of other libraries, which are imported when they are asked for."""
        return self.load_conventions()

    @cached_property
    def modes(self) -> tuple[type[Op], ...]:
        """Return the operations, which are imported when they are first asked for."""
        return self.load_modes()

    @property
    def mode_names(self) -> tuple[str, ...]:
        """Return the names that `--mode` takes; the first is the default."""
        return tuple(dict.fromkeys(cls.mode for cls in self.modes if cls.mode))

    @property
    def libraries(self) -> tuple[str, ...]:
        """Return the libraries that `--like` takes."""
        named = [one.library for one in self.conventions]
        return tuple(dict.fromkeys([*named, *self.own_libraries]))

    @property
    def own_libraries(self) -> tuple[str, ...]:
        """Return the libraries with modes of their own, which a recipe names."""
        return tuple(dict.fromkeys(cls.like for cls in self.modes if cls.like))

    def convention(self, mode: str, like: str | None) -> Convention | None:
        """Return what a library does where nothing is said; None for torch or modes of its own."""
        found = (one for one in self.conventions if (one.library, one.mode) == (like, mode))
        return next(found, None)

    def modes_like(self, like: str | None) -> tuple[type[Op], ...]:
        """Return the operations with the numbers of a library, or of torch; the first is usual."""
        own = [cls for cls in self.modes if cls.like == (like or "")]
        shared = [cls for cls in self.modes if not cls.like and self.convention(cls.mode, like)]
        return (*shared, *own)

    def parameters(self) -> dict[str, list[tuple[type[Op], Parameter]]]:
        """Return every parameter by name, with each mode that has it."""
        found: dict[str, list[tuple[type[Op], Parameter]]] = {}
        for cls in self.modes:
            for parameter in cls.parameters():
                found.setdefault(parameter.name, []).append((cls, parameter))
        return found

    def of_mode(self, mode: str | None, like: str | None = None) -> type[Op]:
        """Return the operation of a mode, of a library's if one is named; the first for `None`."""
        own = self.modes_like(like) or self.modes_like(None)
        return next((cls for cls in own if cls.mode == mode), own[0])

    def wrong_mode(self, mode: str | None, like: str | None) -> str:
        """Return what is wrong with a mode for the library that is named; nothing if it has it."""
        names = [cls.mode for cls in self.modes_like(like)]
        if mode is None or mode in names:
            return ""
        near = nearest_name(mode, names)
        if like:
            return f"--like {like} has --mode {', '.join(names)}{near}"
        having = [library for library in self.libraries if self._has(mode, library)]
        if having:
            return f"--mode {mode} goes with --like {' or '.join(having)}{near}"
        return f"--mode {mode}: {one_of(mode, names)}"

    def wrong_parameter(self, name: str, like: str | None) -> str:
        """Return what is wrong with a parameter that the chosen mode has not."""
        option = option_name(name)
        having = [cls for cls, _ in self.parameters()[name]]
        modes = [cls.mode for cls in having if cls in self.modes_like(like)]
        if modes:
            return f"{option} goes with --mode {' or '.join(modes)}{f' like {like}' * bool(like)}"
        if like:
            return f"--like {like} has no {option}"
        libraries = dict.fromkeys(cls.like for cls in having)
        return f"{option} goes with --like {' or '.join(libraries)}"

    def _has(self, mode: str, like: str) -> bool:
        return any(cls.mode == mode for cls in self.modes_like(like))

    def modes_having(self, parameter: str) -> list[str]:
        """Return the modes that take a parameter; a library is told as one if all of its do."""
        having = [cls for cls, _ in self.parameters()[parameter]]
        told: list[str] = []
        for library in dict.fromkeys(cls.like for cls in having):
            modes = [cls for cls in having if cls.like == library]
            count = sum(cls.like == library for cls in self.modes)
            every = library and len(modes) == count > 1
            told += [f"all like {library}"] if every else [cls.label() for cls in modes]
        return told
