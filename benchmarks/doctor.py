"""What `updown doctor` finds: `python -m benchmarks.doctor [--commands]`.

Resizes with a planted fault each (`doctor_faults.py`) and right settings of known tools
(`doctor_settings.py`) are examined. Target: every fault is named, none of right settings. Between
them stands what is told of settings of known tools that do have a fault.
With `--commands` faults are run as commands too, not as functions.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.doctor_faults import FAULTS
from benchmarks.doctor_settings import CHAINS, COMMANDS, KNOWN, SETTINGS, Line
from updown_cli.cli.steps import parse_steps
from updown_cli.doctor.chain import Chain
from updown_cli.doctor.command import CommandLine
from updown_cli.doctor.examine import examine
from updown_cli.doctor.function import Function
from updown_cli.doctor.subject import Subject
from updown_cli.errors import UpdownError

HERE = Path(__file__).parent


def script(name: str, what: str) -> CommandLine:
    """Return a setting of one of the scripts as a command."""
    return CommandLine(f"'{sys.executable}' '{HERE / name}' '{what}' {{in}} {{out}}")


def right_settings() -> Iterator[tuple[str, Subject]]:
    """Yield right settings by name; of commands those that are installed."""
    for name in SETTINGS:
        yield name, script("doctor_settings.py", name)
    for steps in CHAINS:
        yield f"updown {steps}", Chain(steps, parse_steps(steps))
    for line in installed():
        if not line.measure:
            yield line.name, command(line)


def known_faults() -> Iterator[tuple[str, str, Subject]]:
    """Yield what known tools do wrong: by name, with the measure that tells it."""
    for name, (measure, _) in KNOWN.items():
        yield name, measure, script("doctor_settings.py", name)
    for line in installed():
        if line.measure:
            yield line.name, line.measure, command(line)


def installed() -> list[Line]:
    """Return the commands whose programs are there."""
    return [line for line in COMMANDS if shutil.which(line.program)]


def command(line: Line) -> CommandLine:
    """Return a command to be examined."""
    return CommandLine(line.text, file_format=line.file_format)


def said_of(subject: Subject) -> list[str]:
    """Return the faults that are named, or what keeps it from being examined."""
    try:
        return [finding.measure.name for finding in examine(subject).faults]
    except UpdownError as error:
        return [str(error)]


def main() -> None:
    """Examine all, and print what is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", action="store_true", help="run faults as commands")
    by_command = parser.parse_args().commands
    caught = alarms = settings = 0
    for name, fault in FAULTS.items():
        said = said_of(
            script("doctor_faults.py", name) if by_command else Function(name, fault.resize)
        )
        caught += fault.measure in said
        print(
            f"{'caught' if fault.measure in said else 'MISSED':8}{name:28}{', '.join(said)}",
            flush=True,
        )
    for name, measure, subject in known_faults():
        said = said_of(subject)
        told = "told" if measure in said else "MISSED"
        print(f"{told:8}{name:58} {', '.join(said)}", flush=True)
    for name, subject in right_settings():
        said = said_of(subject)
        settings, alarms = settings + 1, alarms + bool(said)
        print(f"{'ALARM' if said else 'quiet':8}{name:58} {', '.join(said)}", flush=True)
    print(f"{caught} of {len(FAULTS)} faults caught, {alarms} alarms on {settings} right settings")


if __name__ == "__main__":
    main()
