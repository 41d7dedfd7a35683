"""`--report FILE`: the records of a run on disk, each as soon as it is there."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from typing import Any

from updown_cli.cli.printing import printable
from updown_cli.errors import UsageError
from updown_cli.files.save import write_error

ENDINGS = (".jsonl", ".json", ".csv")

COLUMNS = (
    "status", "source", "output", "in", "out", "load", "ops", "save", "total", "device", "dtype",
    "warnings", "code", "message",
)  # fmt: skip


def check_report(path: str) -> None:
    """Raise UsageError for a file of another kind."""
    if os.path.splitext(path)[1].lower() not in ENDINGS:
        raise UsageError(f"must end in {', '.join(ENDINGS)}", subject=f"--report {path}")


class ReportFile:
    """A report that is valid after every record; `.json` is a list that grows at its end."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.ending = os.path.splitext(path)[1].lower()
        self.empty = True
        try:
            self.file = open(path, "wb", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise write_error(error, path) from None
        if self.ending != ".jsonl":
            self._write(",".join(COLUMNS) + "\r\n" if self.ending == ".csv" else "[]\n")

    def add(self, record: dict[str, Any]) -> None:
        """Write one record and flush it."""
        if self.ending == ".csv":
            self._write(_csv_line(record))
        elif self.ending == ".jsonl":
            self._write(json.dumps(record) + "\n")
        else:
            self.file.seek(self.file.tell() - len("]\n"))
            self._write(("" if self.empty else ",\n") + json.dumps(record) + "]\n")
            self.empty = False

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


def _csv_line(record: dict[str, Any]) -> str:
    steps, error = record["steps"], record["error"] or {}
    row = {
        **{name: record[name] for name in ("status", "source", "output", "device", "dtype")},
        **record["seconds"],
        "in": "x".join(map(str, steps[0]["in"])) if steps else "",
        "out": "x".join(map(str, steps[-1]["out"])) if steps else "",
        "warnings": "; ".join(record["warnings"]),
        "code": error.get("code", ""),
        "message": error.get("message", ""),
    }
    line = io.StringIO()
    csv.DictWriter(line, COLUMNS).writerow({name: printable(str(row[name])) for name in row})
    return line.getvalue()
