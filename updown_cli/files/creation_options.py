"""What `--co` sets: the options of the formats."""

from __future__ import annotations

from collections.abc import Mapping

from updown_cli.errors import UsageError
from updown_cli.files.formats import BY_ENDING, FORMATS
from updown_cli.op.meant import nearest_name


def check_option(text: str) -> tuple[str, str]:
    """Return (name, value) of `name=value`; raise UsageError if no format has such an option."""
    name, equals, value = text.partition("=")
    kinds = [fmt.options[name] for fmt in FORMATS if name in fmt.options]
    if not equals or not kinds:
        names = sorted({name for fmt in FORMATS for name in fmt.options})
        hint = nearest_name(name, names).removeprefix("; ") or f"there are {', '.join(names)}"
        raise UsageError("no format has this option", subject=f"--co {text}", hint=hint)
    for kind in kinds:
        try:
            kind.check(kind.parse(value))
        except ValueError as error:
            raise UsageError(str(error), subject=f"--co {text}") from None
    return name, value


def check_used(asked: Mapping[str, str], endings: set[str]) -> None:
    """Raise UsageError for an option that none of the formats of the results has."""
    formats = {BY_ENDING[ending] for ending in endings if ending in BY_ENDING}
    for name in asked:
        if not any(name in fmt.options for fmt in formats):
            known = " or ".join(fmt.name for fmt in FORMATS if name in fmt.options)
            raise UsageError(f"goes with {known} results", subject=f"--co {name}")
