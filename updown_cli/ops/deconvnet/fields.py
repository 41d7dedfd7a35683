"""Fields of a JSON object, checked against what a dataclass declares."""

from __future__ import annotations

from typing import Any

from updown_cli.op.param_types import Flag, Floats, Int, ParamType
from updown_cli.op.parameter import Parameter, parameters_of
from updown_cli.op.per_axis import PerAxis
from updown_cli.op.schema import Given

# Longer words are no names and no keys.
LONGEST_WORD = 200


def load_fields(cls: type[Any], given: Given) -> Any:
    """Return the dataclass with the members of an object; raise SchemaError if they do not fit."""
    return cls(**{p.name: _value(p, given.member(p.name)) for p in parameters_of(cls)})


def fields_of(cls: type[Any]) -> tuple[str, ...]:
    """Return the names that such an object may have."""
    return tuple(parameter.name for parameter in parameters_of(cls))


def _value(parameter: Parameter, given: Given) -> Any:
    if given.value is None:
        if parameter.required:
            raise given.error("is needed", shown=False)
        return parameter.default
    try:
        typed = _typed(parameter.kind, given.value)
        parameter.kind.check(typed)
    except ValueError as error:
        raise given.error(str(error)) from None
    return typed


def _typed(kind: ParamType, value: Any) -> Any:
    """Return a JSON value as the kind has it; raise ValueError for another type."""
    if isinstance(kind, Flag):
        return _of(bool, value, "must be true or false")
    if isinstance(kind, Int):
        return _of(int, value, "must be a whole number")
    if isinstance(kind, PerAxis):
        words = "must be a whole number, or two: height, width"
        numbers = tuple(_of(int, part, words) for part in _listed(value))
        if len(numbers) > 2:
            raise ValueError(words)
        return numbers
    if isinstance(kind, Floats):
        words = "must be a number, or one for each channel"
        return tuple(float(_of((int, float), part, words)) for part in _listed(value))
    text = _of(str, value, "must be text")
    if len(text) > LONGEST_WORD or not (text.isprintable() or not text):
        raise ValueError(f"must be up to {LONGEST_WORD} printable characters")
    return text


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _of(types: type | tuple[type, ...], value: Any, words: str) -> Any:
    """Return a value of these types; true and false are no numbers."""
    if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
        raise ValueError(words)
    return value
