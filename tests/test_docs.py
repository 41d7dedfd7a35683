"""The generated pages say what the code says."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from docs import make_commands, make_formats, make_networks
from updown_cli.cli.main import updown
from updown_cli.cli.op_command import op_from_options
from updown_cli.ops import OPS

ROOT = Path(__file__).parent.parent
EXAMPLES = [example for family in OPS.values() for example in family.examples]


@pytest.mark.parametrize(
    "maker", [make_commands, make_formats, make_networks], ids=lambda m: m.__name__
)
def test_a_generated_page_is_fresh(maker: ModuleType) -> None:
    assert maker.PAGE.read_text() == maker.page(), f"run {maker.__name__}"


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_in_help_are_command_lines(example: str) -> None:
    np.savez("net.npz", weight=np.ones((4, 3, 3, 3)), bias=np.ones(4))
    for name in ("network.json", "weights.pt"):
        shutil.copy(ROOT / "sample_images" / name, name)
    program, name, *arguments = shlex.split(example)
    command = updown.commands[name]
    context = command.make_context(name, arguments)
    assert program == "updown"
    assert op_from_options(OPS[name], context.params).command == name


def test_every_command_is_on_the_page() -> None:
    assert {f"## updown {name}" for name in updown.commands} <= set(
        make_commands.PAGE.read_text().splitlines()
    )
