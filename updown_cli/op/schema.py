"""What files say, checked before it is used: JSON within limits, and values of the right type.

Everything that is parsed from a file comes through here. A value goes with its place in the file,
`steps[1].kernel_size`, which a failure names.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from updown_cli.errors import InputError, UpdownError, shortened
from updown_cli.op.meant import first_names, nearest_name, one_of

#: Lists and objects within one another.
DEEPEST = 32

#: What 64 bits hold: no whole number of a file is larger.
LARGEST_WHOLE = (1 << 63) - 1

# Letters of a value that a message shows, and digits of the largest whole number.
MOST_SHOWN, MOST_DIGITS = 40, 19


class SchemaError(InputError):
    """What a file says is not what it must be; the subject is the place in it."""

    code = "corrupt"

    def __init__(self, reason: str, *, subject: str = "", hint: str = "", code: str = "") -> None:
        super().__init__(reason, subject=shortened(subject), hint=hint, code=code)

    def within(self, place: str) -> SchemaError:
        """Return the error of a value that is a part of what is at a place."""
        inner = self.subject
        joint = "" if not inner or inner[0] in "[ " else "."
        return SchemaError(self.reason, subject=place + joint + inner, hint=self.hint)


def parse_json(data: bytes) -> Any:
    """Return what JSON says.

    Raises SchemaError for what is none, is nested too deep, repeats a name, or has numbers that 64
    bits do not hold or text that can be no name.
    """
    import json

    try:
        value = json.loads(data, parse_int=_whole, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise SchemaError("is no JSON", subject=place) from None
    except RecursionError:
        raise SchemaError(f"is nested deeper than {DEEPEST}") from None
    except ValueError:
        raise SchemaError("is no JSON") from None
    _check(value, DEEPEST)
    return value


class _Repeating(dict[str, Any]):
    """An object in which a name stands twice."""

    name: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeating = _Repeating(pairs)
    names = [name for name, _ in pairs]
    repeating.name = next(name for number, name in enumerate(names) if name in names[:number])
    return repeating


def _whole(digits: str) -> int:
    """Return a whole number; of one that is refused, as much as shows that it is too large."""
    return int(digits[: MOST_DIGITS + 2])


def _check(value: Any, depth: int) -> None:
    """Raise SchemaError, whose subject is the place within the value."""
    if isinstance(value, (dict, list)):
        if depth == 0:
            raise SchemaError(f"is nested deeper than {DEEPEST}")
        if isinstance(value, _Repeating):
            raise SchemaError(f"has {short_json(value.name)} twice")
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            try:
                _check(name, 0)
                _check(part, depth - 1)
            except SchemaError as error:
                raise error.within(_step(name)) from None
    elif isinstance(value, str):
        check_text(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise SchemaError("must be a finite number")
    elif isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise SchemaError(f"must be a number of at most {MOST_DIGITS} digits")


def check_text(text: str) -> None:
    """Raise SchemaError for text that can be no name: with NUL, or half characters.

    Bytes of file names that are no UTF-8 are text too, as Python spells them.
    """
    if "\0" in text:
        raise SchemaError("must be text without NUL")
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise SchemaError("must be text without surrogates") from None


@contextmanager
def in_place(place: str) -> Iterator[None]:
    """Name a place in errors that arise there."""
    try:
        yield
    except UpdownError as error:
        subject = ": ".join(filter(None, (place, error.subject)))
        raise type(error)(error.reason, subject=subject, hint=error.hint, code=error.code) from None


def _step(name: str | int) -> str:
    """Return how a part of a value is named behind the place of the whole."""
    if isinstance(name, int):
        return f"[{name}]"
    return name if name.isidentifier() and len(name) <= MOST_SHOWN else f"[{short_json(name)}]"


def short_json(data: Any) -> str:
    """Return a JSON value for a message, cut where it is long."""
    import json

    text = json.dumps(data, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."


@dataclass(frozen=True)
class Given:
    """A value that a file gives, and its place there. What is asked of it raises SchemaError."""

    value: Any
    place: str = ""

    def error(self, reason: str, *, shown: bool = True) -> SchemaError:
        """Return the refusal of this value, with the value itself if it is to be shown."""
        parts = (self.place, short_json(self.value) if shown else "")
        return SchemaError(reason, subject=" ".join(filter(None, parts)))

    def table(self, known: Iterable[str] | None = None) -> dict[str, Given]:
        """Return the members of an object, which has no others than the known ones."""
        if not isinstance(self.value, dict):
            raise self.error("must be an object", shown=False)
        names = None if known is None else tuple(known)
        for name in self.value:
            if names is not None and name not in names:
                hint = nearest_name(name, names) or f"; there are {first_names(names)}"
                raise self.error(f"unknown field {short_json(name)}{hint}", shown=False)
        return {name: self._part(name) for name in self.value}

    def member(self, name: str) -> Given:
        """Return a member of an object, null where there is none."""
        return self.table().get(name, Given(None, self._part_place(name)))

    def entries(self, what: str, least: int, most: int) -> list[Given]:
        """Return the entries of a list that has so many."""
        if not isinstance(self.value, list) or not least <= len(self.value) <= most:
            raise self.error(f"must be a list of {least} to {most} {what}", shown=False)
        return [self._part(number) for number in range(len(self.value))]

    def whole(self, least: int, most: int) -> int:
        """Return a whole number in a range; true and false are none."""
        if type(self.value) is not int:
            raise self.error("must be a whole number")
        if not least <= self.value <= most:
            raise self.error(f"must be from {least} to {most}")
        return self.value

    def text(self) -> str:
        """Return text."""
        if not isinstance(self.value, str):
            raise self.error("must be text")
        return self.value

    def word(self, names: Collection[str]) -> str:
        """Return one of several words."""
        if not isinstance(self.value, str) or self.value not in names:
            raise self.error(one_of(self.value, names))
        return self.value

    def _part(self, name: str | int) -> Given:
        return Given(self.value[name], self._part_place(name))

    def _part_place(self, name: str | int) -> str:
        step = _step(name)
        return step if not self.place else self.place + ("" if step[0] == "[" else ".") + step

    def number(self, least: float, most: float) -> float:
        """Return a number in a range; true and false are none."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self.error("must be a number")
        if not least <= self.value <= most:
            raise self.error(f"must be from {least:g} to {most:g}")
        return float(self.value)

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.error("must be true or false")
        return self.value
