"""Mutation fuzz of reading: `python -m tests.fuzz .png --count 1000 --seed 1`.

Mutants of small healthy files are read, and looked at for their shape. What may come of it is a
closed list: a picture, or a refusal with a known code and a proper sentence, in time, with nothing
written to standard output or standard error. Anything else is printed as a line of JSON with the
number that makes the same mutant again: `--only NUMBER` runs it alone, `--save FILE` keeps it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import struct
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

from tests.healthy import healthy
from tests.sentences import CODES, faults
from updown_cli.cli.silence_libraries import libraries_are_quiet
from updown_cli.errors import InputError
from updown_cli.files.peek import peek
from updown_cli.files.picture import BY_CHANNELS, Picture
from updown_cli.files.read import read
from updown_cli.files.reading import Reading

#: Height and width of the files that are changed.
SIDES = (7, 10)

#: What mutants may claim: headers lie about sides first of all.
READING = Reading(max_pixels=100_000)

#: Seconds that a mutant may take.
PATIENCE = 5.0

#: Numbers that programs trip over.
MAGIC = (0, 1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000,
         0xFFFFFFFF, 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF)  # fmt: skip

DTYPES = {"uint8", "uint16", "int32", "uint32", "int64", "float32", "float64"}

Mutation = Callable[[bytearray, random.Random, list[bytes]], None]


class Hangs(BaseException):
    """A mutant took too long; no Exception, so that no reader takes it for damage."""


def flip(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Flip a bit."""
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def put(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Set a byte."""
    data[dice.randrange(len(data))] = dice.choice((0, 0xFF, dice.randrange(256)))


def insert(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Insert some bytes."""
    place = dice.randrange(len(data))
    data[place:place] = dice.randbytes(dice.choice((1, 2, 4, 16)))


def delete(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Take some bytes away."""
    place = dice.randrange(len(data))
    del data[place : place + dice.choice((1, 2, 4, 16))]


def repeat(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Copy a block to another place."""
    start = dice.randrange(len(data))
    place = dice.randrange(len(data))
    data[place:place] = data[start : start + dice.randrange(1, 64)]


def shorten(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Cut the end off."""
    del data[dice.randrange(1, len(data) + 1) :]


def splice(data: bytearray, dice: random.Random, others: list[bytes]) -> None:
    """Go on as another file of the format."""
    other = dice.choice(others)
    place = dice.randrange(1, len(data) + 1)
    data[place:] = other[min(place, len(other)) :]


def number(data: bytearray, dice: random.Random, _: list[bytes]) -> None:
    """Write a number that programs trip over."""
    order, form = dice.choice("<>"), dice.choice("BHIQ")
    size = struct.calcsize(form)
    place = dice.randrange(len(data))
    mask = (1 << 8 * size) - 1
    data[place : place + size] = struct.pack(order + form, dice.choice(MAGIC) & mask)


MUTATIONS: tuple[Mutation, ...] = (flip, put, insert, delete, repeat, shorten, splice, number)


def bases(ending: str) -> list[bytes]:
    """Return the healthy files of a format."""
    return [data for name, data in healthy(*SIDES).items() if name.endswith(ending)]


def mutant(files: list[bytes], seed: int) -> bytes:
    """Return the mutant of this number."""
    dice = random.Random(seed)
    data = bytearray(dice.choice(files))
    for _ in range(dice.choice((1, 1, 2, 4, 8))):
        if data:
            dice.choice(MUTATIONS)(data, dice, files)
    return bytes(data)


def faults_of(path: str) -> Iterator[str]:
    """Yield what is wrong with the ways in which a file is read."""
    for act in (peek, read):
        try:
            outcome: Any = act(path, READING)
        except InputError as error:
            yield from (f"{act.__name__}: {error}: {fault}" for fault in faults(str(error)))
            if error.code not in CODES:
                yield f"{act.__name__}: code {error.code}"
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)
            own = [frame for frame in place if "updown_cli" in frame.filename][-1]
            where = f"{Path(own.filename).name}:{own.lineno} {own.name}"
            yield f"{act.__name__}: {type(error).__name__}: {error} ({where})"
        else:
            if isinstance(outcome, Picture) and not is_sane(outcome):
                yield f"a picture of {outcome.pixels.shape} {outcome.pixels.dtype}"


def is_sane(picture: Picture) -> bool:
    """Whether a picture has the axes, the type and the channels that it says."""
    pixels = picture.pixels
    whole = 3 <= pixels.ndim <= 5 and pixels.size > 0
    known = pixels.dtype.name in DTYPES or not picture.colour
    return whole and known and (not picture.colour or pixels.shape[1] in BY_CHANNELS)


def _hangs(signum: int, frame: FrameType | None) -> None:
    raise Hangs


def fuzz(ending: str, seeds: range, folder: str) -> Iterator[dict[str, Any]]:
    """Yield the faults of mutants of a format's files, by their numbers."""
    files = bases(ending)
    path = str(Path(folder, f"mutant{ending}"))
    signal.signal(signal.SIGALRM, _hangs)
    with ExitStack() as stack:
        said = stack.enter_context(open(Path(folder, "said"), "w+b"))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("error")
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
        stack.enter_context(libraries_are_quiet())  # as the command is
        for seed in seeds:
            Path(path).write_bytes(mutant(files, seed))
            signal.setitimer(signal.ITIMER_REAL, PATIENCE)
            try:
                found = list(faults_of(path))
            except Hangs:
                found = [f"takes more than {PATIENCE} s"]
            signal.setitimer(signal.ITIMER_REAL, 0)
            if os.fstat(said.fileno()).st_size:
                found += [f"says: {os.pread(said.fileno(), 200, 0).decode(errors='replace')}"]
                os.ftruncate(said.fileno(), 0)
                os.lseek(said.fileno(), 0, os.SEEK_SET)
            yield from ({"seed": seed, "fault": fault} for fault in found)


def main() -> None:
    """Print faults as lines of JSON, then what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ending")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--only", type=int, help="number of the only mutant")
    parser.add_argument("--save", help="file for that mutant")
    asked = parser.parse_args()
    seeds = range(asked.seed, asked.seed + asked.count)
    if asked.only is not None:
        seeds = range(asked.only, asked.only + 1)
    if asked.save:
        Path(asked.save).write_bytes(mutant(bases(asked.ending), seeds[0]))
    began, before = time.monotonic(), peak()
    with tempfile.TemporaryDirectory() as folder, os.fdopen(os.dup(1), "w") as out:
        for fault in fuzz(asked.ending, seeds, folder):
            out.write(json.dumps(fault) + "\n")
        taken = {"seconds": time.monotonic() - began, "mebibytes": peak() - before}
        out.write(json.dumps({"mutants": len(seeds), **taken}) + "\n")


def peak() -> int:
    """Return the largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
