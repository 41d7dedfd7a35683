"""`updown compare`: how far two pictures, or two folders of them, are apart."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from updown_cli.batch.settings import ALPHAS
from updown_cli.batch.single_file import IF_EXISTS
from updown_cli.batch.thresholds import ABOVE, BELOW, Thresholds, six_digits
from updown_cli.cli import signals
from updown_cli.cli.click_types import ClickParamType
from updown_cli.cli.input_options import reading_from_options, selection_from_options
from updown_cli.cli.junit import check_junit, junit
from updown_cli.cli.printing import printable, say_annotation, say_error, write_stderr, write_stdout
from updown_cli.cli.run_options import shared
from updown_cli.cli.shared_option import choice
from updown_cli.cli.table import print_columns
from updown_cli.errors import UsageError
from updown_cli.files.save import check_folder, save
from updown_cli.op.param_types import Float

if TYPE_CHECKING:
    from updown_cli.batch.compare_pairs import Compared, Comparing

METRICS = ("percent", "max", "mean", "mse", "rmse", "psnr", "ssim")
COLUMNS = ("files", "result", *METRICS, "why")

# Pairs of which the table shows all; of more, those that differ.
TABLE_PAIRS = 50


@click.command(short_help="Measure how pictures differ, with limits for CI.")
@click.argument("a", metavar="A", type=click.Path(readable=False))
@click.argument("b", metavar="B", type=click.Path(readable=False))
@click.option(
    "--fail-above",
    "above",
    type=ClickParamType(ABOVE),
    metavar=ABOVE.metavar,
    multiple=True,
    help="Fail if mse, rmse, max or mean is above a value; repeatable.",
)
@click.option(
    "--fail-below",
    "below",
    type=ClickParamType(BELOW),
    metavar=BELOW.metavar,
    multiple=True,
    help="Fail if psnr or ssim is below a value; repeatable.",
)
@click.option(
    "--fail-percent",
    "percent",
    type=ClickParamType(Float(min=0, max=100)),
    metavar="N",
    help="Fail if more of a hundred pixels differ.",
)
@click.option(
    "--peak",
    type=ClickParamType(Float(above=0, max=1e300)),
    metavar="X",
    help="White, for psnr and ssim.  [default: 255, 65535, and 1 for any type but 8 and 16 bits]",
)
@click.option(
    "--diff",
    type=click.Path(readable=False),
    metavar="OUT",
    help="Write |A - B|, where pixels differ, to a picture or array; of folders into a folder.",
)
@click.option(
    "--amplify",
    type=ClickParamType(Float(above=0, max=1e9)),
    metavar="N",
    help="Multiply what --diff shows.  [default: 1]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per pair.")
@click.option(
    "--junit",
    "junit_file",
    type=click.Path(readable=False),
    metavar="FILE.xml",
    help="Write a test report for CI.",
)
def compare(
    a: str,
    b: str,
    as_json: bool,
    junit_file: str | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Measure how two pictures or arrays differ, or all those of one path in two folders.

    Values are compared as they are stored, upright and every frame; metadata is not. Without a
    limit any difference fails, one of depth or mode too; with limits they decide. Another size or
    number of frames, a missing file and one that cannot be read always fail.

    \b
        updown compare a.png b.png
        updown compare expected/ actual/ -r --fail-above max=2 --fail-below ssim=0.99
        updown compare a.png b.png --diff diff.png --amplify 20

    Exits with 0 or, if anything fails, with 1.
    """
    if values["diff"] is None and values["amplify"] is not None:
        raise UsageError("goes with --diff", subject="--amplify")
    outcomes = []
    for outcome in _outcomes(a, b, junit_file, values):
        signals.raise_if_stopped()
        outcomes.append(outcome)
        _say(outcome, quiet=quiet)
        if as_json:
            write_stdout(json.dumps(outcome.to_json()) + "\n")
    if junit_file is not None:
        save(junit_file, junit(outcomes))
    if not as_json and not quiet:
        _show(outcomes)
    click.get_current_context().exit(int(any(outcome.fails for outcome in outcomes)))


compare.params += [
    choice(
        "--alpha",
        ALPHAS,
        "straight",
        "Transparency: compare it as any channel, also weigh colours by it, or drop it.",
    ),
    choice("--if-exists", IF_EXISTS, "error", "What happens to what --diff makes if it exists."),
    *shared(
        "recurse", "include", "exclude", "layout", "dims", "frames", "max_pixels",
        "accept_damaged", "quiet", "debug",
    ),
]  # fmt: skip


def _outcomes(a: str, b: str, junit_file: str | None, values: dict[str, Any]) -> Iterator[Compared]:
    """Compare what is named; whatever cannot be carried out is refused before any work."""
    from updown_cli.batch.compare_pairs import check_targets, compare_all
    from updown_cli.batch.pairs import find_pairs

    if junit_file is not None:
        check_junit(junit_file)
        check_folder(junit_file)
    how = _comparing(values)
    pairs = find_pairs(a, b, selection_from_options(values), values["diff"])
    check_targets(pairs, how.if_exists)
    return compare_all(pairs, how)


def _comparing(values: dict[str, Any]) -> Comparing:
    from updown_cli.batch.compare_pairs import Comparing

    return Comparing(
        reading=reading_from_options(values, keep=frozenset()),
        limits=Thresholds(values["above"], values["below"], values["percent"]),
        peak=values["peak"],
        amplify=values["amplify"] or 1.0,
        if_exists=values["if_exists"],
    )


def _say(outcome: Compared, *, quiet: bool) -> None:
    """Tell of what could not be read, and of what fails where GitHub Actions listens."""
    if outcome.status == "failed":
        for error in outcome.errors:
            say_error(error)
    elif not quiet:
        for remark in outcome.remarks:
            write_stderr(f"warning: {remark}")
    if outcome.fails and os.environ.get("GITHUB_ACTIONS") == "true":
        say_annotation(outcome.pair.b or outcome.pair.a or "", "; ".join(outcome.reasons))


def _show(outcomes: list[Compared]) -> None:
    from updown_cli.batch.compare_pairs import STATUSES

    few = len(outcomes) <= TABLE_PAIRS
    rows = [_row(outcome) for outcome in outcomes if few or outcome.fails]
    if rows:
        print_columns(COLUMNS, rows, right=METRICS, name="files")
    if len(outcomes) > 1:
        counts = Counter(outcome.status for outcome in outcomes)
        write_stdout(
            ", ".join(f"{counts[name]} {name}" for name in STATUSES if counts[name]) + "\n"
        )


def _row(outcome: Compared) -> tuple[str, ...]:
    metrics = outcome.comparison.metrics
    numbers = [six_digits(getattr(metrics, name)) if metrics else "" for name in METRICS]
    return (printable(outcome.pair.name), outcome.status, *numbers, "; ".join(outcome.reasons))
