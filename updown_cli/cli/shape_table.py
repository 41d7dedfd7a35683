"""What `updown shapes` prints: a table for each size, with numbers for a person."""

from __future__ import annotations

import json

from updown_cli.cli.printing import write_stdout
from updown_cli.cli.shape_groups import Group
from updown_cli.cli.table import print_columns, step_as_typed
from updown_cli.op.shape import Shape, by_x

COLUMNS = ("step", "out", "receptive field", "stride", "offset", "operations", "memory")


def print_group(group: Group, *, as_json: bool) -> None:
    """Print a report, as one JSON object or as a table."""
    if as_json:
        write_stdout(json.dumps(group.to_json()) + "\n")
        return
    found = group.report
    write_stdout(f"{group.title}\n")
    rows: list[tuple[str, ...]] = [
        (
            step_as_typed(line.step.to_json()),
            _with_frames(line.step.after, line.step.frames[1]),
            by_x(line.field),
            by_x(line.stride),
            by_x(line.offset) if min(line.offset) >= 0 else ", ".join(map(str, line.offset)),
            with_metric_unit(line.step.operations),
            with_byte_unit(line.bytes),
        )
        for line in found.lines
    ]
    if found.error is None:
        total = with_metric_unit(found.operations), with_byte_unit(found.bytes)
        print_columns(COLUMNS, [*rows, ("all", "", "", "", "", *total)], right=COLUMNS[-2:])
        for line in found.lines:
            write_stdout("".join(f"{text}\n" for text in line.remarks))
        return
    if rows:
        print_columns(COLUMNS, rows, right=COLUMNS[-2:])
    write_stdout(f"cannot work: {found.error}\n")
    if found.nearest:
        write_stdout(f"nearest sizes that would: {', '.join(map(by_x, found.nearest))}\n")


def _with_frames(shape: Shape, frames: int) -> str:
    return f"{frames} x {shape}" if frames > 1 else str(shape)


def with_metric_unit(number: int) -> str:
    """Return a count for a person: 1234567 is `1.23 M`."""
    return _scaled(number, 1000, ("", " k", " M", " G", " T", " P"))


def with_byte_unit(number: int) -> str:
    """Return bytes for a person."""
    return _scaled(number, 1024, (" B", " KiB", " MiB", " GiB", " TiB", " PiB"))


def _scaled(number: float, base: int, units: tuple[str, ...]) -> str:
    power = 0
    while number >= base and power < len(units) - 1:
        number, power = number / base, power + 1
    return (f"{number:.3g}" if number < base - 1 else f"{number:.0f}") + units[power]
