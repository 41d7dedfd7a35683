"""Whether two files hold the same bytes, whatever they are."""

from __future__ import annotations

from updown_cli.errors import InputError
from updown_cli.stores.names import open_regular
from updown_cli.stores.same_content import same_content


def have_same_bytes(a: str, b: str) -> bool:
    """Whether two regular files hold the same bytes; False of what cannot be read."""
    try:
        with open_regular(a) as one, open_regular(b) as other:
            return same_content(one, other)
    except (InputError, OSError):
        return False
