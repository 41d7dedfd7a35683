"""`updown`, and `python -m updown_cli`: a process of its own, from its first signal to its end."""

from __future__ import annotations

import os
import sys

from updown_cli.cli import stopping


def command() -> None:
    """Run the command line. Signals are handled before anything heavy is imported."""
    try:
        stopping.install(_at_last)
        from updown_cli.cli.main import main

        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except stopping.Stopped as stopped:
        code = stopped.exit_code
    sys.stderr.flush()
    os._exit(code)  # taking torch apart would cost a quarter of a second


def _at_last() -> None:
    from updown_cli.images.save import abandon

    abandon()


if __name__ == "__main__":
    command()
