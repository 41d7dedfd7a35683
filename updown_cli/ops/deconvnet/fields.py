"""Fields of a JSON object, checked against what a dataclass declares."""

from __future__ import annotations

from typing import Any

from updown_cli.op.json_text import short_json
from updown_cli.op.meant import nearest_name
from updown_cli.op.param_types import Flag, Floats, Int, ParamType
from updown_cli.op.parameter import Parameter, parameters_of
from updown_cli.op.per_axis import PerAxis

# Longer words are no names and no keys.
LONGEST_WORD = 200


class Misfit(Exception):  # noqa: N818 (it becomes a ParameterError where the file is known)
    """Something in the file is not what it must be: where, and why."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}" if where else reason)


def load_fields(cls: type[Any], data: dict[str, Any], where: str) -> Any:
    """Return the dataclass with the fields of a JSON object; raise Misfit where they do not fit."""
    parameters = {parameter.name: parameter for parameter in parameters_of(cls)}
    for name in data:
        if name not in parameters:
            near = nearest_name(name, tuple(parameters))
            known = near or f"; there are {', '.join(parameters)}"
            raise Misfit(where, f"unknown field {short_json(name)}{known}")
    given = {
        name: _value(parameter, data, f"{where}.{name}") for name, parameter in parameters.items()
    }
    return cls(**given)


def _value(parameter: Parameter, data: dict[str, Any], where: str) -> Any:
    value = data.get(parameter.name)
    if value is None:
        if parameter.required:
            raise Misfit(where, "is needed")
        return parameter.default
    try:
        typed = _typed(parameter.kind, value)
        parameter.kind.check(typed)
    except ValueError as error:
        raise Misfit(f"{where} {short_json(value)}", str(error)) from None
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
