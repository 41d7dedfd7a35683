"""`updown sheet`: the results of several chains side by side, with what can be said of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from updown_cli.batch.inputs import Source
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.single_file import IF_EXISTS, write_single
from updown_cli.cli import signals
from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.printing import printable, say_error, write_stderr, write_stdout
from updown_cli.cli.run_options import shared
from updown_cli.cli.shared_option import choice, option
from updown_cli.cli.sheet_settings import HTML_ENDINGS, find_sources, parse_tries, sheet_settings
from updown_cli.cli.table import print_columns
from updown_cli.engine.quantize import RANGES
from updown_cli.errors import InputError, UsageError
from updown_cli.figures.crop_zoom import CropType
from updown_cli.files.formats import ending
from updown_cli.op.param_types import Choice, Int
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    from updown_cli.batch.candidates import Tried, Try
    from updown_cli.batch.sheets import SheetSettings, SourceRow

COLUMNS = ("image", "try", "out", "op", "psnr", "ssim")


@click.command(short_help="Show what chains make of pictures side by side.")
@click.argument(
    "inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(readable=False)
)
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(readable=False),
    metavar="OUT",
    help="The picture or, with the ending .html, the page; - writes a PNG to standard output.",
)
@click.option(
    "--try",
    "texts",
    multiple=True,
    required=True,
    metavar="STEPS",
    help="A chain whose result is shown; {a,b} stands for alternatives; repeatable.",
)
@click.option(
    "--crop",
    type=ClickParamType(CropType()),
    metavar=CropType.metavar,
    help="The part of the input that is magnified.  [default: the square with most detail]",
)
@click.option(
    "--zoom",
    type=ClickParamType(Int(min=1, max=256)),
    metavar="N",
    help="Show every pixel of the input N times there.  [default: 8, or what results need]",
)
@click.option(
    "--panel-size",
    type=ClickParamType(Int(min=16, max=4096)),
    metavar="N",
    help="The longest side of a picture on the sheet.  [default: 384]",
)
@click.option(
    "--columns",
    type=ClickParamType(Int(min=1, max=100)),
    metavar="N",
    help="Panels side by side; of several inputs each has a line of its own.",
)
@click.option(
    "--times/--no-times",
    default=True,
    show_default=True,
    help="Tell how long operations took; without, the same sheet has the same bytes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per result.")
def sheet(
    inputs: tuple[str, ...],
    texts: tuple[str, ...],
    output: str,
    as_json: bool,
    quiet: bool,
    **values: Any,
) -> None:
    """Show what chains make of pictures side by side, on one labelled picture or page.

    Below each are its shape, its time and, where it has the size of its input, PSNR and SSIM as
    `updown compare` measures them. A part is magnified without smoothing, the same in all. The
    page, which needs no network, shows results in one place in turn.

    Results of kernels that sum to 0 have both signs and are shown with 0 as middle grey, channels
    that are no colours each by itself. What cannot be done is a panel that says why, and fails.

    \b
        updown sheet photo.png -o modes.png --try 'upsample --mode {nearest,bicubic} --size 64'
        updown sheet photo.png -o pools.html --try 'pool --mode {max,avg,min} -k 3'
        updown sheet a.png b.png -o maps.png --try 'conv --kernel sobel-h,sobel-v -p 1'
    """
    if as_json and output == STDOUT:
        raise UsageError("both write to standard output", subject="--json, -o -")
    tries = parse_tries(texts)
    sources = find_sources(inputs, values, output, len(tries))
    outcomes, rows, failed = _outcomes(sources, tries, sheet_settings(values, output), quiet=quiet)
    if rows:
        write_single(output, _written(output, rows, tries, values), values["if_exists"])
    if as_json:
        write_stdout("".join(json.dumps(outcome.to_json()) + "\n" for outcome in outcomes))
    elif not quiet and output != STDOUT and outcomes:
        print_columns(COLUMNS, [*_table(outcomes)], right=COLUMNS[3:], name="image")
    failed = failed or not rows or any(outcome.error for outcome in outcomes)
    click.get_current_context().exit(int(failed))


sheet.params += [
    option(
        "--range",
        type=ClickParamType(Choice(RANGES)),
        metavar=Choice(RANGES).metavar,
        help="How values become tones, as in a run.  [default: clamp; symmetric for kernels that "
        "sum to 0 and for deconvnet]",
    ),
    choice("--if-exists", IF_EXISTS, "error", "What happens to OUT if it exists."),
    *shared(
        "recurse", "include", "exclude", "layout", "dims", "frames", "alpha", "linear_light",
        "dtype", "device", "max_pixels", "max_memory", "accept_damaged", "quiet", "debug",
    ),
]  # fmt: skip


def _outcomes(
    sources: Sequence[Source], tries: Sequence[Try], how: SheetSettings, *, quiet: bool
) -> tuple[list[Tried], list[SourceRow], bool]:
    """Try everything on every input; tell what fails at once, and whether an input did at last."""
    from updown_cli.batch.sheets import SourceRow, check_room, row_of

    outcomes, rows, failed = [], [], False
    for source in sources:
        try:
            for found in row_of(source, tries, how):
                signals.raise_if_stopped()
                subject = source.path
                if isinstance(found, SourceRow):
                    rows.append(found)
                else:
                    outcomes.append(found)
                    subject = f"{source.path}: try {found.chain.number}"
                    if found.error is not None:
                        say_error(found.error, subject)
                for warning in found.warnings if not quiet else ():
                    write_stderr(f"warning: {subject}: {warning}")
        except InputError as error:
            if not source.is_left_out(error):
                say_error(error)
                failed = True
        check_room(rows, how.run.reading.max_pixels)
    return outcomes, rows, failed


def _written(
    output: str, rows: Sequence[SourceRow], tries: Sequence[Try], values: dict[str, Any]
) -> bytes:
    from updown_cli.batch.sheets import sheet_page, sheet_picture

    suffix = ".png" if output == STDOUT else ending(output)
    if suffix in HTML_ENDINGS:
        return sheet_page(rows, tries)
    return sheet_picture(rows, tries, suffix, values["columns"], values["max_pixels"])


def _table(outcomes: Sequence[Tried]) -> Iterator[tuple[str, ...]]:
    from updown_cli.batch.record import in_time
    from updown_cli.batch.thresholds import six_digits

    last = ""
    for outcome in outcomes:
        image, last = "" if outcome.source == last else outcome.source, outcome.source
        shape = "failed" if outcome.error else by_x(outcome.shape or ())
        metrics = ["" if x is None else six_digits(x) for x in (outcome.psnr, outcome.ssim)]
        label = outcome.chain.label
        yield (printable(image), label, shape, in_time(outcome.seconds), *metrics)
