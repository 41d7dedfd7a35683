"""The page of a chain: a panel for each step, and the light goes through all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.batch.explain_input import is_traceable, source_numbers
from updown_cli.batch.named_files import check_apart, named_files, read_files
from updown_cli.batch.single_file import check_free, write_single
from updown_cli.cli.explain_page import PAGE_ENDING, layer_panel
from updown_cli.engine.devices import start_torch
from updown_cli.errors import InputError, UsageError
from updown_cli.explain.chain_code import chain_code
from updown_cli.explain.explanation import Explanation
from updown_cli.explain.traces import MOST_TRACED, trace_op
from updown_cli.figures.layer_page import layer_page
from updown_cli.files.formats import ending
from updown_cli.pipeline.pipeline import Pipeline

if TYPE_CHECKING:
    from updown_cli.cli.explain import ExplainChainOptions
    from updown_cli.files.reading import Reading
    from updown_cli.pipeline.plan import Plan


def write_chain_page(plan: Plan, options: ExplainChainOptions, reading: Reading) -> None:
    """Write the page; raise UsageError or InputError where it cannot be made."""
    path = options.output or ""
    if ending(path) != PAGE_ENDING:
        raise UsageError(f"must end in {PAGE_ENDING}", subject=f"--output {path}")
    pipeline = Pipeline(tuple(step.op for step in plan.steps))
    read = [*read_files(pipeline), *named_files(("--input", options.input))]
    check_apart(named_files(("--output", path)), read)
    check_free(path, options.if_exists)
    write_single(path, page_of_chain(plan, options, reading), options.if_exists)


def page_of_chain(plan: Plan, options: ExplainChainOptions, reading: Reading) -> bytes:
    """Return the page of a chain on an input, which has one state."""
    words = f" --input {options.input}" if options.input else ""
    state = {
        "command": f"updown explain chain '{options.steps}'{words}",
        "panels": _panels(plan, options.input, reading),
        "code": [["torch", chain_code(plan)]],
        "start": 0,
    }
    model = {"controls": [], "index": [0], "states": [state], "views": []}
    return layer_page(options.steps, model)


def _panels(plan: Plan, given: str | None, reading: Reading) -> list[dict[str, Any]]:
    start_torch("cpu")
    panels = []
    numbers, white = source_numbers(plan.steps[0], given, reading)
    for number, step in enumerate(plan.steps, 1):
        if step.undoes is not None or step.joins is not None or step.op.kept_as:
            raise InputError(
                f"step {number}, {step.op.command}, takes more than what the step before gives",
                hint="a page shows chains in which nothing else is handed on",
            )
        if not is_traceable(step):
            reason = f"more than {MOST_TRACED} values are not looked at"
            raise InputError(reason, hint="give a smaller --input", code="too_large")
        trace = trace_op(step.op, numbers, (), white)
        panels.append(layer_panel(Explanation(step, trace)) | {"stamps": None})
        numbers = trace.output
    return panels
