"""Compare `upsample --like` with the libraries, and write the resizes of docs/conformance.md.

For every mode of a library 210 pairs of sizes, on noise, ramps and photographs, for each type of
number. A library may have a Python of its own:
    python -m benchmarks.resizes --write opencv skimage tensorflow=/opt/tensorflow/bin/python
With `--rows FILE` each row is written there as it comes, and what the file has is not made again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.resizing.case import Case
from benchmarks.resizing.library import Library
from benchmarks.resizing.pairs import COUNT, pictures
from benchmarks.resizing.rows import Row, RowFile, write_page
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.devices import start_torch
from updown_cli.engine.engine import Engine
from updown_cli.engine.quantize import Quantization
from updown_cli.errors import UpdownError
from updown_cli.op.shape import Shape
from updown_cli.ops import OPS
from updown_cli.pipeline.pipeline import Pipeline

# The difference of floats from which it is told which side lies nearer to double precision.
FAR = 1e-6

WHITE = {"uint8": 255.0, "uint16": 65535.0, "int32": 2.0**31 - 1, "float32": 1.0}


@dataclass
class Found:
    """What was seen of a mode and a type."""

    pairs: int = 0
    largest: float = 0.0
    differing: int = 0
    values: int = 0
    failed: str = ""
    library_off: float = 0.0
    ours_off: float = 0.0

    def add(self, expected: Any, actual: Any) -> float:
        """Compare two results, and return how far they are apart."""
        self.pairs += 1
        if expected.shape != actual.shape or expected.dtype != actual.dtype:
            self.failed = f"{expected.shape} {expected.dtype}, not {actual.shape} {actual.dtype}"
            return 0.0
        difference = _apart(expected, actual)
        self.largest = max(self.largest, difference)
        self.differing += int((expected != actual).sum())
        self.values += expected.size
        return difference

    def add_exact(self, exact: Any, expected: Any, actual: Any) -> None:
        """Compare both with what the library gives in double precision."""
        self.library_off = max(self.library_off, _apart(exact, expected))
        self.ours_off = max(self.ours_off, _apart(exact, actual))

    def told(self, library: str, dtype: str) -> str:
        """Return the largest difference as the page has it."""
        if self.failed:
            return self.failed
        if self.library_off:
            off = f"{library} {self.library_off:.1e}, updown {self.ours_off:.1e}"
            return f"{self.largest:.2g} (from double precision: {off})"
        if self.largest == 0 or dtype.startswith("float"):
            return f"{self.largest:.2g}"
        return f"{self.largest:.0f} ({self.differing / self.values:.2g} of the values)"


def _apart(one: Any, other: Any) -> float:
    """Return the largest difference, of floats beside the largest value."""
    scale = max(float(np.abs(one).max()), 1e-30) if one.dtype.kind == "f" else 1.0
    return float(np.abs(one.astype(np.float64) - other).max()) / scale


def ours(like: str, case: Case, pixels: Any, size: tuple[int, int]) -> Any:
    """Return what updown gives of H x W x C."""
    cls: Any = OPS["upsample"].of_mode(case.mode, case.like or like)
    op = cls(size=size, **case.settings)
    x = np.moveaxis(pixels, -1, 0)[None]
    dtype = pixels.dtype.name
    plan = Pipeline((op,)).plan(Shape(*x.shape[1:]))
    engine = Engine(start_torch("cpu"))
    info = ChannelInfo(WHITE[dtype], alpha=case.alpha, weighs=case.alpha)
    done = engine.run(plan, x, Quantization(dtype), channel_info=info)
    return np.moveaxis(done.pixels[0], 0, -1)


def found_of(library: Library, case: Case, dtype: str, *, exact: bool) -> Found:
    """Return what updown and a library make of the pairs that the library takes.

    With `exact` the library is asked for double precision too, where floats are far apart.
    """
    found = Found()
    for pixels, size in pictures(dtype, case.channels):
        here = case.of(*pixels.shape[:2])
        told, expected = library.ask(pixels, size, here)
        if "failed" in told:
            continue
        try:
            actual = ours(library.name, here, pixels, size)
            if found.add(expected, actual) > FAR and exact:
                _, doubles = library.ask(pixels.astype(np.float64), size, here)
                found.add_exact(doubles, expected, actual)
        except UpdownError as error:
            found.failed = f"refused: {error}"
        if found.pairs == COUNT or found.failed:
            break
    return found


def rows_of(library: Library, file: RowFile) -> Iterator[Row]:
    """Yield the rows of a library: those that are there, or made now."""
    module = import_module(f"benchmarks.resizing.{library.name}")
    exact = getattr(module, "EXACT_OF_DOUBLES", False)
    for case in module.CASES:
        for dtype in case.dtypes:
            row = file.find(library.name, library.version, case.name, dtype)
            if row is None:
                found = found_of(library, case, dtype, exact=exact)
                told = (case.name, dtype, found.pairs, found.told(library.name, dtype))
                row = Row(library.name, library.version, *told)
                file.add(row)
            print(row.as_line(), flush=True)
            yield row


def main() -> None:
    """Compare and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("libraries", nargs="+", metavar="LIBRARY[=PYTHON]")
    parser.add_argument("--rows", metavar="FILE", help="keep rows as they come, and go on there")
    parser.add_argument("--write", action="store_true", help="write the page")
    options = parser.parse_args()
    file = RowFile(options.rows)
    for text in options.libraries:
        name, _, python = text.partition("=")
        library = Library(name, python or sys.executable)
        rows = list(rows_of(library, file))
        library.close()
        if options.write:
            write_page(rows)


if __name__ == "__main__":
    main()
