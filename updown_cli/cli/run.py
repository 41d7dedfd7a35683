"""A run over many files, as its options ask for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from updown_cli.batch.cluster.address import file_of
from updown_cli.batch.inputs import STDIN, Selection
from updown_cli.batch.named_files import named_files
from updown_cli.batch.naming import STDOUT
from updown_cli.batch.settings import Settings
from updown_cli.cli import signals
from updown_cli.cli.printing import say_error, write_stderr
from updown_cli.cli.report import Report
from updown_cli.cli.run_options import RunOptions
from updown_cli.errors import UpdownError, UsageError, shortened
from updown_cli.files.reading import Reading
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.stores.names import store_of

if TYPE_CHECKING:
    from updown_cli.batch.run import Totals


@dataclass(frozen=True)
class Run:
    """Everything about a run but its operations."""

    selection: Selection
    settings: Settings
    report: Report
    dry: bool = False
    save_recipe: str | None = None

    def keeping(self, folder: str | None, file_format: str | None) -> Run:
        """Return the run that keeps what each step gives in a folder."""
        settings = replace(
            self.settings,
            save_steps=folder,
            steps_format=file_format or self.settings.steps_format,
        )
        return replace(self, settings=settings)

    def with_recipes(self, read: str | None, allowed: tuple[str, ...], written: str | None) -> Run:
        """Return the run of a recipe that was read, if one was, that writes one, if it is to."""
        reads = (*self.settings.reads, *named_files(("--recipe", read)))
        writes = (*self.settings.writes, *named_files(("--save-recipe", written)))
        settings = replace(self.settings, recipe=read, allowed=allowed, reads=reads, writes=writes)
        return replace(self, settings=settings, save_recipe=written)

    def process(self, pipeline: Pipeline) -> int:
        """Process the inputs, print the report, and return the exit code."""
        from updown_cli.batch.recipes import check_recipe, write_recipe
        from updown_cli.batch.run import Totals, collect, execute

        totals = Totals()
        try:
            jobs = collect(self.selection, pipeline, self.settings)
            if self.save_recipe is not None:
                check_recipe(self.save_recipe, self.settings.if_exists)
            totals.jobs = len(jobs)
            several = len(jobs) > 1 or any(job.is_shard for job in jobs)
            with self.report.of(totals, several=several) as report:
                if self.save_recipe is not None:
                    write_recipe(self.save_recipe, pipeline, self.settings.if_exists)
                signals.at_last += [report.stop, partial(say_interrupted, totals)]
                settings = replace(self.settings, known_bytes=report.known_bytes)
                records = execute(
                    jobs,
                    pipeline,
                    settings,
                    totals,
                    dry=self.dry,
                    watcher=report.picture,
                    waits=report.advance,
                )
                for record in records:
                    report.add(record)
                    signals.raise_if_stopped()
                signals.raise_if_stopped()
        except signals.Stopped:
            say_interrupted(totals)
            raise
        except UpdownError as error:
            if not totals.finished:
                raise
            signals.raise_if_stopped()
            say_error(error)  # before how far it came, which would hide why
            self.report.end(totals)
            return error.exit_code
        self.report.end(totals)
        return totals.exit_code


def say_interrupted(totals: Totals) -> None:
    """Tell how far a run came that a signal has ended."""
    done = totals.counts["done"]
    write_stderr(
        f"interrupted: {done} of {totals.jobs} done; run again with --if-exists skip to continue"
    )


def run_from_options(options: RunOptions, paths: tuple[str, ...]) -> Run:
    """Return the run that the options ask for; raise UsageError where they contradict."""
    output, from_stdin = options.output.output, paths == (STDIN,)
    to_stdout = output == STDOUT or (output is None and from_stdin)
    told = options.report
    if to_stdout and told.json:
        raise UsageError("both write to standard output", subject="--json, -o -")
    if options.output.verify and not options.output.dry_run:
        raise UsageError("--verify goes with --dry-run")
    if output is not None and not store_of(output).is_shared(output) and not told.quiet:
        write_stderr(f"note: {shortened(output)} is gone when this process ends")
    report = Report(
        told.json,
        told.quiet,
        told.verbose,
        told.progress,
        told.report,
        stdout_taken=to_stdout,
        if_exists=options.output.if_exists,
    )
    return Run(
        options.input.selection(paths), _settings(options), report, dry=options.output.dry_run
    )


def _settings(options: RunOptions) -> Settings:
    output, pixels, running = options.output, options.pixels, options.running
    return Settings(
        output=output.output,
        format=output.format,
        encoder=output.co,
        if_exists=output.if_exists,
        sync=output.sync,
        jobs=running.jobs,
        cluster=running.cluster,
        shard=options.input.shard,
        fail_fast=running.fail_fast,
        keep_failed=output.keep_failed,
        shard_size=output.shard_size,
        unpack=output.unpack,
        device=running.device,
        dtype=pixels.dtype,
        rounding=pixels.round,
        range=pixels.range,
        linear_light=pixels.linear_light,
        max_memory=running.max_memory,
        timeout=running.timeout,
        reading=_reading(options),
        verifies=output.verify,
        describes_skipped=options.report.json or options.report.report is not None,
        reads=named_files(
            ("--files-from", options.input.files_from), ("--cluster", file_of(running.cluster))
        ),
        writes=named_files(("--report", options.report.report)),
    )


def _reading(options: RunOptions) -> Reading:
    reading = Reading(
        alpha=options.pixels.alpha,
        max_pixels=options.running.max_pixels,
        keep=options.output.keep,
        depth=options.pixels.depth,
        accept_damaged=options.input.accept_damaged,
        max_memory=options.running.max_memory,
    )
    return options.arrays.complete(reading)
