"""What the options of `updown sheet` become: tries, inputs, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from updown_cli.batch.inputs import Source
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.settings import Settings
from updown_cli.batch.single_file import check_free
from updown_cli.cli.braces import expand_braces
from updown_cli.cli.input_options import reading_from_options, selection_from_options
from updown_cli.cli.options import device_of
from updown_cli.cli.steps import parse_steps
from updown_cli.errors import UsageError
from updown_cli.figures.crop_zoom import Looking, Region
from updown_cli.files.formats import check_writable, ending
from updown_cli.files.save import check_folder
from updown_cli.op.parameter import option_name
from updown_cli.pipeline.step_errors import in_step

if TYPE_CHECKING:
    from updown_cli.batch.candidates import Try
    from updown_cli.batch.sheets import SheetSettings

HTML_ENDINGS = (".html", ".htm")

# Longest side of a picture if nobody says.
PANEL = 384

# More are mistakes: nobody looks at them side by side.
MOST_TRIES = 200
MOST_PANELS = 1000


def parse_tries(texts: Sequence[str]) -> list[Try]:
    """Return the tries that are typed; raise UsageError that names one, and its step."""
    from updown_cli.batch.sheets import tries_of

    every = [text for given in texts for text in expand_braces(given)]
    if len(every) > MOST_TRIES:
        raise UsageError(f"{len(every)} tries, at most {MOST_TRIES} are shown")
    pipelines = []
    for number, text in enumerate(every, 1):
        with in_step(f"try {number}"):
            pipelines.append(parse_steps(text))
    return tries_of(every, pipelines)


def find_sources(
    inputs: tuple[str, ...], values: dict[str, Any], output: str, tries: int
) -> list[Source]:
    """Return the inputs; raise UsageError for an output that cannot be, before any work."""
    from updown_cli.batch.sheets import check_not_an_input

    if output != STDOUT:
        if ending(output) not in HTML_ENDINGS:
            check_writable(output)
        check_folder(output)
    sources = selection_from_options(values, inputs).sources()
    check_not_an_input(output, sources)
    check_free(output, values["if_exists"])
    if len(sources) * (tries + 1) > MOST_PANELS:
        raise UsageError(f"more than {MOST_PANELS} panels", hint="make several sheets")
    if values["columns"] is not None and len(sources) > 1:
        raise UsageError("goes with one input", subject="--columns")
    return sources


def sheet_settings(values: dict[str, Any], output: str) -> SheetSettings:
    """Return how pictures are computed and shown; raise UsageError for what contradicts."""
    from updown_cli.batch.sheets import SheetSettings

    whole = ending(output) in HTML_ENDINGS
    for name in ("crop", "zoom", "panel_size", "columns"):
        if whole and values[name] is not None:
            raise UsageError("a page has every pixel of its pictures", subject=option_name(name))
    crop: Region | str | None = values["crop"]
    if crop == "none" and values["zoom"] is not None:
        raise UsageError("goes with a crop", subject="--zoom")
    run = Settings(
        device=device_of(values["device"]),
        dtype=values["dtype"],
        range=values["range"],
        linear_light=values["linear_light"],
        max_memory=values["max_memory"],
        reading=reading_from_options(values, keep=frozenset()),
    )
    return SheetSettings(
        run=run,
        looking=Looking(values["panel_size"] or PANEL, crop, values["zoom"]),
        times=values["times"],
        whole=whole,
    )
