"""Kinds of value that have one number per axis: sizes, paddings and scale factors."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from updown_cli.op.param_types import Limited, NotNumberError, real, whole
from updown_cli.op.relative_size import RelativeSize, parse_relative

Number = float | Fraction

MOST_AXES = 3


class PerAxis(Limited):
    """One number for every axis, or one per axis, between `x`: height first, as torch has it."""

    per_axis = True

    def _parse_one(self, text: str) -> Any:
        return whole(text)

    def parse(self, text: str) -> Any:
        """Read `N` or `HxW` or `DxHxW`."""
        try:
            return tuple(self._parse_one(part) for part in text.split("x"))
        except NotNumberError as error:
            raise NotNumberError(f"{error} or HxW") from None

    def check(self, value: Any) -> None:
        """Raise for too many axes or a number outside the range."""
        if not 1 <= len(value) <= MOST_AXES:
            raise ValueError("must be one number, or one per axis between 'x'")
        for number in value:
            if number is not None:
                self.check_number(number)

    def dump(self, value: Any) -> Any:
        """Return a list."""
        return value if value is None else list(value)

    def load(self, data: Any) -> Any:
        """Return a tuple."""
        return data if data is None else tuple(data)


@dataclass(frozen=True)
class Sizes(PerAxis):
    """Whole numbers per axis; with `keep`, `_` stands for the side as it is.

    With `relative` also a size in the proportions of the input.
    """

    keep: bool = False
    relative: bool = False

    @property
    def json(self) -> tuple[type, ...]:  # type: ignore[override]
        """Return what JSON can have for it."""
        return (list, str) if self.relative else (list,)

    def parse(self, text: str) -> Any:
        """Read numbers, or a rule such as `short=256`."""
        return parse_relative(text) if self.relative and "=" in text else super().parse(text)

    def check(self, value: Any) -> None:
        """Raise for a number outside the range, in a rule as well."""
        if not isinstance(value, RelativeSize):
            super().check(value)
            return
        super().check(value.sides)
        super().check(value.numbers()[-1:])
        value.check()

    @property
    def json_parts(self) -> tuple[type, ...]:  # type: ignore[override]
        """Return whole numbers, and null for a side as it is."""
        return (int, type(None)) if self.keep else (int,)

    def dump(self, value: Any) -> Any:
        """Return a list, or the rule as it is typed."""
        return str(value) if isinstance(value, RelativeSize) else super().dump(value)

    def load(self, data: Any) -> Any:
        """Undo `dump`."""
        return parse_relative(data) if isinstance(data, str) else super().load(data)

    def check_number(self, number: float) -> None:
        """Raise for a part of a pixel."""
        if not isinstance(number, int):
            raise ValueError("must be a whole number")
        super().check_number(number)

    @property
    def metavar(self) -> str:  # type: ignore[override]
        """Return how it is typed."""
        return "N|HxW|short=N" if self.relative else "N|HxW"

    def _parse_one(self, text: str) -> int | None:
        if self.keep and text == "_":
            return None
        return whole(text)


def kept_sides(size: tuple[int | None, ...], sides: tuple[int, ...]) -> tuple[int, ...]:
    """Return a size with the side of the input where it is kept."""
    return tuple(side if new is None else new for new, side in zip(size, sides, strict=True))


@dataclass(frozen=True)
class Padding(PerAxis):
    """Whole numbers per axis, or a convention by name."""

    json = (list, str)
    json_parts = (int,)

    words: tuple[str, ...] = ()

    @property
    def metavar(self) -> str:  # type: ignore[override]
        """Return how it is typed."""
        return "|".join(("N|HxW", *self.words))

    def parse(self, text: str) -> Any:
        """Read numbers or a word, in capitals and as ONNX spells it as well."""
        word = text.lower().replace("_", "-")
        word = "same" if word == "same-upper" else word
        if word in self.words:
            return word
        try:
            return super().parse(text)
        except NotNumberError as error:
            raise NotNumberError(f"{error}, or {', '.join(self.words)}") from None

    def check(self, value: Any) -> None:
        """Raise for an unknown word or a number outside the range."""
        if isinstance(value, str):
            if value not in self.words:
                raise ValueError(f"must be numbers or one of {', '.join(self.words)}")
        else:
            super().check(value)

    def dump(self, value: Any) -> Any:
        """Return the word or a list."""
        return value if isinstance(value, str) else super().dump(value)

    def load(self, data: Any) -> Any:
        """Return the word or a tuple."""
        return data if isinstance(data, str) else super().load(data)


#: The factor that leaves one pixel of a side of 268,435,456, which is more than pictures have.
SMALLEST = 2.0**-28


class Scales(PerAxis):
    """Factors per axis: `2`, `0.5`, `50%` and the exact `29/100`."""

    metavar = "F|FxF"
    json_parts = (int, float, str)

    def _parse_one(self, text: str) -> Number:
        if match := re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text):
            if int(match[2]) == 0:
                raise ValueError("must not divide by zero")
            return Fraction(int(match[1]), int(match[2]))
        if text.endswith("%"):
            return _exact_percent(text[:-1])
        return real(text)

    def check_number(self, number: float) -> None:
        """Raise for a factor that is not positive and finite."""
        if not number > 0:
            raise ValueError("must be more than 0")
        if number == math.inf:
            raise ValueError("must be finite")
        if number < SMALLEST:
            raise ValueError(f"must be at least {SMALLEST:.3g}: no picture is so large")
        super().check_number(number)

    def dump(self, value: Any) -> Any:
        """Return a list; exact fractions as text."""
        return value and [str(v) if isinstance(v, Fraction) else v for v in value]

    def load(self, data: Any) -> Any:
        """Undo `dump`."""
        return tuple(_fraction(v) if isinstance(v, str) else v for v in data)


def _fraction(text: str) -> Fraction:
    match = re.fullmatch(r"([0-9]{1,20})(?:/([1-9][0-9]{0,19}))?", text)
    if not match:
        raise ValueError("must be a number or a fraction")
    return Fraction(int(match[1]), int(match[2] or 1))


def _exact_percent(text: str) -> Fraction:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        raise ValueError("must be a number before '%'")
    return Fraction(text) / 100
