"""What the options of `updown sheet` become: tries, inputs, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updown_cli.batch.inputs import Source
from updown_cli.batch.named_files import (
    INPUT,
    NamedFile,
    check_apart,
    named_files,
    read_files,
)
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.settings import Settings
from updown_cli.batch.sheet_trials import SheetSettings
from updown_cli.batch.sheets import tries_of
from updown_cli.batch.single_file import check_free
from updown_cli.cli.braces import expand_braces
from updown_cli.cli.steps import parse_steps
from updown_cli.errors import UsageError
from updown_cli.figures.crop_zoom import Looking
from updown_cli.files.formats import PAGE_ENDINGS, check_writable, ending
from updown_cli.files.reading import Reading
from updown_cli.pipeline.step_errors import in_step
from updown_cli.stores.save import check_folder

if TYPE_CHECKING:
    from updown_cli.batch.candidates import Try
    from updown_cli.cli.sheet import SheetOptions

# Longest side of a picture if nobody says.
PANEL = 384

# More are mistakes: nobody looks at them side by side.
MOST_TRIES = 200
MOST_PANELS = 1000


def parse_tries(texts: Sequence[str]) -> list[Try]:
    """Return the tries that are typed; raise UsageError that names one, and its step."""
    every = [text for given in texts for text in expand_braces(given)]
    if len(every) > MOST_TRIES:
        raise UsageError(f"{len(every)} tries, at most {MOST_TRIES} are shown")
    pipelines = []
    for number, text in enumerate(every, 1):
        with in_step(f"try {number}"):
            pipelines.append(parse_steps(text))
    return tries_of(every, pipelines)


def find_sources(options: SheetOptions, tries: Sequence[Try]) -> list[Source]:
    """Return the inputs; raise UsageError for an output that cannot be, before any work."""
    output = options.output
    if output != STDOUT:
        if ending(output) not in PAGE_ENDINGS:
            check_writable(output)
        check_folder(output)
    sources = options.folders.selection(options.inputs).sources()
    read = [NamedFile(INPUT, source.path) for source in sources]
    read += [file for chain in tries for file in read_files(chain.pipeline)]
    check_apart(named_files(("-o", output)), read)
    check_free(output, options.if_exists)
    if len(sources) * (len(tries) + 1) > MOST_PANELS:
        raise UsageError(f"more than {MOST_PANELS} panels", hint="make several sheets")
    if options.columns is not None and len(sources) > 1:
        raise UsageError("goes with one input", subject="--columns")
    return sources


def sheet_settings(options: SheetOptions) -> SheetSettings:
    """Return how pictures are computed and shown; raise UsageError for what contradicts."""
    on_page = ending(options.output) in PAGE_ENDINGS
    places = {
        "--crop": options.crop,
        "--zoom": options.zoom,
        "--panel-size": options.panel_size,
        "--columns": options.columns,
    }
    for name, given in places.items():
        if on_page and given is not None:
            raise UsageError("is not for a page, which can be magnified", subject=name)
    if options.full and not on_page:
        raise UsageError("goes with a page, -o OUT.html", subject="--full")
    if options.crop == "none" and options.zoom is not None:
        raise UsageError("goes with a crop", subject="--zoom")
    return SheetSettings(
        run=_run_settings(options),
        looking=Looking(options.panel_size or PANEL, options.crop, options.zoom),
        times=options.times,
        on_page=on_page,
        full=options.full,
    )


def _run_settings(options: SheetOptions) -> Settings:
    reading = Reading(
        alpha=options.alpha,
        max_pixels=options.max_pixels,
        accept_damaged=options.accept_damaged,
        max_memory=options.max_memory,
        keep=frozenset(),
    )
    return Settings(
        device=options.device,
        dtype=options.dtype,
        range=options.range,
        linear_light=options.linear_light,
        max_memory=options.max_memory,
        reading=options.arrays.complete(reading),
    )
