"""`updown doctor`: what a resize does to pictures, measured with test signals."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

import click

from updown_cli.batch.choices import IF_ONLY_EXISTS
from updown_cli.cli import common_options, signals
from updown_cli.cli.command import command
from updown_cli.cli.option import PATH, argument, flag, option, option_class
from updown_cli.cli.printing import say_error, write_stderr, write_stdout
from updown_cli.cli.shape_type import SizeType
from updown_cli.cli.step_offers import offered_tries
from updown_cli.doctor.command import FORMATS
from updown_cli.doctor.limits import NAMES, Limit, broken
from updown_cli.doctor.model import ENDING, LAYOUTS
from updown_cli.errors import InputError, UsageError
from updown_cli.op.param_types import Choice, Float
from updown_cli.op.shape import Shape

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from updown_cli.doctor.examine import Examination
    from updown_cli.doctor.subject import Subject

#: The exit code where nothing could be measured, as `compare` has it.
CANNOT_BE_EXAMINED = 2

# Seconds that a command may take for one signal.
PATIENCE = 60.0

# Seconds after which an examination is told of on a terminal.
SLOW = 2.0


def _offered_files(
    context: click.Context, parameter: click.Parameter, typed: str
) -> list[CompletionItem]:
    """Return that files may follow."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]


@option_class
class DoctorOptions:
    """What is examined, how it is run, what must hold, and what is made."""

    op: str | None = option(
        "--op",
        metavar="STEPS",
        complete=offered_tries,
        help="Examine a chain of updown's own steps instead.",
    )
    above: tuple[tuple[str, float], ...] = option(
        "--fail-above",
        kind=Limit(),
        offers=tuple(f"{name}=" for name in NAMES),
        multiple=True,
        help="Fail if a measure is above a value, such as shift=0.02, and for nothing else; "
        "repeatable.",
    )
    output: str | None = option(
        "--output",
        "-o",
        kind=PATH,
        metavar="OUT",
        help="Draw the kernels and their frequency responses or, with the ending .html, make a "
        "page of everything that was found.",
    )
    as_json: bool = flag("--json", help="Print one JSON object, with kernels, responses and edges.")
    size: Shape | None = option(
        "--size",
        kind=SizeType(),
        help="The size of the signals.  [default: 360x480, or what gives enough to measure]",
    )
    timeout: float | None = option(
        "--timeout",
        kind=Float(above=0, max=86_400),
        metavar="SECONDS",
        help="How long a command may take for one signal.  [default: 60]",
    )
    file_format: str | None = option(
        "--format",
        kind=Choice(tuple(FORMATS)),
        help="The format of the files that a command reads and writes; jpg: that it writes, of PNG "
        "files.  [default: png]",
    )
    shell: bool = flag("--shell", help="Give the command to a shell.")
    layout: str | None = option(
        "--layout", kind=Choice(LAYOUTS), help="The axes of a model.  [default: as it declares]"
    )
    white: float | None = option(
        "--white",
        kind=Float(above=0, max=1e9),
        help="The value of white in a model.  [default: 1, and 255 for bytes]",
    )
    linear_light: bool = common_options.linear_light()
    if_exists: str = common_options.if_exists("What happens to OUT if it exists.", IF_ONLY_EXISTS)
    subject: str | None = argument(
        "[COMMAND|MODEL.onnx]", None, required=False, complete=_offered_files
    )


@command("doctor", DoctorOptions)
def doctor(options: DoctorOptions) -> int:
    """Measure what a resize does to pictures: shift, aliasing, ringing, gamma and more.

    Shows test signals (impulses, edges, waves, even areas, rings, noise, transparency, 16 bits) to
    a COMMAND that reads {in} and writes {out}, to steps of updown, or to a model of ONNX, and tells
    what it measured, what it means and what would mend it.

    \b
        updown doctor 'magick {in} -resize 50% {out}'
        updown doctor 'python resize.py {in} {out}' -o kernel.png --fail-above shift=0.02
        updown doctor 'python resize.py {in} {out}' -o found.html
        updown doctor --op 'upsample --mode bilinear --scale-factor 0.5'
        updown doctor model.onnx --json

    A command is run for each signal, in an empty folder and without a shell; words that name files
    here mean these. What is by design, as aliasing of nearest and overshoot of bicubic, is told but
    is no fault.

    The exit code is 1 if there is a fault or, with --fail-above, if one of these limits does not
    hold, and 2 if nothing could be measured.
    """
    from updown_cli.doctor.process import end_programs

    _check(options)
    signals.at_last.append(end_programs)
    try:
        found = examine_on_terminal(_subject(options), _size(options)).within(options.above)
    except InputError as error:
        signals.raise_if_stopped()
        say_error(error)
        return CANNOT_BE_EXAMINED
    signals.raise_if_stopped()
    return _tell(found, options)


def examine_on_terminal(subject: Subject, size: tuple[int, int] | None) -> Examination:
    """Return what is found; on a terminal it is told how many signals have been shown."""
    from updown_cli.cli.picture_bar import picture_bar
    from updown_cli.doctor.examine import examine

    numbers = count(1)
    with picture_bar(shown=True, first=SLOW) as bar:
        subject.on_result = lambda: bar.count(f"{next(numbers)} signals shown")
        bar.begin("examine")
        return examine(subject, size)


def _tell(found: Examination, options: DoctorOptions) -> int:
    """Draw and print what was found, and return the exit code."""
    from updown_cli.cli.doctor_table import show

    reasons = broken(options.above, found.findings)
    if options.output is not None:
        from updown_cli.batch.single_file import write_single
        from updown_cli.cli.doctor_output import output_bytes

        data = output_bytes(found, options.output, reasons)
        write_single(options.output, data, options.if_exists)
    if options.as_json:
        write_stdout(json.dumps({**found.to_json(), "broken": reasons}) + "\n")
    else:
        show(found)
    for reason in reasons:
        write_stderr(reason)
    return int(bool(reasons if options.above else found.faults))


def _check(options: DoctorOptions) -> None:
    """Raise UsageError for options that do not fit what is examined, before anything is run."""
    given = {
        "--timeout": options.timeout is not None,
        "--format": options.file_format is not None,
        "--shell": options.shell,
        "--layout": options.layout is not None,
        "--white": options.white is not None,
        "--linear-light": options.linear_light,
    }
    of_commands, of_models, of_steps = [*given][:3], [*given][3:5], [*given][5:]
    kinds = {"a command": of_commands, f"a {ENDING} model": of_models, "--op": of_steps}
    kind = _kind(options)
    for other, names in kinds.items():
        for name in names if other != kind else ():
            if given[name]:
                raise UsageError(f"goes with {other}", subject=name)
    if options.output is not None:
        from updown_cli.batch.single_file import check_free
        from updown_cli.cli.doctor_output import check_output
        from updown_cli.stores.save import check_folder

        check_output(options.output, as_json=options.as_json)
        check_folder(options.output)
        check_free(options.output, options.if_exists)


def _kind(options: DoctorOptions) -> str:
    """Return what kind of thing is examined."""
    subject = options.subject
    if options.op is not None:
        if subject is not None:
            raise UsageError("a command or --op, not both")
        return "--op"
    if subject is None or not subject.strip():
        raise UsageError("nothing to examine", hint="give a command, --op STEPS or a model.onnx")
    is_model = subject.lower().endswith(ENDING) and "{in}" not in subject
    return f"a {ENDING} model" if is_model else "a command"


def _subject(options: DoctorOptions) -> Subject:
    """Return what is to be examined."""
    kind = _kind(options)
    if options.op is not None:
        from updown_cli.cli.steps import parse_steps
        from updown_cli.doctor.chain import Chain

        return Chain(options.op, parse_steps(options.op), linear_light=options.linear_light)
    subject = options.subject or ""
    if kind == "a command":
        from updown_cli.doctor.command import CommandLine

        return CommandLine(
            subject,
            file_format=options.file_format or "png",
            timeout=options.timeout or PATIENCE,
            shell=options.shell,
        )
    from updown_cli.doctor.model import Model

    return Model(subject, layout=options.layout, white=options.white)


def _size(options: DoctorOptions) -> tuple[int, int] | None:
    if options.size is None:
        return None
    height, width = options.size.size
    return height, width
