"""Keeping freed memory for the next picture."""

from __future__ import annotations

import ctypes
import os
import sys

# Parameters of glibc's mallopt.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3

# Larger than any picture that fits its limits.
NEVER = (1 << 31) - 1


def keep_freed_memory() -> None:
    """Let malloc keep what is freed, where it is glibc's.

    It would give every buffer of a picture's size back to the system and take fresh pages for the
    next: in a batch faulting them in costs more than the arithmetic. Torch, which is told before
    it is imported, takes large pages.
    """
    if sys.platform == "linux":
        os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, NEVER)
            mallopt(M_TRIM_THRESHOLD, NEVER)
