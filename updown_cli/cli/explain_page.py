"""The page on which a layer can be touched: `explain ... -o page.html`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from updown_cli.batch.explain_input import explain_operation
from updown_cli.cli.explain_command_line import explain_op
from updown_cli.cli.page_start import Slider, controls_at_start, none_possible
from updown_cli.cli.printing import printable
from updown_cli.cli.typed_steps import typed_steps
from updown_cli.errors import InputError, UpdownError, UsageError
from updown_cli.explain.explanation import Explanation
from updown_cli.explain.input_reads import first_that_reads_most
from updown_cli.explain.page_model import PageModel
from updown_cli.explain.page_panel import panel_of
from updown_cli.explain.traces import MOST_TRACED
from updown_cli.explain.variations import (
    Varied,
    checked_count,
    own_value,
    parse_variation,
    usual_variations,
    varied_ops,
)
from updown_cli.figures.layer_page import layer_page
from updown_cli.op.base import Op
from updown_cli.op.parameter import option_name
from updown_cli.ops import OPS

if TYPE_CHECKING:
    from updown_cli.explain.traces import Trace
    from updown_cli.files.reading import Reading

#: What a page of a layer that scatters can show: of one that has stamps, and of any other.
STAMP_VIEWS = ["Zeros put between", "Stamps"]
SCATTER_VIEWS = ["Gather", "Scatter"]


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
    # What is asked for itself must be possible.
    first = state_of(found, source.op, source.input, source.reading)
    given, variations = _same_input(source, found), source.variations()
    model, made = PageModel(), [*varied_ops(source.op, OPS[source.op.command], variations)]
    for op in made:
        state = first if op == source.op else op
        model.add(_explained(state, given, source) if isinstance(state, Op) else state)

    def refusal() -> UsageError:
        op = next((one for one in made if isinstance(one, Op)), None)
        fits = (lambda: explain_operation(op, None, source.reading).step.before) if op else None
        return none_possible(source.vary, str(made[0]), given, fits)

    step = found.step
    sliders = [
        Slider(one, option_name(one.name), own_value(one.name, step.op, step.before))
        for one in variations
    ]
    controls, notes = controls_at_start(model, sliders, refusal)
    title = f"{source.op.command} {source.op.mode}".strip()
    return layer_page(title, model.to_json(controls, _views(found, first)), notes)


def _views(found: Explanation, state: dict[str, Any]) -> list[str]:
    if all(panel["stamps"] is None for panel in state["panels"]):
        return []
    return STAMP_VIEWS if found.anatomy.stamps else SCATTER_VIEWS


def _same_input(source: PageSource, found: Explanation) -> str | None:
    """Return the input as it is given, so that every state has the same."""
    step = found.step
    if source.input is not None or step.frames[0] > 1 or found.source is not None:
        return source.input
    return "x".join(map(str, step.before))


def _explained(op: Op, given: str | None, source: PageSource) -> dict[str, Any] | str:
    """Return a state, or the sentence that refuses it."""
    try:
        return state_of(explain_operation(op, given, source.reading), op, given, source.reading)
    except UpdownError as error:
        return printable(str(error))


def state_of(found: Explanation, op: Op, given: str | None, reading: Reading) -> dict[str, Any]:
    """Return one state of the page; raise InputError for an input that is too large."""
    panel = layer_panel(found)
    code = {"torch": found.torch, "tensorflow": found.tensorflow}
    assert found.trace is not None
    return {
        "command": explain_op(op, given, reading),
        "panels": [panel],
        "code": [[language, text] for language, text in code.items() if text],
        "start": start_of(found.trace),
    }


def start_of(trace: Trace) -> int:
    """Return the number of the output value that lights up first: the first that reads most."""
    start = 0
    for number, side in zip(first_that_reads_most(trace), trace.output.shape, strict=True):
        start = start * side + number
    return start


def layer_panel(found: Explanation) -> dict[str, Any]:
    """Return a layer at work with its sizes."""
    if found.trace is None:
        reason = f"more than {MOST_TRACED} values are not looked at"
        raise InputError(reason, hint="give a smaller --input", code="too_large")
    return panel_of(found.trace) | panel_head(found)


def panel_head(found: Explanation) -> dict[str, Any]:
    """Return what stands over a panel: its step, its sizes, and what its matrix is called."""
    step = found.step
    weighed = found.trace is not None and found.trace.weights is not None
    sizes = [f"out = {found.sizes[0].text}"]
    sizes += [f"{size.axis}: {size.filled_in} = {size.out}" for size in found.sizes]
    return {
        "head": printable(f"{typed_steps([_as_given(step.op)])}: {step.before} -> {step.after}"),
        "sizes": sizes,
        "matrix": found.matrix_title if weighed else "what reads what",
    }


def _as_given(op: Op) -> Op:
    """Return an operation with one number for all axes where these have the same."""
    alike: dict[str, Any] = {}
    for parameter in op.parameters():
        value = getattr(op, parameter.name)
        if parameter.kind.per_axis and isinstance(value, tuple) and len(set(value)) == 1:
            alike[parameter.name] = value[:1]
    return replace(op, **alike)
