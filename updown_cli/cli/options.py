"""The options that all commands share, and what they become: a Run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import click

from updown_cli.batch.settings import ALPHAS, IF_EXISTS, Settings
from updown_cli.cli.report import Report
from updown_cli.errors import UsageError
from updown_cli.pipeline import Pipeline

MAX_PIXELS = 178_956_970
DEVICE = r"cpu|cuda(:\d+)?|mps|auto"


def _option(*names: str, **settings: Any) -> click.Option:
    """Return an option that can also come from the environment: UPDOWN_DEVICE."""
    variable = "UPDOWN_" + names[0].split("/")[0].removeprefix("--").replace("-", "_").upper()
    return click.Option(list(names), envvar=variable, **settings)


def run_parameters() -> list[click.Parameter]:
    """Return the shared options."""
    return [
        _option(
            "--output",
            "-o",
            metavar="PATH",
            help="A file, a folder, a template like {dir}/{stem}-{op}{ext}, or - for standard "
            "output.  [default: {stem}_{op}{ext} beside the input]",
        ),
        _option(
            "--format",
            metavar="EXT",
            help="Ending of results whose names come from their inputs: png, jpg, tif, npy, ...",
        ),
        _option(
            "--if-exists",
            type=click.Choice(IF_EXISTS),
            default="error",
            show_default=True,
            help="What happens to a result whose file exists; update replaces older ones.",
        ),
        _option(
            "--layout",
            metavar="AXES",
            help="Axes of arrays, such as NHWC.  [default: by rank: HW, CHW, NCHW, NCDHW]",
        ),
        _option(
            "--dims",
            type=click.IntRange(1, 3),
            help="Sides of arrays: 1 for signals, 2 for images, 3 for volumes.  [default: by rank]",
        ),
        _option(
            "--alpha",
            type=click.Choice(ALPHAS),
            default="premultiply",
            show_default=True,
            help="Transparency: weigh colours by it where they are mixed, treat it as any "
            "channel, or drop it.",
        ),
        _option(
            "--round",
            type=click.Choice(("half-up", "half-even", "floor", "trunc")),
            default="half-up",
            show_default=True,
            help="How results become whole numbers.",
        ),
        _option(
            "--device",
            metavar="cpu|cuda[:N]|mps|auto",
            default="cpu",
            show_default=True,
            help="Where torch computes.",
        ),
        _option(
            "--dtype",
            type=click.Choice(("auto", "float32", "float64")),
            default="auto",
            show_default=True,
            help="What torch computes in; auto is float32, and float64 for values that need it.",
        ),
        _option(
            "--max-pixels",
            type=click.IntRange(min=1),
            default=MAX_PIXELS,
            show_default=True,
            help="Refuse images and results with more pixels.",
        ),
        _option("--fail-fast", is_flag=True, help="Stop at the first input that fails."),
        _option("--json", is_flag=True, help="Print one JSON object per image."),
        _option("--quiet", "-q", is_flag=True, help="Print errors only."),
        _option("--verbose", "-v", is_flag=True, help="Print notes as well."),
    ]


@dataclass(frozen=True)
class Run:
    """Everything about a run but its inputs and operations."""

    settings: Settings
    report: Report

    def process(self, pipeline: Pipeline, inputs: tuple[str, ...]) -> None:
        """Process the inputs, print the report, and end with the exit code of the run."""
        from updown_cli.batch.run import run

        totals = run(inputs, pipeline, self.settings, self.report.add)
        self.report.end(totals)
        click.get_current_context().exit(totals.exit_code)


def start_run(values: dict[str, Any]) -> Run:
    """Return the run that the shared options ask for."""
    from updown_cli.images.arrays import check_layout
    from updown_cli.images.formats import check_writable
    from updown_cli.images.read import Reading

    check_layout(values["layout"], values["dims"])
    fmt = values["format"] and values["format"].lower().removeprefix(".")
    if fmt:
        check_writable(f"--format .{fmt}")
    if not re.fullmatch(DEVICE, values["device"]):
        raise UsageError(
            "must be cpu, cuda, cuda:N, mps or auto", subject=f"--device {values['device']}"
        )
    to_stdout = values["output"] == "-"
    if to_stdout and values["json"]:
        raise UsageError("both write to standard output", subject="--json, -o -")
    settings = Settings(
        output=values["output"],
        format=fmt,
        if_exists=values["if_exists"],
        device=values["device"],
        dtype=values["dtype"],
        rounding=values["round"],
        reading=Reading(values["layout"], values["dims"], values["alpha"], values["max_pixels"]),
        fail_fast=values["fail_fast"],
    )
    report = Report(values["json"], values["quiet"], values["verbose"], stdout_taken=to_stdout)
    return Run(settings, report)
