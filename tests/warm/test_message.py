"""Messages that no caller sends leave the worker as it is."""

from __future__ import annotations

import marshal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.warm.test_warm import name_of_socket, runtime, status
from updown_cli.warm import wire
from updown_cli.warm.call import this_call
from updown_cli.warm.message import check_message

__all__ = ["runtime"]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what a process with plain streams sends; pytest's standard input is none."""
    monkeypatch.setattr(sys, "stdin", sys.__stdin__)
    return this_call([0, 1, 2], ())


def hostile(call: dict[str, Any]) -> Iterator[bytes]:
    """Yield messages as they go over the socket, most with a length that is right."""
    wishes: list[Any] = [None, 3, [], {}, {"wish": []}, {"wish": "fly"}, {"wish": "run"}]
    others: list[Any] = [None, 7, [[]], {1: 2}, b"x"]
    wishes += [{**call, name: value} for name in call for value in others]
    wishes += [{**call, "limits": {1: ()}}, {**call, "limits": {10**40: (1, 2)}}]
    for message in wishes:
        data = marshal.dumps(message)
        yield len(data).to_bytes(wire.LENGTH, "big") + data
    yield b"\xff\xff\xff\xff"
    yield b"\0\0\0\x04[\xff\xff\xff"
    yield b"\0\0"
    yield b""


def test_a_worker_outlives_every_message(runtime: str, call: dict[str, Any]) -> None:
    path = str(Path(runtime, "updown", name_of_socket(runtime)))
    before = status(runtime)
    for message in hostile(call):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            connection.sendall(message)
    after = status(runtime)
    assert (after["pid"], after["calls"]) == (before["pid"], before["calls"])


def test_what_a_caller_sends_is_taken(call: dict[str, Any]) -> None:
    check_message(call)
    check_message({"wish": "status"})


@pytest.mark.parametrize("name", ["surroundings", "arguments", "environment", "umask", "limits"])
def test_a_call_without_a_part_is_refused(call: dict[str, Any], name: str) -> None:
    del call[name]
    with pytest.raises(ValueError, match=name):
        check_message(call)
