"""The command that tells what a page shows, as it is typed in a shell."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from updown_cli.cli.printing import printable
from updown_cli.cli.typed_steps import typed_steps
from updown_cli.files.reading import COLOURS

if TYPE_CHECKING:
    from updown_cli.files.reading import Reading
    from updown_cli.op.base import Op


def explain_op(op: Op, given: str | None, reading: Reading) -> str:
    """Return the command for an operation on an input that is given, or on its example."""
    return _line(shlex.split(typed_steps([op])), given, reading)


def explain_steps(steps: str, given: str | None, reading: Reading) -> str:
    """Return the command for the steps of a chain."""
    return _line(["chain", steps], given, reading)


def _line(words: list[str], given: str | None, reading: Reading) -> str:
    words = ["updown", "explain", *words]
    words += ["--input", given] if given else []
    return printable(shlex.join([*words, *_reading_words(reading)]))


def _reading_words(reading: Reading) -> list[str]:
    """Return the options that change what is read of a file, or what its axes are."""
    words = [f"--layout={reading.layout}"] if reading.layout else []
    words += [f"--dims={reading.dims}"] if reading.dims else []
    words += [f"--colour={reading.colour}"] if reading.colour != COLOURS[0] else []
    if reading.background is not None:
        words.append("--background=#" + bytes(reading.background).hex())
    return [*words, *(["--accept-damaged"] if reading.accept_damaged else [])]
