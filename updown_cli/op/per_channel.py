"""Kinds of value that have one number per output channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from updown_cli.op.array_names import METAVAR, names_file
from updown_cli.op.param_types import Floats, Limited, real, whole


class Bias(Floats):
    """Numbers between commas, or a file of them."""

    metavar = f"X[,X...]|{METAVAR}"
    json = (list, str)

    def parse(self, text: str) -> Any:
        """Read the numbers, or return the name of a file."""
        return text if names_file(text) else super().parse(text)

    def check(self, value: Any) -> None:
        """Raise for what is not finite; a file is checked when it is read."""
        if not isinstance(value, str):
            super().check(value)

    def dump(self, value: Any) -> Any:
        """Return the name or a list."""
        return value if isinstance(value, str) else super().dump(value)

    def load(self, data: Any) -> Any:
        """Return the name or a tuple."""
        return data if isinstance(data, str) else super().load(data)


@dataclass(frozen=True)
class PerChannel(Limited):
    """One number for all channels, or one for each between commas."""

    metavar = "X[,X...]"
    whole: bool = False

    def parse(self, text: str) -> tuple[float, ...]:
        """Read the numbers."""
        read = whole if self.whole else real
        return tuple(read(part) for part in text.split(","))

    def check(self, value: Any) -> None:
        """Raise for a number outside the range."""
        for number in value:
            self.check_number(number)

    def dump(self, value: Any) -> Any:
        """Return a list."""
        return list(value)

    def load(self, data: Any) -> Any:
        """Return a tuple."""
        return tuple(data)
