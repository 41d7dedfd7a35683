"""What another library does where nothing is said: `--like` of operations that have its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from updown_cli.errors import UsageError
from updown_cli.op.parameter import as_typed, option_name

#: Parameters by name: those that are given.
Values = dict[str, Any]

NUMBERS = "a number"


def as_given(given: Values) -> Values:
    """Return the parameters as they are given."""
    return given


@dataclass(frozen=True, kw_only=True)
class Convention:
    """A mode as a library has it: its defaults, and what it does not know.

    `words` are the values that it has of a parameter, where it has not all; `NUMBERS` stands for
    any that is no word. `adapt` says what its own rules make of what is given.
    """

    library: str
    mode: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adapt: Callable[[Values], Values] = as_given

    def completed(self, given: Values) -> Values:
        """Return what is given and the library's defaults; raise UsageError for what it lacks."""
        for name in (name for name in self.lacks if given.get(name)):
            raise UsageError(f"--like {self.library} has no {option_name(name)}")
        for name, words in self.words.items():
            if name in given and _word(given[name]) not in words:
                raise UsageError(
                    f"is not for --like {self.library}, which has {', '.join(words)}",
                    subject=f"{option_name(name)} {as_typed(given[name])}",
                )
        return {**self.defaults, **self.adapt(given)}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else NUMBERS


def refuse_together(library: str, *names: str, hint: str = "") -> UsageError:
    """Return the refusal of options that a library has not beside each other."""
    options = " beside ".join(option_name(name) for name in names)
    return UsageError(f"--like {library} has no {options}", hint=hint)
