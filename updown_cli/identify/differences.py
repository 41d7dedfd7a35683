"""Where what candidates make is off from a result, as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updown_cli.figures.difference_picture import DifferencePicture, difference_picture
from updown_cli.identify.evidence import Evidence
from updown_cli.identify.trial import Candidate, everything, make_whole
from updown_cli.op.threads import run_ordered, thread_count

if TYPE_CHECKING:
    from updown_cli.identify.making_rows import Pixels


def differences(candidates: Sequence[Candidate], pair: Evidence) -> list[DifferencePicture | None]:
    """Return a picture for each candidate; None where there is none, as of signals."""
    if len(pair.size) != 2:
        return [None] * len(candidates)
    return [*run_ordered(lambda one: _difference(one, pair), candidates, thread_count())]


def _difference(candidate: Candidate, pair: Evidence) -> DifferencePicture | None:
    made = make_whole(candidate, pair)
    if made is None:
        return None
    evidence = pair.placed(candidate.placement)
    seen = evidence.seen(made)
    levels: Pixels = evidence.levels_apart(seen, evidence.compared(everything(evidence).place))
    of_luma = evidence.luma is not None
    result = evidence.result
    return difference_picture(
        levels[None] if of_luma else levels,
        alpha=result.alpha and not of_luma,
        colours=result.colour == "RGB" and not of_luma,
    )
