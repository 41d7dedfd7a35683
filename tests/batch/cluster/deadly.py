"""Loaded by workers of the tests: some names of pictures mean what is done with them.

`deadly.png` kills the process that is at it, `unseen.png` is not there, `slow` takes a while.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from updown_cli.batch.job import Worker
from updown_cli.errors import InputError


def _odd(read: Callable[..., Any]) -> Callable[..., Any]:
    def read_or_not(worker: Worker, job: Any, *rest: Any) -> Any:
        if job.source.path.endswith("deadly.png"):
            os.kill(os.getpid(), signal.SIGKILL)
        if job.source.path.endswith("unseen.png"):
            raise InputError("no such file", code="missing")
        if "slow" in job.source.path:
            time.sleep(0.1)
        return read(worker, job, *rest)

    return read_or_not


setattr(Worker, "_read", _odd(Worker._read))  # noqa: B010 (types of methods)
