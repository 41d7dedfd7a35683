"""What `updown compare` prints: a line for each pair, and what is worth telling at once."""

from __future__ import annotations

import os
from collections import Counter

from updown_cli.batch.compare_pairs import STATUSES, Compared
from updown_cli.batch.thresholds import six_digits
from updown_cli.cli.printing import printable, say_annotation, say_error, write_stderr, write_stdout
from updown_cli.cli.table import print_columns
from updown_cli.files.metrics import Metrics

METRICS = ("percent", "max", "mean", "mse", "rmse", "psnr", "ssim")
#: What is told of arrays beside.
RELATIVE = ("relative", "max_relative", "cosine")

# Pairs of which the table shows all; of more, those that differ.
TABLE_PAIRS = 50


def tell_outcome(outcome: Compared, *, quiet: bool) -> None:
    """Tell of what could not be read, and of what fails where GitHub Actions listens."""
    if outcome.status == "failed":
        for error in outcome.errors:
            say_error(error)
    elif not quiet:
        for remark in outcome.remarks:
            write_stderr(f"warning: {remark}")
    if outcome.fails and os.environ.get("GITHUB_ACTIONS") == "true":
        say_annotation(outcome.pair.b or outcome.pair.a or "", "; ".join(outcome.reasons))


def show_outcomes(outcomes: list[Compared]) -> None:
    """Print the table of all pairs, of many those that fail, and the counts of several."""
    few = len(outcomes) <= TABLE_PAIRS
    of_arrays = any(outcome.comparison.of_arrays for outcome in outcomes)
    metrics = METRICS + RELATIVE * of_arrays
    rows = [_row(outcome, metrics) for outcome in outcomes if few or outcome.fails]
    if rows:
        columns = ("files", "result", *metrics[:2], "at", *metrics[2:], "why")
        print_columns(columns, rows, right=metrics, name="files")
    if len(outcomes) > 1:
        counts = Counter(outcome.status for outcome in outcomes)
        write_stdout(
            ", ".join(f"{counts[name]} {name}" for name in STATUSES if counts[name]) + "\n"
        )


def _row(outcome: Compared, names: tuple[str, ...]) -> tuple[str, ...]:
    metrics = outcome.comparison.metrics
    numbers = [six_digits(getattr(metrics, name)) if metrics else "" for name in names]
    numbers.insert(2, _place(metrics) if metrics else "")
    return (printable(outcome.pair.name), outcome.status, *numbers, "; ".join(outcome.reasons))


def _place(metrics: Metrics) -> str:
    """Return where the largest difference is: `c,y,x`, in a later frame `N:c,y,x`."""
    if metrics.at is None:
        return ""
    return (f"{metrics.frame}:" if metrics.frame else "") + ",".join(map(str, metrics.at))
