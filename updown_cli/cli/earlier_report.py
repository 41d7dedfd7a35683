"""What a report that exists says of earlier runs, so that the next one can go on with it."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from updown_cli.batch.record import STATUSES
from updown_cli.cli.csv_cells import told_cell
from updown_cli.cli.printing import printable
from updown_cli.errors import InputError, UsageError
from updown_cli.op.schema import LARGEST_WHOLE, Given, SchemaError, parse_json
from updown_cli.stores.names import open_regular
from updown_cli.tensors.npy import read_at_most

#: A source and its result, as they are printed.
Key = tuple[str, str]

# What text that is no report makes of its readers.
NO_REPORT = (ValueError, SchemaError, csv.Error)

# The report of a million files has a gigabyte; more than this is not gone on with.
LARGEST = 1 << 28

# A list takes many times as much when it is parsed as a whole.
LARGEST_WHOLE_LIST = 1 << 25

# Letters of a reason that a sentence has room for.
LONGEST_WHY = 60


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

    records: Iterable[Given]
    length: int
    separator: str = ""


def key_of(record: dict[str, Any]) -> Key:
    """Return what a record tells of."""
    return printable(record["source"]), printable(record["output"] or "")


def read_report(path: str, ending: str, columns: Sequence[str]) -> EarlierRuns:
    """Return what a report of updown tells; nothing of an empty file.

    Raises UsageError for a file that is none, that is reached by a link, or has other columns.
    """
    if os.path.islink(path):
        raise UsageError("is a link", subject=f"--report {path}", hint="name what it leads to")
    try:
        with open_regular(path) as file:
            data = read_at_most(file, LARGEST, "larger than 256 MiB").rstrip(b"\0")
    except InputError as error:
        if error.code == "too_large":
            raise _no_report(path, error.reason) from None
        subject, hint = f"--report {path}", "choose another name"
        raise UsageError(error.reason, subject=subject, hint=hint, code=error.code) from None
    if not data.strip():
        return EarlierRuns()
    try:
        return _earlier_runs(_content(data, ending, columns))
    except SchemaError as error:
        raise _no_report(path, _shortened(str(error)) if error.subject else "") from None
    except NO_REPORT:
        raise _no_report(path) from None


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_WHY else f"{text[: LONGEST_WHY - 3]}..."


def _no_report(path: str, why: str = "") -> UsageError:
    return UsageError(
        ": ".join(filter(None, ("exists and is no report that can be gone on with", why))),
        subject=f"--report {path}",
        hint="choose another name, or --if-exists overwrite or rename",
    )


def _earlier_runs(content: _Content) -> EarlierRuns:
    runs, told, sizes = 0, set(), {}
    for given in content.records:
        status, source, output = (given.member(name) for name in ("status", "source", "output"))
        key = printable(source.text()), "" if output.value is None else printable(output.text())
        runs = max(runs, _number(given.member("run")) or 1)
        if status.text() in ("done", "skipped"):
            told.add(key)
        size = _number(given.member("source_bytes"))
        if status.value == "done" and size is not None:
            sizes[key] = size
        if status.value not in STATUSES or not {"updown", "run"} & given.value.keys():
            raise ValueError  # another program's
    return EarlierRuns(
        runs=runs,
        told=frozenset(told),
        source_bytes=sizes,
        length=content.length,
        separator=content.separator,
    )


def _number(given: Given) -> int | None:
    """Return a whole number, as JSON or a cell has it; None where there is none."""
    if given.value in (None, ""):
        return None
    if isinstance(given.value, str) and re.fullmatch(r"[0-9]{1,18}", given.value):
        return int(given.value)
    return given.whole(0, LARGEST_WHOLE)


def _content(data: bytes, ending: str, columns: Sequence[str]) -> _Content:
    if ending == ".json":
        return _list(data)
    if ending == ".jsonl":
        return _lines(data, parse_json, "\n")
    header, _, _ = data.partition(b"\n")
    if next(csv.reader([header.decode()])) != list(columns):
        raise ValueError
    return _lines(data, lambda line: _row(line, columns), "\r\n", skipped=1)


def _row(line: bytes, columns: Sequence[str]) -> dict[str, Any]:
    (cells,) = csv.reader(io.StringIO(line.decode(), newline=""))
    return dict(zip(columns, map(told_cell, cells), strict=True))


def _lines(data: bytes, parse: Callable[[bytes], Any], newline: str, skipped: int = 0) -> _Content:
    """Return the records of lines; a last one that was cut off is left out."""
    end = data.rfind(b"\n") + 1
    lines = data.count(b"\n")
    records = _parsed_lines(io.BytesIO(data[:end]), parse, skipped)
    last = data[end:]
    if not last:
        return _Content(records, len(data))
    try:
        cut = _parsed(parse, last, lines + 1)
    except NO_REPORT:
        if lines <= skipped:
            raise
        return _Content(records, end)
    return _Content(chain(records, [cut]), len(data), newline)


def _parsed_lines(
    lines: Iterable[bytes], parse: Callable[[bytes], Any], skipped: int
) -> Iterator[Given]:
    """Yield the records one by one, so that memory holds no more than one of them."""
    for number, line in enumerate(lines, 1):
        if number > skipped and line.strip():
            yield _parsed(parse, line.rstrip(b"\r\n"), number)


def _parsed(parse: Callable[[bytes], Any], line: bytes, number: int) -> Given:
    """Return the record in a line."""
    place = f"line {number}"
    try:
        record = Given(parse(line), place)
    except SchemaError as error:
        raise _of_line(number, error) from None
    record.table()
    return record


def _of_line(number: int, error: SchemaError) -> SchemaError:
    """Return the refusal of a line by its number in the report; JSON knows only its own."""
    own = re.fullmatch(r"line 1, (column \d+)", error.subject)
    if own is None:
        return error.within(f"line {number}")
    return SchemaError(error.reason, subject=f"line {number}, {own[1]}")


def _list(data: bytes) -> _Content:
    """Return the records of a list, up to its end; a last one that was cut off is left out.

    A list with a record on each line, as it is written here, is read line by line.
    """
    if not _is_one_a_line(data):
        return _whole_list(data)
    end = len(data.rstrip())
    lines, cut = data.count(b"\n", 0, end), data.rfind(b",\n", 0, end)
    last = data[cut + 2 if lines else 1 : end]
    try:
        final = [_parsed(parse_json, last.removesuffix(b"]"), lines + 1)]
        length = data.rindex(b"]")
    except SchemaError:
        if not lines:
            raise
        final, length = [], cut
    before = (line.removeprefix(b"[").rstrip(b",\r\n") for line in islice(io.BytesIO(data), lines))
    records = chain(_parsed_lines(before, parse_json, 0), final)
    placed = (Given(one.value, f"[{at}]") for at, one in enumerate(records))
    return _Content(placed, length, ",\n")


def _is_one_a_line(data: bytes) -> bool:
    """Whether a text is a list that has a record on each line, but perhaps for the last."""
    end = b"},\n"
    for number, line in enumerate(io.BytesIO(data)):
        if not line.strip():
            break
        if end != b"},\n" or not line.startswith(b"{" if number else b"[{"):
            return False
        end = line[-3:]
    return data.startswith(b"[{")


def _whole_list(data: bytes) -> _Content:
    """Return the records of a list that somebody has written otherwise."""
    if len(data) > LARGEST_WHOLE_LIST:
        raise SchemaError("is more than 32 MiB, not a record a line", subject="the list")
    try:
        records, length = parse_json(data), data.rindex(b"]")
    except SchemaError:
        length = data.rindex(b",\n")
        records = parse_json(data[:length] + b"]")
    given = Given(records).entries("records", 0, LARGEST)
    for record in given:
        record.table()
    return _Content(given, length, ",\n" if records else "")
