"""The equal torch code of several operations."""

from __future__ import annotations

from updown_cli.explain.equal_code import torch_code
from updown_cli.op.kept_name import variable
from updown_cli.pipeline.plan import Plan, Step


def chain_code(plan: Plan) -> str:
    """Return code that makes `y` of `x` in as many parts as there are steps.

    The positions that a pool found are kept as `indices_N` until the unpool that needs them, and
    the result of a step that ends in `@e1` as `kept_e1`.
    """
    imports: dict[str, None] = {}
    parts = []
    for number, step in enumerate(plan.steps, 1):
        lines = torch_code(step.op, step.before, step.frames[0]).splitlines()
        imports |= dict.fromkeys(line for line in lines if line.startswith(("import ", "from ")))
        body = "\n".join(line for line in lines if line not in imports).strip()
        parts.append(
            "\n".join([f"# {step.name or step.op.command}", *_around(plan, number, step, body)])
        )
    return "\n".join(imports) + "\n\n" + "\nx = y\n\n".join(parts) + "\n"


def _around(plan: Plan, number: int, step: Step, body: str) -> list[str]:
    """Return the lines of a step, with positions taken before and kept after."""
    lines = [body]
    if step.undoes is not None:
        lines.insert(0, f"indices = indices_{plan.steps.index(step.undoes) + 1}")
    if step.positions:
        lines.append(f"indices_{number} = indices")
    if step.op.kept_as:
        lines.append(f"{variable(step.op.kept_as)} = y")
    return lines
