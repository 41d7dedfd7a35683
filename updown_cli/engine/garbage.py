"""Python's garbage collector, whose passes over much that stays take long."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def made_to_stay() -> Iterator[None]:
    """Make what stays until the end: the collector does not look at it, now or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
