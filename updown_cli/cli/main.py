"""The group of all commands, and how errors reach the user."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

import click

from updown_cli import __version__
from updown_cli.cli import signals
from updown_cli.cli.command_group import LazyCommands
from updown_cli.cli.command_table import load_command, summaries
from updown_cli.cli.printing import say_error, write_stderr
from updown_cli.cli.silence_libraries import libraries_are_quiet
from updown_cli.cli.usage import usage_line
from updown_cli.cli.whole_output import end_stdout, stdout_is_whole
from updown_cli.errors import SurroundingsError, UpdownError, bug, no_room
from updown_cli.stores.drafts import abandon
from updown_cli.stores.write_error import write_error

BUG = 70

# What Python says where the system lets it start no thread.
NO_THREAD = "can't start new thread"
NO_THREADS = SurroundingsError(
    "cannot start another thread", hint="raise the limit of processes (ulimit -u)"
)
STDOUT_CLOSED = 128 + signal.SIGPIPE

HELP = """Apply the layers with which neural networks shrink and enlarge to image files and arrays.

The results have the numbers that the torch layer of the name computes.
"""

#: What runs one command line as a process of its own, as a worker that is started is to do.
RunProcess = Callable[[], int]

updown = LazyCommands(
    "updown",
    summaries,
    load_command,
    help=HELP,
    context_settings={"help_option_names": ["--help", "-h"], "auto_envvar_prefix": "UPDOWN"},
)
click.version_option(__version__, prog_name="updown", message="%(prog)s %(version)s")(updown)


def main(arguments: list[str] | None = None, run_process: RunProcess | None = None) -> None:
    """Run updown and exit with its code; a worker that it starts runs calls by `run_process`."""
    with stdout_is_whole(), libraries_are_quiet():
        try:
            code = _run(arguments, run_process)
            end_stdout()
        except BrokenPipeError:
            _forget_stdout()
            code = STDOUT_CLOSED
        except OSError as error:
            _forget_stdout()
            code = SurroundingsError.exit_code
            say_error(write_error(error, "standard output"))
        finally:
            abandon()  # a signal may come while what was not finished is removed
    sys.exit(code)


def _forget_stdout() -> None:
    """Let what cannot be written go nowhere, so that nothing fails at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str] | None, run_process: RunProcess | None) -> int:
    signals.at_last.append(abandon)
    try:
        code = _invoke(sys.argv[1:] if arguments is None else arguments, run_process)
        signals.raise_if_stopped()
        return code
    except UpdownError as error:
        signals.raise_if_stopped()
        say_error(error)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        sys.stderr.write(error.format_message() + "\n")
        return 2
    except click.ClickException as error:
        write_stderr(usage_line(error))
        return 2
    except signals.Stopped as stopped:
        return stopped.exit_code
    except (ImportError, MemoryError) as error:
        signals.raise_if_stopped()
        say_error(no_room(error))
        return SurroundingsError.exit_code
    except Exception as error:
        signals.raise_if_stopped()
        if isinstance(error, RuntimeError) and str(error) == NO_THREAD:
            say_error(NO_THREADS)
            return SurroundingsError.exit_code
        if isinstance(error, OSError) and error.filename is None:
            raise  # of standard output; what goes wrong with files was told
        if "UPDOWN_DEBUG" in os.environ:
            raise
        say_error(bug(error))
        return BUG


def _invoke(arguments: list[str], run_process: RunProcess | None) -> int:
    """Run a command; Click's own `main` would hide a closed standard output."""
    if "_UPDOWN_COMPLETE" in os.environ:
        from updown_cli.cli.shell_words import complete_whole_words

        complete_whole_words()
        updown.main(arguments, prog_name="updown")
    try:
        with updown.make_context("updown", arguments, obj=run_process) as context:
            code: int = updown.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return code
