"""What `updown compare` prints: a line for each pair, and what is worth telling at once."""

from __future__ import annotations

import os
from collections import Counter

from updown_cli.batch.compare_pairs import STATUSES, Compared
from updown_cli.batch.told_metrics import OF_ARRAYS, OF_PICTURES, told
from updown_cli.cli.printing import printable, say_annotation, say_error, write_stderr, write_stdout
from updown_cli.cli.table import print_columns

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
    metrics = OF_PICTURES + OF_ARRAYS * of_arrays
    rows = [_row(outcome, metrics) for outcome in outcomes if few or outcome.fails]
    if rows:
        numbers = tuple(name for name in metrics if name != "at")
        print_columns(("files", "result", *metrics, "why"), rows, right=numbers, name="files")
    if len(outcomes) > 1:
        counts = Counter(outcome.status for outcome in outcomes)
        write_stdout(
            ", ".join(f"{counts[name]} {name}" for name in STATUSES if counts[name]) + "\n"
        )


def _row(outcome: Compared, names: tuple[str, ...]) -> tuple[str, ...]:
    metrics = outcome.comparison.metrics
    numbers = [told(metrics, name) if metrics else "" for name in names]
    return (printable(outcome.pair.name), outcome.status, *numbers, "; ".join(outcome.reasons))
