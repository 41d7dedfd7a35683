"""What the shared options become: a Run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from updown_cli.batch.inputs import STDIN, Selection
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.settings import Settings
from updown_cli.cli import signals
from updown_cli.cli.input_options import reading_from_options, selection_from_options
from updown_cli.cli.printing import write_stderr
from updown_cli.cli.report import Report
from updown_cli.errors import UpdownError, UsageError
from updown_cli.files.creation_options import check_option
from updown_cli.files.formats import check_writable
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.strips import cores

if TYPE_CHECKING:
    from updown_cli.batch.run import Totals

DEVICE = r"cpu|cuda(:\d{1,3})?|mps|auto"
MOST_JOBS = 1024


@dataclass(frozen=True)
class RunOptions:
    """Everything about a run but its operations."""

    selection: Selection
    settings: Settings
    report: Report
    dry: bool = False

    def process(self, pipeline: Pipeline) -> None:
        """Process the inputs, print the report, and end with the exit code of the run."""
        from updown_cli.batch.run import Totals, collect, execute

        totals = Totals()
        try:
            jobs = collect(self.selection, pipeline, self.settings)
            with self.report.of(totals, len(jobs)) as report:
                signals.at_last += [report.stop, partial(say_interrupted, totals)]
                for record in execute(jobs, pipeline, self.settings, totals, dry=self.dry):
                    report.add(record)
                    signals.raise_if_stopped()
                signals.raise_if_stopped()
        except signals.Stopped:
            say_interrupted(totals)
            raise
        except UpdownError:
            if totals.finished:
                self.report.end(totals)
            raise
        self.report.end(totals)
        click.get_current_context().exit(totals.exit_code)


def say_interrupted(totals: Totals) -> None:
    """Tell how far a run came that a signal has ended."""
    done = totals.counts["done"]
    write_stderr(
        f"interrupted: {done} of {totals.jobs} done; run again with --if-exists skip to continue"
    )


def run_from_options(values: dict[str, Any]) -> RunOptions:
    """Return the run that the shared options ask for."""
    from_stdin = tuple(values["inputs"]) == (STDIN,)
    to_stdout = values["output"] == STDOUT or (values["output"] is None and from_stdin)
    if to_stdout and values["json"]:
        raise UsageError("both write to standard output", subject="--json, -o -")
    if values["null"] and values["files_from"] is None:
        raise UsageError("--null goes with --files-from")
    report = Report(
        values["json"],
        values["quiet"],
        values["verbose"],
        values["progress"],
        values["report"],
        stdout_taken=to_stdout,
    )
    return RunOptions(
        selection_from_options(values, values["inputs"]),
        _settings(values),
        report,
        dry=values["dry_run"],
    )


def _settings(values: dict[str, Any]) -> Settings:
    return Settings(
        output=values["output"],
        format=_format(values["format"]),
        encoder=tuple(check_option(text) for text in values["co"]),
        if_exists=values["if_exists"],
        jobs=_jobs(values["jobs"]),
        shard=_shard(values["shard"]),
        fail_fast=values["fail_fast"],
        device=device_of(values["device"]),
        dtype=values["dtype"],
        rounding=values["round"],
        range=values["range"],
        linear_light=values["linear_light"],
        max_memory=values["max_memory"],
        timeout=values["timeout"],
        save_steps=values.get("save_steps"),
        steps_format=_format(values.get("steps_format")) or "npy",
        reading=reading_from_options(values),
    )


def _format(text: str | None) -> str | None:
    if text is None:
        return None
    name = text.lower().removeprefix(".")
    check_writable(f"--format .{name}")
    return name


def device_of(text: str) -> str:
    """Return what `--device` names; raise UsageError for anything else."""
    if not re.fullmatch(DEVICE, text):
        raise UsageError("must be cpu, cuda, cuda:N, mps or auto", subject=f"--device {text}")
    return text


def _jobs(text: str) -> int:
    if text == "auto":
        return cores()
    if not re.fullmatch(r"\d{1,5}", text) or not 1 <= int(text) <= MOST_JOBS:
        raise UsageError(f"must be auto or from 1 to {MOST_JOBS}", subject=f"--jobs {text}")
    return int(text)


def _shard(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError("must be I/N with I from 1 to N", subject=f"--shard {text}")
    return int(match[1]), int(match[2])
