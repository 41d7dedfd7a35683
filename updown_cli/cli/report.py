"""Lines on a terminal, JSON for scripts."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from updown_cli.cli.printing import printable, say, say_error
from updown_cli.ops.base import shown
from updown_cli.ops.shape import by_x

if TYPE_CHECKING:
    from updown_cli.batch.record import Record
    from updown_cli.batch.run import Totals

# Images whose steps are shown; of larger runs the totals are.
TABLE_IMAGES = 50

# Wide enough that no row is broken where another program reads it.
PIPE_WIDTH = 10_000

ARROW = " -> "

COLUMNS = ("image", "step", "in", "out", "load", "op", "save")


@dataclass
class Report:
    """What a run prints: results on stdout, failures and warnings on stderr."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    stdout_taken: bool = False
    rows: list[tuple[str, ...]] = field(default_factory=list)
    images: int = 0
    said: set[str] = field(default_factory=set)

    def add(self, record: Record) -> None:
        """Tell of one image."""
        self.images += 1
        if record.error is not None:
            say_error(record.error, record.source)
        if not self.quiet:
            self._warn(record)
        if self.json:
            sys.stdout.write(json.dumps(record.to_json()) + "\n")
            sys.stdout.flush()
        elif self._shows_table and self.images <= TABLE_IMAGES:
            self.rows += rows_of(record)

    def _warn(self, record: Record) -> None:
        """Say every warning once in a run."""
        texts = [f"warning: {text}" for text in record.warnings]
        texts += [f"note: {text}" for text in record.notes if self.verbose]
        for text in texts:
            if text not in self.said:
                self.said.add(text)
                say(text)

    @property
    def _shows_table(self) -> bool:
        return not (self.json or self.quiet or self.stdout_taken)

    def end(self, totals: Totals) -> None:
        """Tell of the whole run."""
        if self._shows_table:
            if self.rows:
                print_table(self.rows, more=max(self.images - TABLE_IMAGES, 0))
            sys.stdout.write(_totals_line(totals) + "\n")
        counts = totals.counts
        if not self.quiet and sum(counts.values()) > 1:
            say(", ".join(f"{number} {status}" for status, number in counts.items()))


def rows_of(record: Record) -> list[tuple[str, ...]]:
    """Return the table's rows for one image: one per step."""
    name = printable(record.source) + ARROW + printable(record.output)
    if record.status == "failed":
        return []
    if record.status == "skipped":
        return [(name, record.status, "", "", "", "", "")]
    load, save = _time(record.seconds["load"]), _time(record.seconds["save"])
    rows: list[tuple[str, ...]] = []
    for step in record.steps:
        first = not rows
        rows.append(
            (
                name if first else "",
                step_name(step),
                by_x(tuple(step["in"])),
                by_x(tuple(step["out"])),
                load if first else "",
                _time(step["seconds"]),
                save if first else "",
            )
        )
    return rows


def step_name(step: dict[str, Any]) -> str:
    """Return a step as one would type it, with its most telling parameter."""
    names = [step["op"], step.get("mode", "")]
    for key in (
        "kernel_size",
        "scale_factor",
        "size",
        "output_size",
        "kernel",
        "upscale_factor",
        "downscale_factor",
    ):
        value = step.get(key)
        if value is not None:
            names.append(shown(tuple(value) if isinstance(value, list) else value))
            break
    return " ".join(filter(None, names))


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _totals_line(totals: Totals) -> str:
    counts = ", ".join(f"{number} {status}" for status, number in totals.counts.items() if number)
    rate = totals.pixels / totals.seconds / 1e6
    return f"{counts or 'nothing to do'} in {_time(totals.seconds)}, {rate:.2f} megapixels/s"


def print_table(rows: list[tuple[str, ...]], *, more: int) -> None:
    """Print the table on stdout; boxes and colours only on a terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    table = Table(
        box=SIMPLE_HEAD if console.is_terminal else None,
        pad_edge=False,
        padding=(0, 1),
        collapse_padding=True,
    )
    for column in COLUMNS:
        right = column in ("load", "op", "save")
        table.add_column(
            column, justify="right" if right else "left", overflow="fold", no_wrap=column != "image"
        )
    for name, *cells in rows:
        name = name.replace(ARROW, f"\n{ARROW.lstrip()}") if console.is_terminal else name
        table.add_row(Text(name), *(Text(printable(cell)) for cell in cells))
    console.print(table)
    if more:
        console.print(Text(f"and {more} more images"))
