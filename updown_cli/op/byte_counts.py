"""Numbers of bytes, with the units that people use."""

from __future__ import annotations

import re
from typing import Any

from updown_cli.op.param_types import Limited

#: What follows a number of bytes: K is 1024.
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class Bytes(Limited):
    """A number of bytes: `4G`, `512M`, `1.5GiB`."""

    metavar = "SIZE"
    json = (int,)

    def parse(self, text: str) -> int:
        """Read a number and its unit."""
        match = re.fullmatch(
            r"([0-9]{1,19}(?:\.[0-9]{1,9})?)([KMGT]?)(?:iB|B)?", text, re.IGNORECASE
        )
        if not match:
            raise ValueError("must be a size such as 512M or 4G")
        return int(float(match[1]) * UNITS[match[2].upper()])

    def check(self, value: Any) -> None:
        """Raise for a number outside the range."""
        self.check_number(value)
