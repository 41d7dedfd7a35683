"""JSON files read without trusting them: regular files only, of a limited size."""

from __future__ import annotations

from typing import Any

from updown_cli.op.schema import parse_json
from updown_cli.stores.names import open_regular
from updown_cli.tensors.npy import read_at_most


def read_json(path: str, most_bytes: int, too_large: str) -> Any:
    """Return what a JSON file says.

    Raises InputError for a file that cannot be read or has more bytes, for which `too_large` is
    the reason, and for what `parse_json` refuses.
    """
    with open_regular(path) as file:
        return parse_json(read_at_most(file, most_bytes, too_large))
