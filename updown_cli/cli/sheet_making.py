"""How `updown sheet` makes a sheet: everything tried on every input, then drawn and written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.batch.inputs import Source
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.record import in_time
from updown_cli.batch.sheet_trials import SheetSettings
from updown_cli.batch.sheets import SourceRow, check_room, row_of, sheet_page, sheet_picture
from updown_cli.batch.single_file import write_single
from updown_cli.batch.thresholds import six_digits
from updown_cli.cli import signals
from updown_cli.cli.picture_bar import picture_bar
from updown_cli.cli.printing import printable, say_error, write_stderr, write_stdout
from updown_cli.cli.sheet_settings import find_sources, parse_tries, sheet_settings
from updown_cli.cli.table import print_columns
from updown_cli.errors import InputError, UsageError
from updown_cli.files.formats import PAGE_ENDINGS, ending
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    from updown_cli.batch.candidates import Tried, Try
    from updown_cli.cli.sheet import SheetOptions

COLUMNS = ("image", "try", "out", "op", "psnr", "ssim")


def make_sheet(options: SheetOptions) -> int:
    """Make a sheet, tell what is on it, and return the exit code."""
    output = options.output
    if options.as_json and output == STDOUT:
        raise UsageError("both write to standard output", subject="--json, -o -")
    tries = parse_tries(options.texts)
    sources = find_sources(options, tries)
    outcomes, rows, failed = _outcomes(sources, tries, sheet_settings(options), options)
    if rows:
        write_single(output, _sheet_bytes(rows, tries, options), options.if_exists)
    if options.as_json:
        write_stdout("".join(json.dumps(outcome.to_json()) + "\n" for outcome in outcomes))
    elif not options.quiet and output != STDOUT and outcomes:
        print_columns(COLUMNS, [*_table(outcomes)], right=COLUMNS[3:], name="image")
    failed = failed or not rows or any(outcome.error for outcome in outcomes)
    return int(failed)


def _outcomes(
    sources: Sequence[Source], tries: Sequence[Try], how: SheetSettings, options: SheetOptions
) -> tuple[list[Tried], list[SourceRow], bool]:
    """Try everything on every input; tell what fails at once, and whether an input did at last."""
    outcomes, rows, failed = [], [], False
    shown = options.progress and not options.quiet
    for source in sources:
        try:
            with picture_bar(shown=shown) as bar:
                row = [*row_of(source, tries, replace(how, watcher=bar))]
            for found in row:
                signals.raise_if_stopped()
                subject = source.path
                if isinstance(found, SourceRow):
                    rows.append(found)
                else:
                    outcomes.append(found)
                    subject = f"{source.path}: try {found.chain.number}"
                    if found.error is not None:
                        say_error(found.error, subject)
                for warning in found.warnings if not options.quiet else ():
                    write_stderr(f"warning: {subject}: {warning}")
        except InputError as error:
            if not source.is_left_out(error):
                say_error(error)
                failed = True
        check_room(rows, how.run.reading.max_pixels)
    return outcomes, rows, failed


def _sheet_bytes(rows: Sequence[SourceRow], tries: Sequence[Try], options: SheetOptions) -> bytes:
    suffix = ".png" if options.output == STDOUT else ending(options.output)
    if suffix in PAGE_ENDINGS:
        return sheet_page(rows, tries)
    return sheet_picture(rows, tries, suffix, options.columns, options.max_pixels)


def _table(outcomes: Sequence[Tried]) -> Iterator[tuple[str, ...]]:
    last = ""
    for outcome in outcomes:
        image, last = "" if outcome.source == last else outcome.source, outcome.source
        shape = "failed" if outcome.error else by_x(outcome.shape or ())
        metrics = ["" if x is None else six_digits(x) for x in (outcome.psnr, outcome.ssim)]
        label = outcome.chain.label
        yield (printable(image), label, shape, in_time(outcome.seconds), *metrics)
