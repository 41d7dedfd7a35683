"""How an option that all commands share is declared."""

from __future__ import annotations

import os
from typing import Any

import click

from updown_cli.cli.click_types import ClickParamType
from updown_cli.op.param_types import Choice


def option(*names: str, **settings: Any) -> click.Option:
    """Return an option that can also come from the environment: UPDOWN_DEVICE."""
    variable = "UPDOWN_" + names[0].split("/")[0].removeprefix("--").replace("-", "_").upper()
    return click.Option(list(names), envvar=variable, **settings)


def remember_debugging(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    """Leave word to all that is to come, worker processes as well."""
    if wanted:
        os.environ["UPDOWN_DEBUG"] = "1"


def choice(name: str, names: tuple[str, ...], default: str, text: str) -> click.Option:
    """Return an option that takes one of several words."""
    kind = Choice(names)
    return option(
        name,
        type=ClickParamType(kind),
        metavar=kind.metavar,
        default=default,
        show_default=True,
        help=text,
    )
