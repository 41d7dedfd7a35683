"""Answer what a library gives: arrays in, arrays out, as `benchmarks/resizes.py` asks.

    python -m benchmarks.resizing.answer LIBRARY

First it tells the version. A question is the size, the mode and settings, and an array H x W x C;
an answer tells what failed.
"""

from __future__ import annotations

import sys
from importlib import import_module

import numpy as np

from benchmarks.resizing.wire import receive, send


def main() -> None:
    """Answer until nothing more is asked."""
    library = import_module(f"benchmarks.resizing.{sys.argv[1]}")
    source, target = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what libraries print is no answer
    send(target, {"version": library.version()}, np.zeros(0))
    while (asked := receive(source)) is not None:
        question, pixels = asked
        told, done = {}, np.zeros(0)
        try:
            done = library.resize(pixels, tuple(question["size"]), question)
        except Exception as error:  # whatever a library refuses
            told["failed"] = f"{type(error).__name__}: {error}".splitlines()[0]
        send(target, told, done)


if __name__ == "__main__":
    main()
