"""Mutation fuzz of all that reads: `python -m tests.fuzz .png recipe --count 1000 --seed 1`.

Mutants of small healthy files are read. What may come of it is a closed list: something whole, or
a refusal with a known code and a proper sentence, in time, with nothing written to standard output
or standard error. Anything else is printed as a line of JSON with the kind and the number that make
the same mutant again: `--only NUMBER` runs it alone, `--save FILE` keeps it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path

from tests.fuzz.run import KINDS, Fuzz


def main() -> None:
    """Print faults as lines of JSON, then what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--count", "--mutants", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after these")
    parser.add_argument("--seed", type=int, default=0, help="number of each kind's first mutant")
    parser.add_argument("--only", type=int, help="number of the only mutant")
    parser.add_argument("--save", help="file for that mutant")
    asked = parser.parse_args()
    kinds = asked.kinds or [*KINDS]
    first, count = (asked.seed, asked.count) if asked.only is None else (asked.only, 1)
    if asked.save:
        kind = KINDS[kinds[0]]
        Path(asked.save).write_bytes(kind.mutant(kind.files(), first))
    began, before = time.monotonic(), peak()
    with tempfile.TemporaryDirectory() as folder, os.fdopen(os.dup(1), "w") as out:
        os.chdir(folder)
        fuzz, faults = Fuzz(kinds, count, first, asked.seconds), 0
        for fault in fuzz.faults():
            faults += 1
            out.write(json.dumps(fault) + "\n")
            out.flush()
        os.chdir("/")
        taken = {"seconds": time.monotonic() - began, "mebibytes": peak() - before}
        done = sum(fuzz.done.values())
        out.write(json.dumps({"mutants": done, "faults": faults, **taken, "of": fuzz.done}) + "\n")


def peak() -> int:
    """Return the largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
