"""The kinds of value that a parameter can have: how each is typed, checked and stored as JSON."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from updown_cli.op.meant import one_of

#: What types of JSON are called: one value, and several in a list.
TYPE_WORDS: dict[type, tuple[str, str]] = {
    bool: ("true or false", ""),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    str: ("text", "text"),
    type(None): ("null", "null"),
}


class NotNumberError(ValueError):
    """A text that is no number."""


def _words(types: tuple[type, ...], parts: tuple[type, ...]) -> str:
    """Return what a value of JSON must be, with what a list of it holds."""
    inner = " or ".join(TYPE_WORDS[part][1] for part in _plain(parts))
    listed = f"a list of {inner}"
    return " or ".join(listed if each is list else TYPE_WORDS[each][0] for each in _plain(types))


def _plain(types: tuple[type, ...]) -> list[type]:
    """Return types without that of whole numbers where any number will do."""
    return [each for each in types if each is not int or float not in types]


@dataclass(frozen=True)
class ParamType(ABC):
    """One kind of value. Failures are `ValueError`s that say what the value must be."""

    metavar: ClassVar[str]
    per_axis: ClassVar[bool] = False
    #: What JSON can have for it, and what a list of it can hold.
    json: ClassVar[tuple[type, ...]] = (list,)
    json_parts: ClassVar[tuple[type, ...]] = (int, float)

    @abstractmethod
    def parse(self, text: str) -> Any:
        """Read what the user typed."""

    def check(self, value: Any) -> None:  # noqa: B027 (most kinds accept whatever they parse)
        """Raise when a value is outside the limits."""

    def check_json(self, data: Any) -> None:
        """Raise for what `dump` never gives."""
        parts = data if isinstance(data, list) else []
        if type(data) not in self.json or any(type(part) not in self.json_parts for part in parts):
            raise ValueError(f"must be {_words(self.json, self.json_parts)}")

    def dump(self, value: Any) -> Any:
        """Return the value as JSON has it."""
        return value

    def load(self, data: Any) -> Any:
        """Return the value that `dump` gave as `data`."""
        return data

    def typed(self, value: Any) -> str:
        """Return what one types for a value."""
        if not isinstance(value, tuple):
            whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
            return str(int(value)) if whole else str(value)
        separator = "x" if self.per_axis else ","
        return separator.join("_" if part is None else self.typed(part) for part in value)


class Flag(ParamType):
    """Yes or no."""

    metavar = ""
    json = (bool,)

    def parse(self, text: str) -> bool:
        """Read the words that JSON has for it."""
        if text not in ("true", "false"):
            raise ValueError("must be true or false")
        return text == "true"


@dataclass(frozen=True)
class Choice(ParamType):
    """One of several words."""

    json = (str,)

    names: tuple[str, ...]

    @property
    def metavar(self) -> str:  # type: ignore[override]
        """Return the words as help shows them."""
        return f"[{'|'.join(self.names)}]"

    def parse(self, text: str) -> str:
        """Return the word; `check` knows the words."""
        return text

    def check(self, value: Any) -> None:
        """Raise for a word that is not one of `names`."""
        if value not in self.names:
            raise ValueError(one_of(str(value), self.names))


@dataclass(frozen=True)
class Name(ParamType):
    """A word of the user's own, which names no file."""

    json = (str,)

    metavar: str  # type: ignore[misc]

    def parse(self, text: str) -> str:
        """Return the text as it stands."""
        return text

    def check(self, value: Any) -> None:
        """Raise for no text at all."""
        if not value:
            raise ValueError("must not be empty")


class Text(Name):
    """A file or a name, read by the operation itself."""


@dataclass(frozen=True)
class Limited(ParamType):
    """A number, or a number per axis, with an inclusive range."""

    min: float = -math.inf
    max: float = math.inf
    above: float = -math.inf

    def check_number(self, number: float) -> None:
        """Raise for a number outside the range."""
        if math.isnan(number):
            raise ValueError("must be a number")
        if number <= self.above and self.above != -math.inf:
            raise ValueError(f"must be more than {self.above:g}")
        if not self.min <= number <= self.max:
            raise ValueError(self._range())

    def _range(self) -> str:
        if self.max == math.inf:
            return f"must be at least {self.min:.15g}"
        if self.min == -math.inf:
            return f"must be at most {self.max:.15g}"
        return f"must be from {self.min:.15g} to {self.max:.15g}"


def whole(text: str) -> int:
    """Read a whole number in plain decimal digits."""
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", text):
        raise NotNumberError("must be a whole number")
    return int(text)


def real(text: str) -> float:
    """Read a decimal number; `inf` is one."""
    try:
        return float(text)
    except ValueError:
        raise NotNumberError("must be a number") from None


class Int(Limited):
    """A whole number."""

    metavar = "N"
    json = (int,)

    def parse(self, text: str) -> int:
        """Read a whole number."""
        return whole(text)

    def check(self, value: Any) -> None:
        """Raise for a number outside the range."""
        self.check_number(value)


class Odd(Int):
    """A whole number with a middle."""

    def check(self, value: Any) -> None:
        """Raise for an even number as well."""
        super().check(value)
        if value % 2 == 0:
            raise ValueError("must be odd")


class Float(Limited):
    """A real number, stored as text in JSON when it is infinite."""

    metavar = "X"
    json = (int, float, str)

    def parse(self, text: str) -> float:
        """Read a decimal number."""
        return real(text)

    def check(self, value: Any) -> None:
        """Raise for a number outside the range."""
        self.check_number(value)

    def dump(self, value: Any) -> Any:
        """Return `"inf"` for what JSON cannot say."""
        return value if value is None or math.isfinite(value) else str(value)

    def load(self, data: Any) -> Any:
        """Undo `dump`."""
        return real(data) if isinstance(data, str) else data


class Floats(ParamType):
    """Several real numbers between commas."""

    metavar = "X[,X...]"

    def parse(self, text: str) -> tuple[float, ...]:
        """Read the numbers."""
        return tuple(real(part) for part in text.split(","))

    def check(self, value: Any) -> None:
        """Raise for what is not finite."""
        if not all(math.isfinite(number) for number in value):
            raise ValueError("must be finite numbers")

    def dump(self, value: Any) -> Any:
        """Return a list."""
        return value if value is None else list(value)

    def load(self, data: Any) -> Any:
        """Return a tuple."""
        return data if data is None else tuple(data)
