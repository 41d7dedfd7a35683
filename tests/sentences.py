"""The form of what updown says of a file that fails: one line, plain words."""

from __future__ import annotations

import re

#: All that a failed file may be refused as.
CODES = frozenset((
    "not_an_image", "truncated", "corrupt", "too_large", "unsupported", "not_regular", "missing",
    "no_permission", "pickle", "bad_shape", "bad_dtype", "index_out_of_range", "no_space",
    "write_failed", "out_of_memory", "worker_died", "timeout",
))  # fmt: skip

LONGEST = 200

# Names of exceptions and of what raises them, and Python's way to write objects.
FOREIGN = re.compile(r"Error\b|Exception|Warning|Traceback|errno|<[a-zA-Z_.]+ |0x[0-9a-f]{4}| b'")


def faults(sentence: str) -> list[str]:
    """Return what is wrong with a sentence, `reason[; hint]`; nothing if it is as promised."""
    first = sentence.split(" ")[0]
    found = {
        "empty": not sentence,
        "too long": len(sentence) > LONGEST,
        "unprintable": not sentence.isprintable(),
        "begins in upper case": first[:1].isupper() and not first.isupper(),
        "ends in a full stop": sentence.endswith("."),
        "foreign words": FOREIGN.search(sentence) is not None,
    }
    return [fault for fault, is_there in found.items() if is_there]
