"""What is told of each step of a chain: its sizes and, of a small input, every number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from updown_cli.batch.explain_input import source_numbers
from updown_cli.engine.devices import start_torch
from updown_cli.explain.chain_traces import ChainStep, is_traceable, trace_chain
from updown_cli.explain.explanation import Explanation, trace_json
from updown_cli.op.pool_indices import is_index_name

if TYPE_CHECKING:
    from updown_cli.files.reading import Reading
    from updown_cli.pipeline.plan import Plan, Step


def traced_steps(plan: Plan, given: str | None, reading: Reading) -> list[ChainStep]:
    """Return every step at work on the input; raise InputError for more than can be looked at."""
    start_torch("cpu")
    numbers, white = source_numbers(plan.steps[0], given, reading)
    return [*trace_chain(plan, numbers, white)]


def explained_steps(plan: Plan, given: str | None, reading: Reading) -> list[dict[str, Any]]:
    """Return what `explain` tells of each step alone as JSON, on what the step before it gives.

    Numbers are left out of a chain in which any step has more than can be looked at, or takes
    positions from a file.
    """
    if not all(is_traceable(step) and not _reads_positions(step) for step in plan.steps):
        return [Explanation(step, None).to_json() for step in plan.steps]
    return [_explained(each) for each in traced_steps(plan, given, reading)]


def _reads_positions(step: Step) -> bool:
    told_by = step.op.told_by
    return told_by is not None and not is_index_name(told_by)


def _explained(each: ChainStep) -> dict[str, Any]:
    told = Explanation(each.step, each.trace).to_json()
    if each.joined is None or each.keeper is None:
        return told
    kept = {"name": each.joined.name, "step": each.keeper + 1, **trace_json(each.joined.kept)}
    return told | {"kept": kept}
