"""Errors the user can act on, each with the exit code it leads to.

    UpdownError
    ├── UsageError         2   the command line, a parameter, a collision: nothing was written
    │   └── ParameterError     one parameter of an operation
    ├── InputError         1   one input failed, the others go on
    │   └── ShapeError         an operation does not fit the size of its input
    └── SurroundingsError  3   cannot write, no memory, no device: stopped early

A message has up to three parts, `subject: reason; hint`, in lower case without a full stop.
"""

from __future__ import annotations

# Letters of a value, or of a place in a file, that a sentence has room for.
LONGEST_SUBJECT = 100

#: Letters of a path; no system takes longer ones.
LONGEST_PATH = 4096


def shortened(text: str) -> str:
    """Return text without its middle where it is long."""
    half = (LONGEST_SUBJECT - 3) // 2
    return text if len(text) <= LONGEST_SUBJECT else f"{text[:half]}...{text[-half:]}"


class UpdownError(Exception):
    """A failure told in one sentence; `code` names it for programs."""

    exit_code = 70
    code = "internal"

    def __init__(self, reason: str, *, subject: str = "", hint: str = "", code: str = "") -> None:
        if subject.startswith("--") or len(subject) > LONGEST_PATH:
            subject = shortened(subject)
        super().__init__(reason, subject, hint, code)
        self.reason = reason
        self.subject = subject
        self.hint = hint
        self.code = code or self.code

    def __reduce__(self) -> tuple[object, ...]:
        parts = {"subject": self.subject, "hint": self.hint, "code": self.code}
        return _rebuild, (type(self), self.reason, parts)

    def __str__(self) -> str:
        reason = f"{self.subject}: {self.reason}" if self.subject else self.reason
        return f"{reason}; {self.hint}" if self.hint else reason


class UsageError(UpdownError):
    """The command line cannot be carried out as it stands."""

    exit_code = 2
    code = "usage"


class ParameterError(UsageError):
    """A parameter of an operation is out of its limits or contradicts another."""

    code = "bad_parameter"


class InputError(UpdownError):
    """One input cannot be processed."""

    exit_code = 1
    code = "unsupported"


class ShapeError(InputError):
    """An operation does not fit the size of its input."""

    code = "bad_shape"


class SurroundingsError(UpdownError):
    """The machine, not the input, is in the way."""

    exit_code = 3
    code = "write_failed"


def no_room(error: Exception, library: str = "") -> SurroundingsError:
    """Return what a library could not be loaded for, or a computation not be done."""
    library = library or getattr(error, "name", None) or ""
    return SurroundingsError(
        f"{library} cannot be loaded" if library else "out of memory",
        hint="give it more memory" + (", or install it again" if library else ""),
        code="out_of_memory",
    )


def bug(error: Exception) -> UpdownError:
    """Return an unexpected exception as the sentence that asks for a report."""
    return UpdownError(
        f"{type(error).__name__}: {error} (rerun with --debug)", subject="internal error"
    )


def _rebuild(kind: type[UpdownError], reason: str, parts: dict[str, str]) -> UpdownError:
    return kind(reason, **parts)
