"""The reports of `updown shapes`: one for all inputs of a size."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from updown_cli.batch.inputs import STDIN, Source
from updown_cli.batch.side_files import told_file
from updown_cli.batch.unpool_inputs import read_unpool_inputs
from updown_cli.cli.printing import say_error
from updown_cli.errors import InputError, UsageError
from updown_cli.files.formats import ARRAY_ENDINGS, ending
from updown_cli.files.peek import peek
from updown_cli.files.reading import Reading, check_pixels
from updown_cli.op.shape import Shape
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.shape_report import ShapeReport, shape_report

# Names of inputs that stand above their table.
SHOWN_NAMES = 3


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


def groups_of_inputs(
    pipeline: Pipeline, sources: list[Source], reading: Reading
) -> tuple[list[Group], bool]:
    """Return the groups of inputs, and whether one could not be read."""
    groups: dict[tuple[Any, ...], Group] = {}
    failed = False
    for source in sources:
        if source.path == STDIN:
            raise UsageError("standard input has no header to look at", subject="-")
        indices = told_file(source, pipeline, several=len(sources) > 1)
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
            found = limited_report(
                pipeline, (shape, frames), indices, reading, of_picture=of_picture
            )
            groups[key] = Group(found)
        groups[key].names.append(source.path)
    return [*groups.values()], failed


def limited_report(
    pipeline: Pipeline,
    size: tuple[Shape, int],
    indices: str | None,
    reading: Reading,
    *,
    of_picture: bool = True,
) -> ShapeReport:
    """Return what a pipeline does to a size and frames, with the positions of a file."""
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
