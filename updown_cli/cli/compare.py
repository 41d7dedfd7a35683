"""`updown compare`: how far two pictures, or two folders of them, are apart."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from updown_cli.batch.choices import IF_ONLY_EXISTS
from updown_cli.batch.thresholds import ABOVE, BELOW, FALLING, GROWING, Thresholds
from updown_cli.cli import common_options, signals
from updown_cli.cli.array_options import ArrayOptions
from updown_cli.cli.command import command
from updown_cli.cli.input_options import Folders
from updown_cli.cli.option import PATH, argument, flag, group, option, option_class
from updown_cli.cli.printing import write_stdout
from updown_cli.errors import UsageError
from updown_cli.files.reading import Reading
from updown_cli.op.param_types import Float

if TYPE_CHECKING:
    from collections.abc import Iterator

    from updown_cli.batch.compare_pairs import Compared, Comparing


@option_class
class CompareOptions:
    """What is compared, what may differ, and what is told of it."""

    a: str = argument("A")
    b: str = argument("B")
    above: tuple[tuple[str, float], ...] = option(
        "--fail-above",
        kind=ABOVE,
        offers=tuple(f"{name}=" for name in GROWING),
        multiple=True,
        help="Fail if mse, rmse, max, mean, relative or max_relative is above a value; repeatable.",
    )
    below: tuple[tuple[str, float], ...] = option(
        "--fail-below",
        kind=BELOW,
        offers=tuple(f"{name}=" for name in FALLING),
        multiple=True,
        help="Fail if psnr, ssim or cosine is below a value; repeatable.",
    )
    percent: float | None = option(
        "--fail-percent",
        kind=Float(min=0, max=100),
        metavar="N",
        help="Fail if more of a hundred pixels differ.",
    )
    peak: float | None = option(
        "--peak",
        kind=Float(above=0, max=1e300),
        help="White, for psnr and ssim.  [default: 255, 65535, and 1 for any type but 8 and 16 "
        "bits]",
    )
    diff: str | None = option(
        "--diff",
        kind=PATH,
        metavar="OUT",
        help="Write |A - B|, where pixels differ, to a picture or array; of folders into a folder.",
    )
    amplify: float | None = option(
        "--amplify",
        kind=Float(above=0, max=1e9),
        metavar="N",
        help="Multiply what --diff shows.  [default: 1]",
    )
    as_json: bool = flag("--json", help="Print one JSON object per pair.")
    junit_file: str | None = option(
        "--junit", kind=PATH, metavar="FILE.xml", help="Write a test report for CI."
    )
    alpha: str = common_options.alpha(
        "Transparency: compare it as any channel, also weigh colours by it, or drop it.",
        default="straight",
    )
    if_exists: str = common_options.if_exists(
        "What happens to what --diff and --junit make if it exists.", IF_ONLY_EXISTS
    )
    folders: Folders = group(Folders)
    arrays: ArrayOptions = group(ArrayOptions)
    max_pixels: int = common_options.max_pixels()
    max_memory: int | None = common_options.max_memory_of_reading()
    accept_damaged: bool = common_options.accept_damaged()
    progress: bool = common_options.progress()
    quiet: bool = common_options.quiet()
    debug: bool = common_options.debug()

    def comparing(self) -> Comparing:
        """Return how two files are compared."""
        from updown_cli.batch.compare_pairs import Comparing

        reading = Reading(
            alpha=self.alpha,
            max_pixels=self.max_pixels,
            max_memory=self.max_memory,
            accept_damaged=self.accept_damaged,
            keep=frozenset(),
        )
        return Comparing(
            reading=self.arrays.complete(reading),
            limits=Thresholds(self.above, self.below, self.percent),
            peak=self.peak,
            amplify=self.amplify or 1.0,
            if_exists=self.if_exists,
        )


@command("compare", CompareOptions)
def compare(options: CompareOptions) -> int:
    """Measure how two pictures or arrays differ, or all those of one path in two folders.

    Values are compared as they are stored, upright and every frame; metadata is not. Without a
    limit any difference fails, one of depth or mode too; with limits they decide. Another size or
    number of frames, a missing file and one that cannot be read always fail, but two that are no
    pictures are the same if their bytes are.

    \b
        updown compare a.png b.png
        updown compare expected/ actual/ -r --fail-above max=2 --fail-below ssim=0.99
        updown compare a.png b.png --diff diff.png --amplify 20

    The largest difference is first found at channel, row and column (c,y,x), after the number of
    a frame and a colon in any but the first. Arrays have relative errors beside, by the numbers
    of A, and the cosine of the angle between them.

    Exits as cmp and diff do: with 0, with 1 if anything differs or is missing, with 2 if anything
    could not be read or compared.
    """
    from updown_cli.batch.single_file import write_single
    from updown_cli.cli.compare_table import show_outcomes, tell_outcome
    from updown_cli.cli.junit import junit

    if options.diff is None and options.amplify is not None:
        raise UsageError("goes with --diff", subject="--amplify")
    outcomes = []
    for outcome in _outcomes(options):
        signals.raise_if_stopped()
        outcomes.append(outcome)
        tell_outcome(outcome, quiet=options.quiet)
        if options.as_json:
            write_stdout(json.dumps(outcome.to_json()) + "\n")
    if options.junit_file is not None:
        write_single(options.junit_file, junit(outcomes), options.if_exists)
    if not options.as_json and not options.quiet:
        show_outcomes(outcomes)
    return max((outcome.exit_code for outcome in outcomes), default=0)


def _outcomes(options: CompareOptions) -> Iterator[Compared]:
    """Compare what is named; whatever cannot be carried out is refused before any work."""
    from updown_cli.batch.compare_pairs import check_targets, compare_all
    from updown_cli.batch.pairs import find_pairs
    from updown_cli.cli.junit import check_junit
    from updown_cli.cli.picture_bar import picture_bar

    if options.junit_file is not None:
        check_junit(options.junit_file)
    how = options.comparing()
    pairs = find_pairs(options.a, options.b, options.folders.selection(), options.diff)
    check_targets(pairs, options.junit_file, how.if_exists)
    if len(pairs) > 1:
        yield from compare_all(pairs, how)
        return
    with picture_bar(shown=options.progress and not options.quiet) as bar:
        only = [*compare_all(pairs, replace(how, watcher=bar))]
    yield from only
