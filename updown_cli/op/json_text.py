"""JSON that nobody vouches for: parsed without surprises, and shown in few letters."""

from __future__ import annotations

from typing import Any

# Letters of a value that a message shows.
MOST_SHOWN = 40


class NotJsonError(Exception):
    """What was parsed is no JSON; `place` says where, if that can be told."""

    def __init__(self, place: str = "") -> None:
        super().__init__(place)
        self.place = place


def parse_json(data: bytes) -> Any:
    """Return what JSON says; raise NotJsonError for what is none, nested too deep, or NaN."""
    import json

    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise NotJsonError(f"line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError):
        raise NotJsonError from None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"JSON has no {name}")


def short_json(data: Any) -> str:
    """Return a JSON value for a message, cut where it is long."""
    import json

    text = json.dumps(data, ensure_ascii=False)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."
