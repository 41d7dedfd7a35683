"""How far a run is: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from updown_cli.cli.printing import write_stderr

if TYPE_CHECKING:
    from rich.progress import Progress

    from updown_cli.batch.run import Totals

# Seconds between two lines in a log, and between two states of the bar.
LINE_SECONDS = 10.0
BAR_SECONDS = 0.1


class Bar:
    """Progress of images; a context in which `advance` is called after each.

    A shard is opened when those before it are done: till then its images are not counted.
    """

    def __init__(self, totals: Totals, *, shown: bool) -> None:
        self.totals = totals
        self.shown = shown
        self.last = time.perf_counter()
        self.rich: Progress | None = None

    def __enter__(self) -> Self:
        if self.shown and sys.stderr.isatty():
            self.rich = _rich_bar()
            self.rich.start()
            self.rich.add_task("", total=self.totals.jobs)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bar away and show the cursor again."""
        if self.rich is not None:
            self.rich.stop()

    def advance(self) -> None:
        """Show the state, if some time has passed since it was shown."""
        now = time.perf_counter()
        if not self.shown or now - self.last < (BAR_SECONDS if self.rich else LINE_SECONDS):
            return
        self.last = now
        if self.rich is not None:
            self.rich.update(
                self.rich.task_ids[0], completed=self.totals.reached, total=self.totals.jobs
            )
            self.rich.refresh()
        else:
            write_stderr(progress_line(self.totals.reached, self.totals.jobs, self.totals.seconds))


def progress_line(finished: int, total: int, seconds: float) -> str:
    """Return `12 of 40, 3.1 images/s, 9 s left`."""
    rate = finished / seconds
    return f"{finished} of {total}, {rate:.1f} images/s, {(total - finished) / rate:.0f} s left"


def _rich_bar() -> Progress:
    """Return a bar without a thread of its own: processes are forked beside it."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TimeRemainingColumn,
    )

    columns = BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    return Progress(*columns, console=console, auto_refresh=False, transient=True)
