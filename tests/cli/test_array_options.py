"""How much a file may take to be read, in the commands that have no pipeline."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import Updown

# Bytes of 20 MiB, of which a limit of 16M leaves nothing.
LARGE = 20 << 20

READERS = {
    "values": ["values", "a.npz"],
    "values --set": ["values", "a.npz", "--set", "0,0,0=1", "-o", "b.npy"],
    "compare": ["compare", "a.npz", "a.npz"],
}


@pytest.mark.parametrize("arguments", READERS.values(), ids=READERS)
def test_a_file_that_takes_more_than_the_limit_is_refused(
    updown: Updown, arguments: list[str]
) -> None:
    np.savez_compressed("a.npz", a=np.zeros((LARGE >> 10, 1 << 10), np.uint8))
    done = updown(*arguments, "--max-memory", "16M")
    said = "a.npz: would need 0.0195 GiB, limit is 0.0156 GiB (--max-memory)"
    assert done.code == (2 if "compare" in arguments else 1)
    assert done.stderr.splitlines()[0] == f"updown: {said}"
    assert updown(*arguments, "--max-memory", "64M").code == 0


@pytest.mark.parametrize(
    "arguments",
    [["shapes", "pool", "--size", "8x8"], ["explain", "pool"]],
    ids=["shapes", "explain"],
)
def test_what_reads_headers_has_the_option_too(updown: Updown, arguments: list[str]) -> None:
    done = updown(*arguments, "--max-memory", "16M")
    assert (done.code, done.stderr) == (0, "")
