"""A command line as a process of its own, from its first signal to its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.cli import signals
from updown_cli.cli.few_threads import expect_few_threads

if TYPE_CHECKING:
    from updown_cli.warm.call import Blocked


def run(blocked: Blocked | None = None) -> int:
    """Run the command line and return its exit code; handle signals before all else.

    Signals that were held back are let through, but for those that are to stay `blocked`.
    """
    try:
        signals.install()
        expect_few_threads()
        if blocked is not None:
            signals.let_through(blocked)
        from updown_cli.cli.main import main

        main(run_process=run)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except signals.Stopped as stopped:
        return stopped.exit_code
    return 0
