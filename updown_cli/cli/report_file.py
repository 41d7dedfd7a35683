"""`--report FILE`: the records of a run on disk, each as soon as it is there."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import os
import tempfile
from typing import Any

from updown_cli.batch.if_exists import exists_error, names_like
from updown_cli.cli.csv_cells import told_as_text
from updown_cli.cli.earlier_report import EarlierRuns, key_of, read_report
from updown_cli.cli.printing import printable
from updown_cli.cli.whole_output import WholeOutput
from updown_cli.errors import InputError, SurroundingsError, UsageError
from updown_cli.stores.names import exists, open_regular
from updown_cli.stores.save import check_folder, save, save_new
from updown_cli.stores.spelling import is_url
from updown_cli.stores.write_error import write_error

ENDINGS = (".jsonl", ".json", ".csv")

COLUMNS = (
    "status", "source", "output", "in", "out", "load", "ops", "save", "total", "device", "dtype",
    "warnings", "code", "message", "run", "source_bytes", "output_bytes",
)  # fmt: skip


def check_report(path: str) -> None:
    """Raise UsageError for a file of another kind, or where none can be written."""
    if os.path.splitext(path)[1].lower() not in ENDINGS:
        raise UsageError(f"must end in {', '.join(ENDINGS)}", subject=f"--report {path}")
    if is_url(path):
        check_folder(path)


class ReportFile:
    """A report that is valid after every record; `.json` is a list that grows at its end.

    One of updown's own that exists is gone on with: its records stay, those of this `run` follow,
    and what is skipped because an earlier run has told of it is not told again. With --if-exists
    overwrite it is replaced, with rename the new one has another name. Nothing is written through
    a link. What cannot be written whole leaves the report as it was after the record before.
    That of a URL is kept on a disk of this machine and sent when it is closed.
    """

    def __init__(self, path: str, if_exists: str = "error") -> None:
        self.path = path
        self.ending = os.path.splitext(path)[1].lower()
        anew = if_exists in ("overwrite", "rename") or not exists(path)
        self.earlier = EarlierRuns() if anew else read_report(path, self.ending, COLUMNS)
        self.run = self.earlier.runs + 1
        self.separator = self.earlier.separator
        if anew:
            self.path = self._created(if_exists)
        self.file = self._opened()
        self._begin(self.earlier.length)

    def _created(self, if_exists: str) -> str:
        """Make an empty report, and return its name; that of a URL comes later."""
        if if_exists == "overwrite":
            save(self.path, b"")
            return self.path
        names = names_like(self.path) if if_exists == "rename" else [self.path]
        name = next((name for name in names if save_new(name, b"")), None)
        if name is None:
            raise UsageError(
                exists_error(self.path).reason, hint="run the command again", code="exists"
            )
        return name

    def _opened(self) -> io.FileIO:
        """Open the report, which no other run goes on with meanwhile."""
        return self._copied() if is_url(self.path) else self._locked()

    def _copied(self) -> io.FileIO:
        """Return a file without a name with what is told at a URL so far."""
        descriptor, name = tempfile.mkstemp()
        os.unlink(name)
        file = io.FileIO(descriptor, "r+")
        if self.earlier.length:
            with open_regular(self.path) as there:
                file.write(there.read(self.earlier.length))
        return file

    def _locked(self) -> io.FileIO:
        """Open a report on a disk."""
        flags = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            file = io.FileIO(os.open(self.path, flags), "r+")
        except OSError as error:
            raise write_error(error, self.path) from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise UsageError(
                "another run writes to it",
                subject=f"--report {self.path}",
                hint="give each run a report of its own",
            ) from None
        except OSError:
            pass  # a file system without locks
        return file

    def _begin(self, length: int) -> None:
        self.end = length
        if self.ending == ".json":
            self._write("]\n" if length else "[]\n")
        elif self.ending == ".csv" and not length:
            self._write(",".join(COLUMNS) + "\r\n")
        else:  # the last line may have no end, or what follows is not whole
            self._write(self.separator)

    def add(self, record: dict[str, Any]) -> None:
        """Write one record and flush it."""
        if record["status"] == "skipped" and key_of(record) in self.earlier.told:
            return
        if self.ending == ".csv":
            self._write(_csv_line(record))
        elif self.ending == ".jsonl":
            self._write(json.dumps(record) + "\n")
        else:
            self._write(self.separator + json.dumps(record) + "]\n", over="]\n")
            self.separator = ",\n"

    def _write(self, text: str, over: str = "") -> None:
        """Write at the end, in the place of what is `over`, or leave everything as it was."""
        data, last, place = text.encode(), over.encode(), self.end - len(over)
        try:
            self.file.seek(place)
            WholeOutput(self.file.fileno()).write(data)
            self.end = self.file.tell()
            self.file.truncate()
        except OSError as error:
            with contextlib.suppress(OSError):
                os.pwrite(self.file.fileno(), last, place)
                self.file.truncate(place + len(last))
            self.file.close()
            raise write_error(error, self.path) from None

    def close(self) -> None:
        """Close the file, and send it where it belongs."""
        if is_url(self.path) and not self.file.closed:
            self._send()
        self.file.close()

    def _send(self) -> None:
        self.file.seek(0)
        try:
            save(self.path, self.file.read())
        except InputError as error:
            raise SurroundingsError(error.reason, hint=error.hint, code=error.code) from None


def _csv_line(record: dict[str, Any]) -> str:
    error = record["error"] or {}
    as_is = ("status", "source", "output", "device", "dtype", "run", "source_bytes", "output_bytes")
    row = {
        **{name: "" if record[name] is None else record[name] for name in as_is},
        **record["seconds"],
        "in": "x".join(map(str, record["in"] or ())),
        "out": "x".join(map(str, record["out"] or ())),
        "warnings": "; ".join(record["warnings"]),
        "code": error.get("code", ""),
        "message": error.get("message", ""),
    }
    line = io.StringIO()
    csv.DictWriter(line, COLUMNS).writerow(
        {name: told_as_text(printable(str(row[name]))) for name in row}
    )
    return line.getvalue()
