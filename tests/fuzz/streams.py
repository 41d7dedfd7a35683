"""What comes through pipes: pictures on standard input, calls for the warm worker, typed values."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from tests.fuzz.json_mutations import JSON_MUTATIONS
from tests.fuzz.kind import Kind
from tests.fuzz.pictures import READING, bases, fault_of
from updown_cli.files.read import read_stream
from updown_cli.op.param_types import ParamType
from updown_cli.ops import OPS
from updown_cli.warm import wire
from updown_cli.warm.call import fits, limits
from updown_cli.warm.message import ANY_FAILURE, check_message

# A pipe takes so many bytes at once; mutants beyond are cut.
PIPE = 60_000


def piped(path: str, number: int) -> str:
    """Read a picture from a pipe that waits, or that does not."""
    reader, writer = os.pipe()
    os.set_blocking(reader, bool(number % 2))
    with open(reader, "rb") as stream:
        os.write(writer, Path(path).read_bytes()[:PIPE])
        os.close(writer)
        return fault_of(read_stream(stream, READING))


def through_pipes() -> list[bytes]:
    """Return files of some formats and arrays."""
    return [data for ending in (".png", ".jpg", ".gif", ".npy") for data in bases(ending)]


def calls() -> list[bytes]:
    """Return calls and wishes, as JSON that `asked` turns into what goes over the socket."""
    own: dict[str, Any] = {
        "wish": "run", "surroundings": [["0.2", "x"], [], {}], "arguments": ["updown", "pool"],
        "environment": {"A": "b"}, "umask": 18, "nice": 0, "limits": {"0": [1, 2]}, "blocked": [2],
        "ignored": [1], "streams": [["utf-8", "strict", False]] * 3, "descriptors": [0, 1, 2],
    }  # fmt: skip
    return [json.dumps(message).encode() for message in (own, {"wish": "status"})]


def asked(path: str, number: int) -> str:
    """Ask what a worker would be asked."""
    message = json.loads(Path(path).read_bytes())
    if number % 2 and isinstance(message, dict):
        message |= {"limits": limits(), "environment": {b"A": b"b"}}
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, message)
        message = wire.receive(theirs)
    check_message(message)
    if message["wish"] == "run":
        fits(message, message["surroundings"])
    return ""


def value_types() -> list[ParamType]:
    """Return every type of value that an operation has, once."""
    found: dict[str, ParamType] = {}
    for family in OPS.values():
        for each in family.parameters().values():
            found |= {repr(parameter.kind): parameter.kind for _, parameter in each}
    return [found[name] for name in sorted(found)]


TYPES = value_types()


def typed(path: str, number: int) -> str:
    """Read what was typed for a parameter; what is taken comes back from JSON."""
    kind = TYPES[number % len(TYPES)]
    value = kind.parse(os.fsdecode(Path(path).read_bytes()))
    kind.check(value)
    data = json.loads(json.dumps(kind.dump(value), allow_nan=False))
    kind.check_json(data)
    again = kind.load(data)
    kind.check(again)
    return "" if again == value else f"{value!r} comes back as {again!r}"


def words() -> list[bytes]:
    """Return what can be typed for some parameter."""
    plain = (
        "3 -1 2x3 2x3x4 same 0.5 29/100 50% 1,2,3 4G inf nan max @a a.npz::k 1e308 _x3 true k.npy"
    )
    return [word.encode() for word in (*plain.split(), "1 2 1; 2 4 2; 1 2 1", "9" * 25, "\u0663")]


KINDS = {
    "stream": Kind(".bin", through_pipes, (piped,)),
    "message": Kind(".json", calls, (asked,), ANY_FAILURE, JSON_MUTATIONS),
    "typed": Kind(".txt", words, (typed,), refusals=(ValueError,)),
}
