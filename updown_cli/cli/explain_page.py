"""The page on which a layer can be touched: `explain ... -o page.html`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.batch.explain_input import explain_operation
from updown_cli.cli.typed_steps import typed_steps
from updown_cli.errors import InputError, UpdownError
from updown_cli.explain.explanation import Explanation
from updown_cli.explain.input_reads import first_that_reads_most
from updown_cli.explain.page_panel import panel_of
from updown_cli.explain.traces import MOST_TRACED
from updown_cli.explain.variations import (
    Varied,
    checked_count,
    parse_variation,
    usual_variations,
    varied_ops,
)
from updown_cli.figures.layer_page import layer_page
from updown_cli.op.parameter import option_name
from updown_cli.ops import OPS

if TYPE_CHECKING:
    from updown_cli.files.reading import Reading
    from updown_cli.op.base import Op

PAGE_ENDING = ".html"

#: What a page of a layer that scatters can show.
VIEWS = ["Show stamps", "Show windows"]


@dataclass(frozen=True)
class PageSource:
    """What a page is made of: the operation as it was asked for, its input, and what varies."""

    op: Op
    input: str | None
    reading: Reading
    vary: tuple[str, ...]

    def variations(self) -> list[Varied]:
        """Return what varies, as asked or as usual; raise UsageError for what cannot."""
        family = OPS[self.op.command]
        asked = [parse_variation(text, self.op, family) for text in self.vary if text != "none"]
        found = asked if self.vary else usual_variations(self.op)
        checked_count(found)
        return found


def page_of_layer(source: PageSource, found: Explanation) -> bytes:
    """Return the page; raise InputError for an input that is too large for one."""
    state_of(found, source.op, source.input)  # what is asked for itself must be possible
    given, variations = _same_input(source, found), source.variations()
    states: list[dict[str, Any]] = []
    index, known = [], {}
    for op in varied_ops(source.op, OPS[source.op.command], variations):
        state = op if isinstance(op, str) else _explained(op, given, source)
        state = {"error": state} if isinstance(state, str) else state
        key = json.dumps(state)
        if key not in known:
            known[key] = len(states)
            states.append(state)
        index.append(known[key])
    model = {
        "controls": [_control(varied, source.op) for varied in variations],
        "index": index,
        "states": states,
        "views": VIEWS if any(_has_stamps(state) for state in states) else [],
    }
    return layer_page(f"{source.op.command} {source.op.mode}".strip(), model)


def _same_input(source: PageSource, found: Explanation) -> str | None:
    """Return the input as it is given, so that every state has the same."""
    step = found.step
    if source.input is not None or step.frames[0] > 1 or found.source is not None:
        return source.input
    return "x".join(map(str, step.before))


def _explained(op: Op, given: str | None, source: PageSource) -> dict[str, Any] | str:
    """Return a state, or the sentence that refuses it."""
    try:
        return state_of(explain_operation(op, given, source.reading), op, source.input)
    except UpdownError as error:
        return str(error)


def state_of(found: Explanation, op: Op, given: str | None) -> dict[str, Any]:
    """Return one state of the page; raise InputError for an input that is too large."""
    panel = layer_panel(found)
    words = f" --input {given}" if given else ""
    code = {"torch": found.torch, "tensorflow": found.tensorflow}
    trace = found.trace
    assert trace is not None
    place = first_that_reads_most(trace)
    start = 0
    for number, side in zip(place, trace.output.shape, strict=True):
        start = start * side + number
    return {
        "command": f"updown explain {typed_steps([op])}{words}",
        "panels": [panel],
        "code": [[language, text] for language, text in code.items() if text],
        "start": start,
    }


def layer_panel(found: Explanation) -> dict[str, Any]:
    """Return a layer at work with its sizes."""
    if found.trace is None:
        reason = f"more than {MOST_TRACED} values are not looked at"
        raise InputError(reason, hint="give a smaller --input", code="too_large")
    step = found.step
    sizes = [f"out = {found.sizes[0].text}"]
    sizes += [f"{size.axis}: {size.filled_in} = {size.out}" for size in found.sizes]
    title = f"{typed_steps([step.op])}: {step.before} -> {step.after}"
    return panel_of(found.trace) | {
        "head": title,
        "sizes": sizes,
        "matrix": found.matrix_title if found.trace.weights is not None else "what reads what",
    }


def _control(varied: Varied, op: Op) -> dict[str, Any]:
    return {
        "name": option_name(varied.name),
        "values": list(varied.texts),
        "at": varied.at(op),
    }


def _has_stamps(state: dict[str, Any]) -> bool:
    return any(panel["stamps"] is not None for panel in state.get("panels", ()))
