"""The table of a run: an image a row, or a row for each of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.batch.record import in_time
from updown_cli.cli.columns import Columns
from updown_cli.cli.printing import printable, write_stdout
from updown_cli.op.base import KEPT_AS
from updown_cli.op.parameter import Telling, as_typed
from updown_cli.op.shape import by_x
from updown_cli.ops import OPS

if TYPE_CHECKING:
    from updown_cli.batch.record import Record
    from updown_cli.batch.run import Totals

# Wide enough that no row is broken where another program reads it.
PIPE_WIDTH = 10_000

ARROW = " -> "

COLUMNS = ("image", "step", "in", "out", "load", "op", "save")


def rows_of(record: Record) -> list[tuple[str, ...]]:
    """Return the table's rows for one image: one per step."""
    target = ARROW + printable(record.output) if record.output else ""
    name = printable(record.source) + target
    if record.error is not None:
        return [(name, f"failed: {record.error.reason}", "", "", "", "", "")]
    if record.status == "skipped":
        return [(name, "skipped", "", "", "", "", "")]
    load, save = in_time(record.seconds.get("load")), in_time(record.seconds.get("save"))
    rows: list[tuple[str, ...]] = []
    for step in record.steps:
        first = not rows
        rows.append(
            (
                name if first else "",
                step_as_typed(step),
                by_x(tuple(step["in"])),
                by_x(tuple(step["out"])),
                load if first else "",
                in_time(step.get("seconds")),
                save if first else "",
            )
        )
    if record.clamped:
        low, high = record.clamped["min"], record.clamped["max"]
        told = f"{record.clamped['values']} values clamped, {low:.6g} to {high:.6g}"
        rows.append(("", told, "", "", "", "", ""))
    return rows


def step_as_typed(step: dict[str, Any]) -> str:
    """Return a step as one would type it, with its most telling parameter."""
    op = OPS[step["op"]].of_mode(step.get("mode"), step.get("like"))
    names, parameters = [step["op"], op.label()], op.parameters()
    given = [p for p in parameters if p.telling > Telling.DETAIL and step.get(p.name) is not None]
    if given:
        value = step[max(given, key=lambda parameter: parameter.telling).name]
        names.append(as_typed(tuple(value) if isinstance(value, list) else value))
    if step.get("seed") is not None:
        names.append(f"seed {step['seed']}")
    names.append(step.get(KEPT_AS, ""))
    return " ".join(filter(None, names))


def totals_line(totals: Totals) -> str:
    """Return the counts, the wall time and, where there is one to tell, the rate of a run."""
    counts = ", ".join(f"{number} {status}" for status, number in totals.counts.items() if number)
    rate = f"{totals.pixels / totals.seconds / 1e6:.2f}"
    told = f", {rate} megapixels/s" if float(rate) else ""
    return f"{counts or 'nothing to do'} in {in_time(totals.seconds)}{told}"


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print the table of a run on stdout."""
    print_columns(COLUMNS, rows, right=("load", "op", "save"), name="image")


def print_columns(
    columns: tuple[str, ...],
    rows: list[tuple[str, ...]],
    *,
    right: tuple[str, ...] = (),
    name: str = "",
) -> None:
    """Print a table on stdout, on a terminal within its width and with the header in bold.

    Of the columns those in `right` are set to the right; `name` says what a row is of.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    cells = [tuple(map(printable, row)) for row in rows]
    table = Columns(columns, right, name)
    if not console.is_terminal:
        write_stdout("".join(f"{line}\n" for line in table.lines(cells, PIPE_WIDTH)))
        return
    with console.capture() as captured:  # rich would end the process if its reader is gone
        header, lines = table.lay_out(cells, console.width)
        if header is not None:
            console.print(Text(header, "bold"), soft_wrap=True)
        for line in lines:
            console.print(Text(line), soft_wrap=True)
    write_stdout(captured.get())
