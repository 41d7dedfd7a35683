"""A chain as a file of Python that holds a torch.nn.Module."""

from __future__ import annotations

from textwrap import indent

from updown_cli.explain.chain_code import chain_code
from updown_cli.pipeline.plan import Plan

HEAD = '''class Chain(torch.nn.Module):
    """{steps}, for images of {shape}."""

    def forward(self, x):
'''


def module_text(plan: Plan) -> str:
    """Return Python whose class `Chain` does what a plan does; its files are read as it is run."""
    lines = chain_code(plan).splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    body = "\n".join(line for line in lines if line not in imports).strip("\n")
    steps = ", ".join(step.op.command for step in plan.steps)
    head = HEAD.format(steps=steps, shape=plan.steps[0].before)
    above = "\n".join(dict.fromkeys(["import torch", *imports]))
    return f"{above}\n\n\n{head}{indent(body, ' ' * 8)}\n        return y\n"
