"""`updown identify`: which library, mode and convention made one picture of another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from updown_cli.batch.choices import IF_ONLY_EXISTS
from updown_cli.cli import common_options
from updown_cli.cli.array_options import SingleFileOptions
from updown_cli.cli.command import command
from updown_cli.cli.option import PATH, argument, flag, group, option, option_class
from updown_cli.cli.printing import say_error, write_stdout
from updown_cli.errors import InputError, UsageError
from updown_cli.op.param_types import Int

if TYPE_CHECKING:
    from updown_cli.cli.identify_answer import Answer
    from updown_cli.files.reading import Reading
    from updown_cli.identify.evidence import Evidence

# Exit codes: found, none of these, and files that cannot be read.
FOUND, NOT_FOUND, TROUBLE = 0, 1, 2


@option_class
class IdentifyOptions:
    """The files, and how they are read."""

    paths: tuple[str, ...] = argument("SOURCE RESULT...", many=True)
    code: bool = flag("--code", help="Print only the code that makes the result of the source.")
    as_json: bool = flag("--json", help="Print one JSON object.")
    frame: int = option(
        "--frames",
        kind=Int(min=0, max=1 << 31),
        default=0,
        help="The frame, page or image of a batch that is compared, from 0.",
    )
    output: str | None = option(
        "--output",
        "-o",
        kind=PATH,
        metavar="OUT.html",
        help="Make a page of what comes near, with pictures of where each is off.",
    )
    if_exists: str = common_options.if_exists("What happens to OUT if it exists.", IF_ONLY_EXISTS)
    file: SingleFileOptions = group(SingleFileOptions)


@command("identify", IdentifyOptions)
def identify(options: IdentifyOptions) -> int:
    """Tell which library, mode and convention made RESULT of SOURCE.

    Everything that `upsample` and `pool` can do, like every library, is tried with each of its
    choices; so are the usual filters of ImageMagick, libvips and ffmpeg, and what is usual of
    `deconv` and `shuffle`. What comes nearest to RESULT is told, with what gives the same pixels,
    what comes next, and the command that makes it again. Told are also linear light, values that
    were truncated, channels in another order, transparency that was weighed or was not, half a
    pixel of shift, and up to 8 pixels cut off or put around. Of a JPEG the brightness is compared,
    once candidates have been such a JPEG too.

    \b
        updown identify photo.png small.png
        updown identify photo.png small.jpg other.png other_small.jpg --json
        updown identify photo.png small.png -o found.html

    Several pairs, made alike, tell more than one. Exits with 0, with 1 if none of these made
    RESULT, with 2 if the files cannot be read or cannot come from each other.
    """
    from updown_cli.cli.identify_answer import Answer
    from updown_cli.cli.identify_page import check_page
    from updown_cli.identify.searching import search

    if len(options.paths) % 2:
        raise UsageError("goes with its RESULT", subject=options.paths[-1], hint="give pairs")
    if options.output is not None:
        check_page(options.output, options)
    try:
        pairs = _pairs(options.paths, options.file.reading(), options.frame)
    except InputError as error:
        say_error(error)
        return TROUBLE
    found = search(pairs)
    if found is None:
        raise UsageError(
            "nothing leads from one size to the other", subject=" ".join(options.paths)
        )
    _tell(Answer(pairs, found, options.file.typed()), options)
    return FOUND if found.fits else NOT_FOUND


def _tell(answer: Answer, options: IdentifyOptions) -> None:
    """Write the page that is asked for, and print the answer."""
    from updown_cli.batch.single_file import write_single
    from updown_cli.cli.identify_page import page_of

    if options.output is not None:
        write_single(options.output, page_of(answer), options.if_exists)
    if options.as_json:
        write_stdout(json.dumps(answer.to_json(), allow_nan=False) + "\n")
    elif options.code:
        write_stdout(answer.code() if answer.found.fits else "")
    else:
        answer.show()


def _pairs(paths: tuple[str, ...], reading: Reading, frame: int) -> list[Evidence]:
    from updown_cli.batch.single_file import read_single
    from updown_cli.identify.gathering import gather

    pictures = [read_single(path, reading) for path in paths]
    files = zip(paths[::2], paths[1::2], pictures[::2], pictures[1::2], strict=True)
    return [gather((one, other), source, result, frame) for one, other, source, result in files]
