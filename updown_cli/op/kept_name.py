"""Names under which a step of a chain keeps its result: `@e1`."""

from __future__ import annotations

import re
from typing import Any

from updown_cli.op.param_types import Name
from updown_cli.op.pool_indices import NAME_SIGN

#: Numbers are left to the positions of max pools, which are called by the step: @1.
FORM = re.compile(f"{NAME_SIGN}[A-Za-z][A-Za-z0-9_]{{0,39}}")


def check_kept_name(name: str) -> None:
    """Raise ValueError for what is no name of a kept result."""
    if not FORM.fullmatch(name):
        raise ValueError(
            f"must be {NAME_SIGN} and a word such as {NAME_SIGN}e1; numbers name positions of pools"
        )


def variable(name: str) -> str:
    """Return what code calls a kept result."""
    return f"kept_{name.removeprefix(NAME_SIGN)}"


class KeptName(Name):
    """The name of a result that a step before keeps."""

    def check(self, value: Any) -> None:
        """Raise for what is no such name."""
        check_kept_name(value)
