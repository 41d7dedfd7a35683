"""Standard error for ourselves alone: libtiff and others write to its descriptor unasked."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from updown_cli.cli.whole_output import text_stream

STDERR = 2


@contextmanager
def libraries_are_quiet() -> Iterator[None]:
    """Let `sys.stderr` lead where descriptor 2 leads, and descriptor 2 nowhere.

    With UPDOWN_DEBUG in the environment everything stays as it is.
    """
    if "UPDOWN_DEBUG" in os.environ:
        yield
        return
    before = sys.stderr
    ours = os.dup(STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, STDERR)
    os.close(nowhere)
    sys.stderr = text_stream(ours, before, at_once=True)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        sys.stderr = before
        os.dup2(ours, STDERR)
        os.close(ours)
