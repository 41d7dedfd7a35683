"""`updown shapes`: what a chain would do, from headers alone."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from typing import Any

import click

from updown_cli.batch.inputs import STDIN, Source
from updown_cli.batch.side_files import indices_file
from updown_cli.batch.unpool_inputs import read_unpool_inputs
from updown_cli.cli.chain import pipeline_of, recipe_option, steps_argument
from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.input_options import reading_from_options, selection_from_options
from updown_cli.cli.printing import say_error, write_stdout
from updown_cli.cli.run_options import shared
from updown_cli.cli.table import print_columns, step_name
from updown_cli.errors import InputError, UsageError
from updown_cli.files.formats import ARRAY_ENDINGS, ending
from updown_cli.files.peek import peek
from updown_cli.files.reading import Reading, check_pixels
from updown_cli.op.param_types import ParamType, whole
from updown_cli.op.per_axis import MOST_AXES
from updown_cli.op.shape import Shape, by_x
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.shape_report import ShapeReport, shape_report

COLUMNS = ("step", "out", "receptive field", "stride", "offset", "operations", "memory")

# Longest side that is planned for.
LONGEST_SIDE = 1 << 31

# Names of inputs that stand above their table.
SHOWN_NAMES = 3

#: Options of every run that matter before it.
SHARED = (
    *("recurse", "include", "exclude", "files_from", "null", "layout", "dims", "frames"),
    *("alpha", "max_pixels"),
)

HELP = """Tell what a chain would do: shapes, receptive fields, operations, memory.

Reads headers only. Inputs of one size share a table. The receptive field are the input pixels
that one pixel amid the result depends on; stride is the distance of two neighbours of the result
in input pixels, offset the place of the first, 0 being the middle of the first input pixel.
Operations are multiply-adds, or comparisons where maxima or medians are chosen. The exit code is 1
if anything would not work.

\b
    updown shapes 'pool -k 2 | conv --kernel box -p same | unpool' --size 3x480x640
    updown shapes 'pool -k 3 -s 2 | deconv --kernel bilinear -s 2' photos/ -r
"""


class Shapes(ParamType):
    """Channels and sides: `3x480x640`."""

    metavar = "CxHxW"

    def parse(self, text: str) -> Shape:
        """Read numbers between `x`."""
        return Shape(*(whole(part) for part in text.split("x")))

    def check(self, value: Any) -> None:
        """Raise for no side, too many, or one below 1."""
        if not 2 <= len(value) <= MOST_AXES + 1:
            raise ValueError("must be channels and one to three sides between 'x'")
        if not 1 <= min(value) <= max(value) <= LONGEST_SIDE:
            raise ValueError(f"must be from 1 to {LONGEST_SIDE}")


@dataclass
class Group:
    """A report and the inputs that it is for."""

    report: ShapeReport
    names: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Size and names."""
        frames = f", {self.report.frames} frames" if self.report.frames > 1 else ""
        size = f"{self.report.shape}{frames}"
        more = len(self.names) - SHOWN_NAMES
        names = ", ".join(self.names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
        return f"{size}: {names}" if names else size

    def to_json(self) -> dict[str, Any]:
        """Return the report with the inputs as JSON."""
        return {"inputs": self.names, **self.report.to_json()}


def _shapes(context: click.Context, **values: Any) -> None:
    pipeline, paths = pipeline_of(values["inputs"], values["recipe"])
    reading = reading_from_options(values)
    groups = [Group(_shape_report(pipeline, (shape, 1), None, reading)) for shape in values["size"]]
    failed = False
    if not groups or paths or values["files_from"] is not None:
        sources = selection_from_options(values, paths).sources()
        found, failed = _of_inputs(pipeline, sources, reading)
        groups += found
    for group in groups:
        _print(group, as_json=values["json"])
    context.exit(1 if failed or any(group.report.error for group in groups) else 0)


def _of_inputs(
    pipeline: Pipeline, sources: list[Source], reading: Reading
) -> tuple[list[Group], bool]:
    """Return the groups of inputs, and whether one could not be read."""
    groups: dict[tuple[Any, ...], Group] = {}
    failed = False
    for source in sources:
        if source.path == STDIN:
            raise UsageError("standard input has no header to look at", subject="-")
        indices = indices_file(source, pipeline, several=len(sources) > 1)
        try:
            source.check()
            shape, frames = peek(source.path, reading)
        except InputError as error:
            if not source.is_left_out(error):
                failed = True
                say_error(error, source.path)
            continue
        of_picture = ending(source.path) not in ARRAY_ENDINGS
        key = (shape, frames, indices, of_picture)
        if key not in groups:
            found = _shape_report(
                pipeline, (shape, frames), indices, reading, of_picture=of_picture
            )
            groups[key] = Group(found)
        groups[key].names.append(source.path)
    return [*groups.values()], failed


def _shape_report(
    pipeline: Pipeline,
    size: tuple[Shape, int],
    indices: str | None,
    reading: Reading,
    *,
    of_picture: bool = True,
) -> ShapeReport:
    try:
        pipeline, _ = read_unpool_inputs(indices, pipeline, size, reading)
    except InputError as error:
        return ShapeReport(*size, (), error)
    return _limited(shape_report(pipeline, *size, of_picture=of_picture), reading.max_pixels)


def _limited(found: ShapeReport, max_pixels: int) -> ShapeReport:
    """Return a report that ends where a result has more pixels than a run accepts."""
    for number, line in enumerate(found.lines):
        try:
            check_pixels(math.prod(line.step.after.size), max_pixels)
        except InputError as error:
            if found.error is None:
                return replace(found, lines=found.lines[:number], error=error)
    return found


def _print(group: Group, *, as_json: bool) -> None:
    if as_json:
        write_stdout(json.dumps(group.to_json()) + "\n")
        return
    found = group.report
    write_stdout(f"{group.title}\n")
    rows: list[tuple[str, ...]] = [
        (
            step_name(line.step.to_json()),
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


def _params() -> list[click.Parameter]:
    return [
        click.Option(
            ["--size"],
            type=ClickParamType(Shapes()),
            multiple=True,
            metavar=Shapes.metavar,
            help="Plan for this size, channels first, with or without inputs; repeatable.",
        ),
        recipe_option(),
        *shared(*SHARED),
        click.Option(["--json"], is_flag=True, help="Print one JSON object per size."),
        steps_argument(),
    ]


shapes = click.Command(
    "shapes",
    callback=click.pass_context(_shapes),
    params=_params(),
    help=HELP,
    short_help="Tell shapes, receptive fields and costs of a chain before it runs.",
)
