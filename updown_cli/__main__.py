"""`updown`, and `python -m updown_cli`: a process of its own, from its first signal to its end."""

from __future__ import annotations

import contextlib
import os
import sys

from updown_cli.cli import stopping


def command() -> None:
    """Run the command line. Signals are handled before anything heavy is imported."""
    try:
        _open_streams()
        stopping.install()
        from updown_cli.cli.main import main

        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except stopping.Stopped as stopped:
        code = stopped.exit_code
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(code)  # taking torch apart would cost a quarter of a second


def _open_streams() -> None:
    """Let streams that were closed lead nowhere, so that no file takes their numbers."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8"))


if __name__ == "__main__":
    command()
