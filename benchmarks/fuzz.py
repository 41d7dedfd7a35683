"""Mutants of all that updown reads: `python -m benchmarks.fuzz --mutants 1000000 --seed 7`.

Kinds take turns of equal time, so that what is read fast has the most mutants. Prints what is
wrong, a line each with the kind and the number that make the mutant again, then how many there were
of each kind. `python -m tests.fuzz KIND --only NUMBER` repeats one; `--seconds` ends it earlier.
"""

from __future__ import annotations

from tests.fuzz.__main__ import main

if __name__ == "__main__":
    main()
