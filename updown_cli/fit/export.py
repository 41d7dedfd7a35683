"""Chains with their weights as files that other programs run."""

from __future__ import annotations

from collections.abc import Callable

from updown_cli.fit.module_file import module_text
from updown_cli.fit.onnx_model import onnx_model
from updown_cli.pipeline.pipeline import Pipeline
from updown_cli.pipeline.plan import Plan

#: What writes a chain and its plan, by what the name of the file ends in.
EXPORTS: dict[str, Callable[[Pipeline, Plan], bytes]] = {
    ".onnx": onnx_model,
    ".py": lambda _, plan: module_text(plan).encode(),
}
