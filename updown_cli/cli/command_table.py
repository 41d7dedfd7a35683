"""Every command: its name, its summary, and where it is found."""

from __future__ import annotations

from importlib import import_module

import click

from updown_cli import ops

#: The commands that are no operations; each is in the module of its name.
SUMMARIES = {
    "chain": "Apply several operations, one after the other.",
    "preprocess": "Make the tensor that a model's own configuration makes of a picture.",
    "shapes": "Tell shapes, receptive fields and costs of a chain before it runs.",
    "explain": "Tell the arithmetic of a layer, with numbers.",
    "fit": "Learn the weights of layers from pairs of pictures.",
    "compare": "Measure how pictures differ, with limits for CI.",
    "identify": "Tell which library and mode made one picture of another.",
    "doctor": "Measure what a resize does to pictures, with test signals.",
    "sheet": "Show what chains make of pictures side by side.",
    "values": "Show the numbers of a picture, or write some.",
    "infer": "Find the parameters that lead from one size to another.",
    "bench": "Time operations on this machine.",
    "warm": "Keep torch loaded, so that calls start at once.",
    "completion": "Print the completion script of a shell.",
}


def summaries() -> dict[str, str]:
    """Return the summaries in the order of the help."""
    return {**ops.SUMMARIES, **SUMMARIES}


def load_command(name: str) -> click.Command:
    """Import a command."""
    if name in ops.OPS:
        from updown_cli.cli.op_command import op_command

        return op_command(ops.OPS[name])
    found: click.Command = getattr(import_module(f"updown_cli.cli.{name}"), name)
    return found
