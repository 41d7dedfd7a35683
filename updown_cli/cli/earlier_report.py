"""What a report that exists says of earlier runs, so that the next one can go on with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from updown_cli.cli.printing import printable
from updown_cli.errors import InputError, UsageError
from updown_cli.tensors.npy import open_regular

#: A source and its result, as they are printed.
Key = tuple[str, str]

# What text that is no report makes of its readers.
NO_REPORT = (ValueError, KeyError, TypeError, AttributeError, csv.Error)


@dataclass(frozen=True, kw_only=True)
class EarlierRuns:
    """The runs in a report: how many, what they told of, and how large sources of results were.

    The first `length` bytes are whole; after `separator` the next record can follow.
    """

    runs: int = 0
    told: frozenset[Key] = frozenset()
    source_bytes: dict[Key, int] = field(default_factory=dict)
    length: int = 0
    separator: str = ""


@dataclass(frozen=True)
class _Content:
    """The records of a report, how many bytes of it are whole, and what the next one needs."""

    records: list[dict[str, Any]]
    length: int
    separator: str = ""


def key_of(record: dict[str, Any]) -> Key:
    """Return what a record tells of."""
    return printable(record["source"]), printable(record["output"] or "")


def read_report(path: str, ending: str, columns: Sequence[str]) -> EarlierRuns:
    """Return what a report tells; nothing of a file that is not there, or is no regular one.

    Raises UsageError for a file that is no report, or one with other columns.
    """
    try:
        with open_regular(path) as file:
            data = file.read()
    except InputError:
        return EarlierRuns()
    if not data.strip():
        return EarlierRuns()
    try:
        return _earlier_runs(_content(data, ending, columns))
    except NO_REPORT:
        raise UsageError(
            "exists and is no report that can be gone on with",
            subject=f"--report {path}",
            hint="choose another name, or --if-exists overwrite or rename",
        ) from None


def _earlier_runs(content: _Content) -> EarlierRuns:
    records = content.records
    done = [record for record in records if record["status"] == "done"]
    sizes = {key_of(record): _source_bytes(record) for record in done}
    return EarlierRuns(
        runs=max((int(record.get("run", 1)) for record in records), default=0),
        told=frozenset(key_of(r) for r in records if r["status"] in ("done", "skipped")),
        source_bytes={key: size for key, size in sizes.items() if size is not None},
        length=content.length,
        separator=content.separator,
    )


def _source_bytes(record: dict[str, Any]) -> int | None:
    size = record.get("source_bytes")
    return None if size in (None, "") else int(size)


def _content(data: bytes, ending: str, columns: Sequence[str]) -> _Content:
    if ending == ".json":
        return _list(data)
    if ending == ".jsonl":
        return _lines(data, json.loads, "\n")
    header, _, _ = data.partition(b"\n")
    if next(csv.reader([header.decode()])) != list(columns):
        raise ValueError
    return _lines(data, lambda line: _row(line, columns), "\r\n", skipped=1)


def _row(line: bytes, columns: Sequence[str]) -> dict[str, Any]:
    (cells,) = csv.reader(io.StringIO(line.decode(), newline=""))
    return dict(zip(columns, cells, strict=True))


def _lines(
    data: bytes, parse: Callable[[bytes], dict[str, Any]], newline: str, skipped: int = 0
) -> _Content:
    """Return the records of lines; a last one that was cut off is left out."""
    whole = data[: data.rfind(b"\n") + 1]
    records = [parse(line) for line in whole.splitlines()[skipped:] if line.strip()]
    last = data[len(whole) :]
    if not last:
        return _Content(records, len(data))
    try:
        return _Content([*records, parse(last)], len(data), newline)
    except NO_REPORT:
        if not records:
            raise
        return _Content(records, len(whole))


def _list(data: bytes) -> _Content:
    """Return the records of a list, up to its end; a last one that was cut off is left out."""
    try:
        records, length = json.loads(data), data.rindex(b"]")
    except ValueError:
        length = data.rindex(b",\n")
        records = json.loads(data[:length] + b"]")
    return _Content([dict(record) for record in records], length, ",\n" if records else "")
