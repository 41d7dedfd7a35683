"""Compare `upsample --like` with the libraries, and write the resizes of docs/conformance.md.

For every mode of a library 210 pairs of sizes, on noise, ramps and photographs of 1, 3 and 4
channels, for each type of number. A library may have a Python of its own:
    python -m benchmarks.resizes --write opencv skimage tensorflow=/opt/tensorflow/bin/python
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.resizing.case import Case
from benchmarks.resizing.pairs import pictures
from benchmarks.resizing.wire import receive, send
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.devices import start_torch
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.op.shape import Shape
from updown_cli.ops import OPS
from updown_cli.pipeline.pipeline import Pipeline

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- resizes -->\n", "<!-- end of resizes -->\n"
HEAD = """\
## Resizes

What `upsample --like LIBRARY` makes beside the library itself: 210 pairs of sizes for every mode
(one pixel, odd, up, down, large factors) on noise, ramps and photographs of 1, 3 and 4 channels.
Of integers the largest difference is in steps of the type, with the share of the values that
differ; of floats it is relative to the largest value. Written by `python -m benchmarks.resizes`.
`--like matlab` is not among them: it is unverified, and `python -m benchmarks.matlab` compares it
with the one picture that MATLAB made for a published port.

| Library | Version | Mode | Type | Pairs | Largest difference |
| --- | --- | --- | --- | --- | --- |
"""
WHITE = {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0}


class Library:
    """A process that has a library."""

    def __init__(self, name: str, python: str) -> None:
        command = [python, "-m", "benchmarks.resizing.answer", name]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe)

    def ask(self, pixels: Any, size: tuple[int, int], case: Case) -> tuple[dict[str, str], Any]:
        """Return what is told and the result."""
        stdin: Any = self.process.stdin
        stdout: Any = self.process.stdout
        send(stdin, {"size": size, **asdict(case)}, pixels)
        answered = receive(stdout)
        if answered is None:
            raise SystemExit("a library ended")
        return answered

    def close(self) -> None:
        """Let it end."""
        self.process.communicate()


@dataclass
class Found:
    """What was seen of a mode and a type."""

    version: str = ""
    pairs: int = 0
    largest: float = 0.0
    differing: int = 0
    values: int = 0
    failed: str = ""

    def add(self, expected: Any, actual: Any) -> None:
        """Compare two results."""
        self.pairs += 1
        if expected.shape != actual.shape or expected.dtype != actual.dtype:
            self.failed = f"{expected.shape} {expected.dtype}, not {actual.shape} {actual.dtype}"
            return
        apart = np.abs(expected.astype(np.float64) - actual)
        scale = max(float(np.abs(expected).max()), 1e-30) if expected.dtype.kind == "f" else 1.0
        self.largest = max(self.largest, float(apart.max()) / scale)
        self.differing += int((apart > 0).sum())
        self.values += apart.size

    def told(self, dtype: str) -> str:
        """Return the largest difference as the page has it."""
        if self.failed:
            return self.failed
        if self.largest == 0 or dtype.startswith("float"):
            return f"{self.largest:.2g}"
        return f"{self.largest:.0f} ({self.differing / self.values:.2g} of the values)"


def ours(like: str, case: Case, pixels: Any, size: tuple[int, int]) -> Any:
    """Return what updown gives of H x W x C."""
    cls: Any = OPS["upsample"].of_mode(case.mode, like)
    op = cls(size=size, **case.settings)
    x = np.moveaxis(pixels, -1, 0)[None]
    dtype = pixels.dtype.name
    plan = Pipeline((op,)).plan(Shape(*x.shape[1:]))
    engine = Engine(start_torch("cpu"))
    info = ChannelInfo(WHITE[dtype])
    done = engine.run(plan, x, Quantization(dtype), channel_info=info)
    return np.moveaxis(done.pixels[0], 0, -1)


def compare(name: str, python: str) -> list[str]:
    """Return the rows of a library."""
    rows, library = [], Library(name, python)
    for case in import_module(f"benchmarks.resizing.{name}").CASES:
        for dtype in case.dtypes:
            found = Found()
            for pixels, size in pictures(dtype):
                told, expected = library.ask(pixels, size, case)
                found.version = told["version"]
                if "failed" in told:
                    continue
                found.add(expected, ours(name, case, pixels, size))
            cells = (name, found.version, case.name, dtype, found.pairs, found.told(dtype))
            rows.append("| " + " | ".join(map(str, cells)) + " |")
            print(rows[-1], flush=True)
    library.close()
    return rows


def write(rows: dict[str, list[str]]) -> None:
    """Put rows into the page in the place of those of the same libraries."""
    text = PAGE.read_text()
    if BEGIN not in text:
        text = text.replace("\n## transformers\n", f"\n{BEGIN}{END}\n## transformers\n")
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    kept: dict[str, list[str]] = {}
    for row in re.findall(r"^\| .*\|$", old, re.MULTILINE):
        name = row.split(" | ")[0].removeprefix("| ")
        if name not in ("Library", "---"):
            kept.setdefault(name, []).append(row)
    kept |= rows
    lines = "".join(f"{row}\n" for name in sorted(kept) for row in kept[name])
    PAGE.write_text(f"{before}{BEGIN}{HEAD}{lines}{END}{after}")


def main() -> None:
    """Compare and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("libraries", nargs="+", metavar="LIBRARY[=PYTHON]")
    parser.add_argument("--write", action="store_true", help="write the page")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = str(ROOT)
    given = (text.partition("=") for text in options.libraries)
    rows = {name: compare(name, python or sys.executable) for name, _, python in given}
    if options.write:
        write(rows)


if __name__ == "__main__":
    main()
