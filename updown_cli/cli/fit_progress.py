"""How far a fit is: a line now and then."""

from __future__ import annotations

import sys
import time

from updown_cli.cli.printing import write_stderr

# Seconds between two lines, in a log and on a terminal.
IN_A_LOG, ON_A_TERMINAL = 10.0, 2.0


class Progress:
    """Tells how far a fit is, unless it is not to be shown."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self.began = self.last = time.perf_counter()
        self.pause = ON_A_TERMINAL if sys.stderr.isatty() else IN_A_LOG

    def tell(self, what: str, done: int, total: int) -> None:
        """Tell what there is after so many steps or pairs, if some time has passed."""
        now = time.perf_counter()
        if not self.shown or now - self.last < self.pause or not done:
            return
        self.last = now
        left = (now - self.began) / done * (total - done)
        write_stderr(f"{done} of {total}, {what}, {left:.0f} s left")
