"""`updown warm`: a worker that has torch loaded, to which later calls are handed over."""

from __future__ import annotations

import json
import os
from typing import Any

import click

from updown_cli.cli.command import command
from updown_cli.cli.command_group import Commands
from updown_cli.cli.option import flag, option, option_class
from updown_cli.cli.printing import write_stdout
from updown_cli.errors import SurroundingsError
from updown_cli.op.param_types import Float

#: What is imported when it is first needed, and by most calls.
LATE = (
    "PIL.ImageOps",
    "PIL.ImageSequence",
    "click._textwrap",
    "click.shell_completion",
    "multiprocessing.popen_fork",
    "rich._unicode_data._versions",
    "rich.box",
    "rich.console",
    "rich.progress",
    "rich.table",
    "rich.text",
)

# Seconds without a call after which a worker ends, and the longest that can be asked for.
IDLE, LONGEST = 3600, 31_536_000


@click.group("warm", cls=Commands)
def warm() -> None:
    """Keep a worker that has torch loaded, so that calls start at once.

    While it runs every updown of the same user and installation is handed over to it, unasked,
    and prints, writes and returns exactly what it would on its own. A call does not wait: if no
    worker takes it at once it runs by itself. With UPDOWN_WARM=0 in the environment, or --debug,
    nothing is handed over.

    \b
        updown warm start
        for f in *.png; do updown pool "$f" -o "small/$f"; done
        updown warm stop
    """
    if not hasattr(os, "fork"):
        raise SurroundingsError("goes with systems that can fork", subject="updown warm")


@option_class
class StartOptions:
    """How long a worker stays."""

    idle: float = option(
        "--idle",
        kind=Float(above=0, max=LONGEST),
        metavar="SECONDS",
        default=IDLE,
        help="End the worker when there was no call for so long.",
    )


@option_class
class StopOptions:
    """Nothing can be chosen."""


@option_class
class StatusOptions:
    """The form of what is told."""

    as_json: bool = flag("--json", help="Print one JSON object.")


@command("start", StartOptions)
def start(options: StartOptions) -> int:
    """Start a worker, and return when it is ready."""
    from updown_cli.warm import daemon

    run = click.get_current_context().find_root().obj
    status, was_there = daemon.start_worker(_load, run, options.idle)
    write_stdout(f"worker {status['pid']} {'is already running' if was_there else 'is ready'}\n")
    return 0


@command("stop", StopOptions)
def stop(options: StopOptions) -> int:
    """End the worker; the calls that it runs are finished."""
    status = _asked("stop")
    write_stdout(
        "no worker is running\n" if status is None else f"worker {status['pid']} stopped\n"
    )
    return 0


@command("status", StatusOptions)
def status(options: StatusOptions) -> int:
    """Tell whether a worker is running; the exit code is 1 if none is."""
    told = _asked("status")
    if options.as_json:
        told = told and {**told, "uptime": round(told["uptime"], 3)}
        write_stdout(json.dumps({"warm": told is not None, **(told or {})}) + "\n")
    else:
        write_stdout("no worker is running\n" if told is None else _sentence(told))
    return 0 if told else 1


for _command in (start, stop, status):
    warm.add_command(_command)


def _sentence(told: dict[str, Any]) -> str:
    calls = "1 call" if told["calls"] == 1 else f"{told['calls']} calls"
    return (
        f"worker {told['pid']} of updown {told['version']}: "
        f"up for {told['uptime']:.0f} s, {calls}, {told['running']} running\n"
    )


def _asked(wish: str) -> dict[str, Any] | None:
    """Return what the worker says to a wish; None if there is none."""
    from updown_cli.warm.client import answer
    from updown_cli.warm.place import folder, is_private, socket_path

    return answer(socket_path(), wish) if is_private(folder()) else None


def _load() -> None:
    """Import all that a call may need; compute nothing."""
    import pkgutil
    from importlib import import_module

    import updown_cli
    from updown_cli.engine.devices import start_torch as start_torch

    start_torch("cpu")
    for module in pkgutil.walk_packages(updown_cli.__path__, "updown_cli."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    for name in LATE:
        import_module(name)
    import_module("PIL.Image").init()  # its readers and writers
