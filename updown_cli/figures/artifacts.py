"""Artifacts that are drawn, each by a module that is loaded when there is one to draw."""

from __future__ import annotations

from importlib import import_module

from updown_cli.op.artifact import Artifact

#: By the class of the artifact: the module here whose `draw_artifact` gives a file.
DRAWN_BY = {"Findings": "projection_sheet"}


def draw_artifact(artifact: Artifact) -> bytes:
    """Return the file that shows an artifact."""
    module = import_module(f"updown_cli.figures.{DRAWN_BY[type(artifact).__name__]}")
    content: bytes = module.draw_artifact(artifact)
    return content
