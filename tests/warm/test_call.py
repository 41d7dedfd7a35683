"""Which calls a worker takes, by what it has in common with them."""

from __future__ import annotations

import os
from typing import Any

import pytest

from updown_cli.warm import call
from updown_cli.warm.call import fits, limits, surroundings
from updown_cli.warm.place import installation


def asked() -> dict[str, Any]:
    """Return what a call of this process tells of it."""
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    return {"surroundings": surroundings(), "nice": nice, "limits": limits()}


def test_a_worker_takes_a_call_of_its_own_surroundings() -> None:
    assert fits(asked(), surroundings())


@pytest.mark.parametrize("part", range(4))
def test_a_worker_of_another_installation_takes_no_call(
    monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Another version, folder, prefix or Python."""
    mine = asked()
    other = list(installation())
    other[part] += "x"
    monkeypatch.setattr(call, "installation", lambda: tuple(other))
    assert not fits(mine, surroundings())


@pytest.mark.parametrize(("more", "expected"), [(-1, False), (0, True), (1, True)])
def test_a_worker_takes_no_call_that_is_to_run_before_it(more: int, expected: bool) -> None:
    """A process can lower its priority, but not raise it."""
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert fits({**asked(), "nice": own + more}, surroundings()) == expected
