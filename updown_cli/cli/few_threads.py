"""Where few threads can be started: libraries that take more for granted end the process."""

from __future__ import annotations

import os
import threading

# How NumPy's and torch's libraries are told, before they are loaded, how many threads to start.
COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def expect_few_threads() -> None:
    """Let libraries start none where there cannot be one for each core.

    OpenBLAS would raise the signal of Ctrl-C, libgomp would end the process.
    """
    if not _can_start(os.cpu_count() or 1):
        for name in COUNTS:
            os.environ.setdefault(name, "1")


def _can_start(count: int) -> bool:
    """Whether so many threads can be started."""
    end = threading.Event()
    started = []
    try:
        for _ in range(count):
            started.append(threading.Thread(target=end.wait, daemon=True))
            started[-1].start()
    except RuntimeError:
        return False
    finally:
        end.set()
        for thread in started:
            if thread.ident is not None:
                thread.join()
    return True
