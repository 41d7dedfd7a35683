"""The help of operations: two screens for the chosen mode, all of it where that is asked for."""

from __future__ import annotations

import pytest

from tests.conftest import Updown
from updown_cli.cli.op_help import gist
from updown_cli.ops import OPS

# Lines of two screens of a terminal; most modes need fewer than 50.
TWO_SCREENS = 2 * 31

MODES = [(name, mode) for name, family in OPS.items() for mode in family.mode_names or [""]]


@pytest.mark.parametrize(("name", "mode"), MODES)
def test_the_help_of_a_mode_fits_two_screens(updown: Updown, name: str, mode: str) -> None:
    chosen = ("--mode", mode) if mode else ()
    done = updown(name, *chosen, "--help")
    lines = done.stdout.splitlines()
    assert (done.code, done.stderr) == (0, "")
    assert len(lines) <= TWO_SCREENS
    assert max(map(len, lines[:-4])) <= 80


def test_every_mode_is_told_in_one_line(updown: Updown) -> None:
    lines = updown("pool", "--help").stdout.splitlines()
    first = lines.index("Modes, chosen by --mode:") + 1
    assert lines[first : first + 3] == [
        "  max             The largest value of every window.",
        "  avg             The mean of every window.",
        "  min             The smallest value of every window.",
    ]
    modes = [line.split()[0] for line in lines[first : lines.index("", first)]]
    assert modes == [*OPS["pool"].mode_names]


@pytest.mark.parametrize("typed", [("--mode", "lp"), ("--mode=lp",)])
def test_the_options_are_those_of_the_chosen_mode(updown: Updown, typed: tuple[str, ...]) -> None:
    text = updown("pool", *typed, "--help").stdout
    assert "Options of --mode lp:" in text
    assert "--norm-type X" in text
    assert "--count-include-pad" not in text
    other = updown("pool", "--help").stdout
    assert "Options of --mode max:" in other
    assert "--norm-type" not in other


@pytest.mark.parametrize("name", OPS)
def test_all_help_tells_every_option_and_mode(updown: Updown, name: str) -> None:
    done = updown(name, "--help-all")
    assert done.code == 0
    for parameter in OPS[name].parameters():
        assert "--" + parameter.replace("_", "-") in done.stdout
    for option in ("--max-memory", "--if-exists", "--linear-light", "--report"):
        assert option in done.stdout
        assert option in updown(name, "--help").stdout


def test_a_gist_ends_where_details_begin() -> None:
    assert [gist(cls) for cls in OPS["pool"].modes if cls.mode == "lp"] == [
        "The p-norm of every window."
    ]
