"""The page of a chain: a panel for each step, and the light goes through all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.batch.explain_chain import traced_steps
from updown_cli.batch.explain_input import plan_input
from updown_cli.batch.named_files import check_apart, named_files, read_files
from updown_cli.batch.single_file import check_free, write_single
from updown_cli.cli.explain_command_line import explain_steps
from updown_cli.cli.explain_page import panel_head, start_of
from updown_cli.cli.page_start import Slider, controls_at_start, none_possible
from updown_cli.cli.printing import printable
from updown_cli.cli.typed_steps import typed_steps
from updown_cli.errors import UpdownError, UsageError
from updown_cli.explain.chain_code import chain_code
from updown_cli.explain.chain_traces import ChainStep
from updown_cli.explain.chain_variations import VariedStep, parse_step_variation, varied_chains
from updown_cli.explain.explanation import Explanation
from updown_cli.explain.page_model import PageModel
from updown_cli.explain.page_panel import join_panel, panel_of
from updown_cli.explain.variations import checked_count, own_value
from updown_cli.figures.layer_page import layer_page
from updown_cli.files.formats import PAGE_ENDINGS, ending
from updown_cli.pipeline.pipeline import Pipeline

if TYPE_CHECKING:
    from updown_cli.cli.explain import ExplainChainOptions
    from updown_cli.files.reading import Reading
    from updown_cli.op.base import Op
    from updown_cli.pipeline.plan import Plan


@dataclass(frozen=True)
class ChainSource:
    """What a page is made of: the steps as they were asked for, and their input."""

    ops: tuple[Op, ...]
    typed: str
    input: str | None
    reading: Reading
    vary: tuple[str, ...]


def check_chain_page(options: ExplainChainOptions, pipeline: Pipeline) -> None:
    """Raise UsageError for a page that cannot be, or would take the place of another file."""
    path = options.output
    if path is None:
        if options.vary:
            raise UsageError("goes with --output PAGE.html", subject="--vary")
        return
    if ending(path) not in PAGE_ENDINGS:
        raise UsageError(f"must end in {', '.join(PAGE_ENDINGS)}", subject=f"--output {path}")
    read = [*read_files(pipeline), *named_files(("--input", options.input))]
    check_apart(named_files(("--output", path)), read)
    check_free(path, options.if_exists)


def write_chain_page(
    plan: Plan, ops: tuple[Op, ...], options: ExplainChainOptions, reading: Reading
) -> None:
    """Write the page; raise UsageError or InputError where it cannot be made."""
    assert options.output is not None
    vary = [text for text in options.vary if text != "none"]
    variations = [parse_step_variation(text, ops) for text in vary]
    checked_count([each.varied for each in variations])
    source = ChainSource(ops, options.steps, options.input, reading, options.vary)
    write_single(options.output, page_of_chain(source, plan, variations), options.if_exists)


def page_of_chain(source: ChainSource, plan: Plan, variations: list[VariedStep]) -> bytes:
    """Return the page of a chain on an input, the same in every state."""
    given = source.input or "x".join(map(str, plan.steps[0].before))
    model = PageModel()
    # What is asked for itself must be possible.
    own = _state(source, plan, source.typed, source.input)
    made = [*varied_chains(source.ops, variations)]
    for ops in made:
        if isinstance(ops, str):
            model.add(printable(ops))
        else:
            model.add(own if ops == source.ops else _planned(source, ops, given))

    def refusal() -> UsageError:
        ops = next((one for one in made if not isinstance(one, str)), None)
        fits = (
            (lambda: plan_input(Pipeline.of(*ops), None, source.reading).steps[0].before)
            if ops
            else None
        )
        return none_possible(source.vary, str(made[0]), given, fits)

    sliders = [_slider(each, source, plan) for each in variations]
    controls, notes = controls_at_start(model, sliders, refusal)
    return layer_page(source.typed, model.to_json(controls, []), notes)


def _slider(each: VariedStep, source: ChainSource, plan: Plan) -> Slider:
    step = plan.steps[each.place]
    own = own_value(each.varied.name, step.op, step.before)
    return Slider(each.varied, each.label(source.ops), own)


def _planned(source: ChainSource, ops: tuple[Op, ...], given: str) -> dict[str, Any] | str:
    """Return a state, or the sentence that refuses it."""
    try:
        plan = plan_input(Pipeline.of(*ops), given, source.reading)
        return _state(source, plan, typed_steps(ops), given)
    except UpdownError as error:
        return printable(str(error))


def _state(source: ChainSource, plan: Plan, typed: str, given: str | None) -> dict[str, Any]:
    traced = traced_steps(plan, given, source.reading)
    return {
        "command": explain_steps(typed, given, source.reading),
        "panels": [_panel(each) for each in traced],
        "code": [["torch", chain_code(plan)]],
        "start": start_of(traced[-1].trace),
    }


def _panel(each: ChainStep) -> dict[str, Any]:
    panel = panel_of(each.trace) if each.joined is None else join_panel(each.joined)
    head = panel_head(Explanation(each.step, each.trace))
    return panel | head | {"stamps": None, "keeper": each.keeper}
