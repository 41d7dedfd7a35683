"""JSON files read without trusting them: regular files only, of a limited size."""

from __future__ import annotations

from typing import Any

from updown_cli.errors import InputError
from updown_cli.op.json_text import parse_json
from updown_cli.tensors.npy import open_regular


def read_json(path: str, most_bytes: int, too_large: str) -> Any:
    """Return what a JSON file says.

    Raises InputError for a file that cannot be read or has more bytes, for which `too_large` is
    the reason, and NotJsonError for what is no JSON.
    """
    with open_regular(path) as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise InputError(too_large, code="too_large")
    return parse_json(data)
