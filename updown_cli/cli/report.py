"""What a run prints: results on standard output, failures and warnings on standard error."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from updown_cli.cli.picture_bar import PictureBar
from updown_cli.cli.printing import printable, say_annotation, say_error, write_stderr, write_stdout
from updown_cli.cli.progress import Bar
from updown_cli.cli.report_file import ReportFile, check_report
from updown_cli.cli.table import print_table, rows_of, totals_line

if TYPE_CHECKING:
    from updown_cli.batch.record import Record
    from updown_cli.batch.run import Totals

# Images whose steps the table shows; of larger runs it shows the totals and the failures.
TABLE_IMAGES = 50


@dataclass
class Report:
    """Tells of every image as it is done, and of the whole run at its end."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    progress: bool = True
    file: str | None = None
    stdout_taken: bool = False
    if_exists: str = "error"
    rows: list[tuple[str, ...]] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    images: int = 0
    said: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.file is not None:
            check_report(self.file)

    @contextmanager
    def of(self, totals: Totals, *, several: bool) -> Iterator[Self]:
        """Show progress of several images and keep the report file open."""
        self._file = ReportFile(self.file, self.if_exists) if self.file is not None else None
        shown = self.progress and not self.quiet
        self.picture = PictureBar(shown=shown)
        try:
            with Bar(totals, shown=shown and several) as self._bar:
                yield self
        finally:
            self.picture.stop()
            if self._file is not None:
                self._file.close()

    @property
    def known_bytes(self) -> dict[tuple[str, str], int]:
        """How large sources of earlier runs in the file were, by (source, result)."""
        return {} if self._file is None else self._file.earlier.source_bytes

    def add(self, record: Record) -> None:
        """Tell of one image."""
        self.picture.stop()
        self.images += 1
        record.run = self._file.run if self._file is not None else 1
        if record.error is not None:
            say_error(record.error, record.source)
            if os.environ.get("GITHUB_ACTIONS") == "true":
                say_annotation(record.source, str(record.error))
        if not self.quiet:
            self._warn(record)
        if self._file is not None:
            self._file.add(record.to_json())
        if self.json:
            write_stdout(json.dumps(record.to_json()) + "\n")
        elif self._shows_table and (self.images <= TABLE_IMAGES or record.error):
            self.rows += rows_of(record)
            self.reports += [report.text(printable(record.source)) for report in record.reports]
        self._bar.advance()

    def advance(self) -> None:
        """Show how far the run is."""
        self._bar.advance()

    def _warn(self, record: Record) -> None:
        """Say every warning once in a run."""
        texts = [f"warning: {text}" for text in record.warnings]
        notes = record.notes if self.verbose or record.is_left_out else []
        texts += [f"note: {text}" for text in (_notes_of_call() if self.verbose else []) + notes]
        for text in texts + record.answers:
            if text not in self.said:
                self.said.add(text)
                write_stderr(text)

    def stop(self) -> None:
        """Take the progress bars away, because the process must end now."""
        self.picture.stop()
        self._bar.stop()

    @property
    def _shows_table(self) -> bool:
        return not (self.json or self.quiet or self.stdout_taken)

    def end(self, totals: Totals) -> None:
        """Tell of the whole run."""
        if self._shows_table:
            if self.rows:
                print_table(self.rows)
            write_stdout("".join(self.reports))
            if self.images > TABLE_IMAGES:
                write_stdout(f"(the first {TABLE_IMAGES} images, and every failure)\n")
            write_stdout(totals_line(totals) + "\n")
        counts = totals.counts
        if not self.quiet and totals.finished > 1:
            told = {name: counts[name] for name in ("done", "skipped", "failed")}
            if counts["planned"]:
                told["planned"] = counts["planned"]
            write_stderr(", ".join(f"{number} {status}" for status, number in told.items()))


def _notes_of_call() -> list[str]:
    """Return what is to be told of how this command is run."""
    from updown_cli.warm.call import notes

    return notes
