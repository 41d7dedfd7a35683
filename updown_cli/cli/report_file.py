"""`--report FILE`: the records of a run on disk, each as soon as it is there."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from typing import Any

from updown_cli.batch.if_exists import names_like
from updown_cli.cli.earlier_report import EarlierRuns, key_of, read_report
from updown_cli.cli.printing import printable
from updown_cli.errors import UsageError
from updown_cli.files.write_error import write_error

ENDINGS = (".jsonl", ".json", ".csv")

COLUMNS = (
    "status", "source", "output", "in", "out", "load", "ops", "save", "total", "device", "dtype",
    "warnings", "code", "message", "run", "source_bytes", "output_bytes",
)  # fmt: skip


def check_report(path: str) -> None:
    """Raise UsageError for a file of another kind."""
    if os.path.splitext(path)[1].lower() not in ENDINGS:
        raise UsageError(f"must end in {', '.join(ENDINGS)}", subject=f"--report {path}")


class ReportFile:
    """A report that is valid after every record; `.json` is a list that grows at its end.

    One that exists is gone on with: its records stay, those of this `run` follow, and what is
    skipped because an earlier run has told of it is not told again. With --if-exists overwrite it
    is replaced, with rename the new one has another name.
    """

    def __init__(self, path: str, if_exists: str = "error") -> None:
        self.path = _free_name(path) if if_exists == "rename" else path
        self.ending = os.path.splitext(path)[1].lower()
        anew = if_exists in ("overwrite", "rename")
        self.earlier = EarlierRuns() if anew else read_report(self.path, self.ending, COLUMNS)
        self.run = self.earlier.runs + 1
        self.separator = self.earlier.separator
        length = self.earlier.length
        try:
            self.file = open(self.path, "r+b" if length else "wb", buffering=0)  # noqa: SIM115
            if length:
                self.file.truncate(length)
                self.file.seek(length)
        except OSError as error:
            raise write_error(error, path) from None
        self._begin(length)

    def _begin(self, length: int) -> None:
        if self.ending == ".json":
            self._write("]\n" if length else "[]\n")
        elif self.separator:  # the last line has no end
            self._write(self.separator)
        elif self.ending == ".csv" and not length:
            self._write(",".join(COLUMNS) + "\r\n")

    def add(self, record: dict[str, Any]) -> None:
        """Write one record and flush it."""
        if record["status"] == "skipped" and key_of(record) in self.earlier.told:
            return
        if self.ending == ".csv":
            self._write(_csv_line(record))
        elif self.ending == ".jsonl":
            self._write(json.dumps(record) + "\n")
        else:
            self.file.seek(self.file.tell() - len("]\n"))
            self._write(self.separator + json.dumps(record) + "]\n")
            self.separator = ",\n"

    def _write(self, text: str) -> None:
        data = text.encode()
        try:
            if self.file.write(data) != len(data):
                raise OSError(errno.ENOSPC, "")
        except OSError as error:
            self.file.close()
            raise write_error(error, self.path) from None

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def _free_name(path: str) -> str:
    return next(name for name in names_like(path) if not os.path.lexists(name))


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
    csv.DictWriter(line, COLUMNS).writerow({name: printable(str(row[name])) for name in row})
    return line.getvalue()
