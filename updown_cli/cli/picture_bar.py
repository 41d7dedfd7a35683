"""How far one picture or one examination is: what is done, and its time, on a terminal."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from updown_cli.batch.watcher import Watcher
from updown_cli.cli import signals

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, Task
    from rich.text import Text

# Seconds after which a picture takes long enough to be told of.
FIRST_SECONDS = 0.5

# Times in a second that the bar is drawn; between rows it shows that time passes.
REFRESHES = 5

# Columns of a bar, and of the words beside it.
BAR, WORDS = 40, 45

#: What a part of the work is called.
DOING = {
    "load": "reading",
    "ops": "computing",
    "save": "writing",
    "compare": "comparing",
    "examine": "examining",
}


class PictureBar(Watcher):
    """A bar that comes by itself where one picture takes longer, and stays until it is stopped.

    A thread draws it: while a library reads, computes or writes, nothing else tells of it.
    """

    def __init__(self, *, shown: bool, first: float | None = None) -> None:
        self.shown = shown and sys.stderr.isatty()
        self._first = FIRST_SECONDS if first is None else first
        self._lock = threading.RLock()  # a signal may stop what it has interrupted
        self._doing, self._rows, self._counted = "", (0, 0), ""
        self._timer: threading.Timer | None = None
        self._rich: Progress | None = None

    def begin(self, part: str) -> None:
        """Show from now on that a part of the work is done."""
        if not self.shown:
            return
        with self._lock:
            self._doing, self._rows, self._counted = DOING[part], (0, 0), ""
            if self._rich is not None:
                self._rich.remove_task(self._rich.task_ids[0])
                self._add_task(self._rich)
            elif self._timer is None:
                self._timer = threading.Timer(self._first, self._show)
                self._timer.daemon = True
                self._timer.start()

    def rows(self, done: int, total: int) -> None:
        """Show how many rows of how many are done."""
        if not self.shown:
            return
        with self._lock:
            self._rows = done, total
            if self._rich is not None:
                self._update(self._rich)

    def count(self, text: str) -> None:
        """Show how much is done of what nobody can tell the whole of."""
        if not self.shown:
            return
        with self._lock:
            self._counted = f", {text}"
            if self._rich is not None:
                description = self._doing + self._counted
                self._rich.update(self._rich.task_ids[0], description=description)

    def stop(self) -> None:
        """Take the bar away, for good."""
        with self._lock:
            self.shown = False
            if self._timer is not None:
                self._timer.cancel()
            if self._rich is not None:
                self._rich.stop()
                self._rich = None

    def _show(self) -> None:
        """Show what is done until now, unless that has ended."""
        bar = _rich_bar()
        with self._lock:
            if self.shown:
                self._rich = bar
                self._add_task(bar)
                bar.start()

    def _add_task(self, bar: Progress) -> None:
        bar.add_task(self._doing + self._counted, total=None)
        self._update(bar)

    def _update(self, bar: Progress) -> None:
        done, total = self._rows
        if total:
            bar.update(bar.task_ids[0], completed=done, total=total)


@contextlib.contextmanager
def picture_bar(*, shown: bool, first: float | None = None) -> Iterator[PictureBar]:
    """Give a bar, which is taken away at the end, or when a signal ends the process.

    It comes after `first` seconds.
    """
    bar = PictureBar(shown=shown, first=first)
    signals.at_last.append(bar.stop)
    try:
        yield bar
    finally:
        bar.stop()


def _rich_bar() -> Progress:
    """Return a bar that is drawn by a thread: a run of one picture forks no process."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rows(TimeRemainingColumn):
        """The rows and the time that is left; the time that has passed where no rows are told."""

        def render(self, task: Task) -> Text:
            if task.total is None:
                return Text(f"{task.elapsed or 0:.0f} s")
            rows = Text(f"{task.completed:.0f}/{task.total:.0f} rows, ")
            return rows + super().render(task) + Text(" left")

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(_bar_width(console)),
        Rows(),
        console=console,
        refresh_per_second=REFRESHES,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _bar_width(console: Console) -> int:
    return max(1, min(BAR, console.width - WORDS))
