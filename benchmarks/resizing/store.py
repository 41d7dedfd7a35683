"""Store what libraries give of small noise, for tests where they are not installed.

    python -m benchmarks.resizing.store tensorflow=/opt/tensorflow/bin/python

A line for each case of a library: its settings, the sizes, and the numbers of the results.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.resizing.case import FLOAT32, Case
from benchmarks.resizing.library import ROOT, Library

FOLDER = ROOT / "tests" / "ops" / "upsample" / "like" / "stored"
SIZES = (((7, 5), (3, 8)), ((4, 9), (10, 2)), ((1, 6), (2, 3)))
DIGITS = 9


def noise(size: tuple[int, int]) -> Any:
    """Return noise of a size from 0 to 1, H x W."""
    return np.random.default_rng(size).random(size).astype(np.float32)


def stored(library: Library, case: Case) -> dict[str, Any]:
    """Return a case with what the library gives of each size."""
    results = []
    for size, target in SIZES:
        told, done = library.ask(noise(size)[..., None], target, case)
        if "failed" in told:
            print(f"{case.name}: {told['failed']}")
            continue
        numbers = [float(f"{number:.{DIGITS}g}") for number in done.ravel()]
        results.append({"size": size, "to": target, "shape": done.shape[:2], "is": numbers})
    head = {"mode": case.mode, "settings": case.settings}
    return {"version": library.version, **head, "results": results}


def main() -> None:
    """Ask every library that is named, and write its file."""
    for text in sys.argv[1:]:
        name, _, python = text.partition("=")
        library = Library(name, python or sys.executable)
        cases = import_module(f"benchmarks.resizing.{name}").CASES
        lines = [json.dumps(stored(library, case)) for case in cases if FLOAT32 in case.dtypes]
        Path(FOLDER / f"{name}.jsonl").write_text("\n".join([*lines, ""]))
        library.close()


if __name__ == "__main__":
    main()
