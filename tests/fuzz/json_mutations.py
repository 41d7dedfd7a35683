"""Mutations that know JSON: a value is replaced, moved or taken away, all else is whole."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.fuzz.mutations import MUTATIONS, Mutation

#: Values that readers trip over, as JSON has them.
HOSTILE = (
    "null", "true", "[]", "{}", '""', "0", "-1", "1e999", "NaN", "-Infinity", "0.5", "1e-320",
    "1e308", "9" * 19, "9" * 400, "-" + "9" * 5000, "65535", "65536", "4294967296", "[1,2,3,4]",
    "[null]", '"\\u0000"', '"\\ud800"', '"\\udcff"', '"\\u202e\\u001b[31m"', '"' + "x" * 300 + '"',
    '"inf"', '"nan"', '"same"', '"@"', '"/dev/zero"', '"/dev/tty"', '"."', '"k.npy"', '"1/0"',
    '"9/7"', '"1e9"', '"\\u0663"', "[" * 40 + "]" * 40, '{"a":' * 40 + "1" + "}" * 40,
    '[1,"2",[3]]', '{"a":1,"a":2}', "[0.5,2]", "[3]", "[65535]", '[2,"1/3"]',
)  # fmt: skip

#: What stands for a hostile value until the text is made.
MARK = re.compile(r'"@@(\d+)@@"')


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (container, key) of all that is in a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in list(parts):
        yield value, key
        if isinstance(part, (dict, list)):
            yield from _places(part)


def _changed(value: Any, dice: random.Random) -> None:
    places = list(_places(value)) if isinstance(value, (dict, list)) else []
    if not places:
        return
    container, key = dice.choice(places)
    match dice.randrange(4):
        case 0 if isinstance(container, dict):
            container[dice.choice(("", "x", "a b", "\0", key + "s", "op"))] = container.pop(key)
        case 1:
            del container[key]
        case 2:
            other, other_key = dice.choice(places)
            container[key] = deepcopy(other.get(other_key)) if isinstance(other, dict) else None
        case _:
            container[key] = f"@@{dice.randrange(len(HOSTILE))}@@"


def change_json(data: bytearray, dice: random.Random, files: list[bytes]) -> None:
    """Change values in JSON; in one line of several. What is none is left as it is."""
    lines = bytes(data).split(b"\n")
    number = dice.randrange(len(lines))
    whole = dice.choice((True, False))
    try:
        value = json.loads(bytes(data) if whole else lines[number])
    except (ValueError, RecursionError):
        return
    for _ in range(dice.choice((1, 1, 2, 3))):
        _changed(value, dice)
    made = MARK.sub(lambda mark: HOSTILE[int(mark[1])], json.dumps(value)).encode()
    data[:] = made if whole else b"\n".join([*lines[:number], made, *lines[number + 1 :]])


#: For files of JSON: most mutants are JSON still.
JSON_MUTATIONS: tuple[Mutation, ...] = (*MUTATIONS, *[change_json] * 16)
