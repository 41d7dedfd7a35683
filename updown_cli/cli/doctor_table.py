"""What `updown doctor` prints: a table of all measures, then what there is to say of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from updown_cli.cli.columns import WIDE_GAP
from updown_cli.cli.printing import printable, write_stdout
from updown_cli.cli.table import print_columns
from updown_cli.doctor.measure import BY_DESIGN, FAULT, UNKNOWN, Finding
from updown_cli.op.shape import by_x

if TYPE_CHECKING:
    from updown_cli.doctor.examine import Examination

COLUMNS = ("measure", "value", "limit", "verdict")

#: What is told in sentences, in this order, and its title.
TOLD = {FAULT: "Faults", BY_DESIGN: "By design", UNKNOWN: "Not measured"}

# Letters of a line, as most terminals have them.
WIDTH = 79


def show(found: Examination) -> None:
    """Print what was found."""
    sizes = f"{by_x(found.rig.size)} becomes {by_x(found.rig.out)}"
    write_stdout(
        "".join(f"{line}\n" for line in [*_wrapped(f"{printable(found.name)}: {sizes}"), ""])
    )
    print_columns(COLUMNS, [_row(finding) for finding in found.findings], right=("limit",))
    for verdict, title in TOLD.items():
        told = [finding for finding in found.findings if finding.verdict == verdict]
        if told:
            write_stdout("".join(f"{line}\n" for line in ["", title, *_sentences(told)]))
    write_stdout(f"\n{found.conclusion}\n")


def _row(finding: Finding) -> tuple[str, ...]:
    return finding.measure.name, finding.told, finding.told_limit, finding.verdict


def _sentences(findings: list[Finding]) -> Iterator[str]:
    """Yield what findings mean, why that is no fault, and what would mend it."""
    for finding in findings:
        parts = [finding.means, finding.excuse, finding.mend and f"to mend it, {finding.mend}"]
        text = f"{finding.measure.name}: {'; '.join(filter(None, parts))}"
        yield from _wrapped(text, WIDE_GAP, WIDE_GAP * 2)


def _wrapped(text: str, first: str = "", others: str = "") -> list[str]:
    import textwrap

    return textwrap.wrap(printable(text), WIDTH, initial_indent=first, subsequent_indent=others)
