"""The same layer with other parameters: what the sliders of a page choose between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from updown_cli.errors import UpdownError, UsageError
from updown_cli.op.base import Op
from updown_cli.op.family import Family
from updown_cli.op.meant import nearest_name
from updown_cli.op.param_types import Choice, Flag, Int
from updown_cli.op.parameter import Parameter, option_name
from updown_cli.op.per_axis import Padding, Sizes
from updown_cli.op.shape import Shape

#: States that a page can hold, and those it has of itself.
MOST_STATES, USUAL_STATES = 600, 160

MODE = "mode"

#: What varies where nothing is said, as far as there is room, and between which numbers.
USUAL: dict[str, tuple[int, int]] = {
    "kernel_size": (1, 4),
    "stride": (1, 3),
    "padding": (0, 2),
    "upscale_factor": (1, 3),
    "downscale_factor": (1, 3),
    "dilation": (1, 2),
    "output_padding": (0, 1),
}
#: Flags and words that vary after them.
USUAL_WORDS = (
    *("align_corners", "antialias", "coordinates", "order", "ceil_mode"),
    *("count_include_pad", "overlapping"),
)


@dataclass(frozen=True)
class Varied:
    """A parameter, or the mode, and the values it has; `texts` are how these are typed."""

    name: str
    values: tuple[Any, ...]
    texts: tuple[str, ...]

    def number_of(self, value: Any) -> int | None:
        """Return which of the values one is, if any."""
        found = (number for number, each in enumerate(self.values) if same(each, value))
        return next(found, None)


def own_value(name: str, op: Op, shape: Shape) -> Any:
    """Return what a planned operation has of a parameter, or its mode, on images of a shape."""
    return op.mode if name == MODE else op.filled_in(name, shape)


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same: a number for all axes is that number on each."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return set(one) == set(other)
    return bool(one == other)


def usual_variations(op: Op) -> list[Varied]:
    """Return what varies where nothing is said: what an operation has, as far as there is room."""
    declared = {parameter.name: parameter for parameter in op.parameters()}
    found: list[Varied] = []
    room = USUAL_STATES
    for name in (*USUAL, *USUAL_WORDS):
        parameter = declared.get(name)
        if parameter is None or (getattr(op, name) is None and name != "stride"):
            continue
        varied = _usual(parameter, getattr(op, name))
        if varied is None or len(varied.values) > room or not _can_vary(op, varied):
            continue
        found.append(varied)
        room //= len(varied.values)
    return found


def _usual(parameter: Parameter, value: Any) -> Varied | None:
    if parameter.name not in USUAL:
        return _every_value(parameter)
    if isinstance(value, str) or not isinstance(parameter.kind, Sizes | Padding | Int):
        return None
    low, high = USUAL[parameter.name]
    here = value[0] if isinstance(value, tuple) else value
    numbers = range(low, max(high, here or low) + 1)
    if (isinstance(value, tuple) and len(set(value)) > 1) or len(numbers) > 8:
        return None
    return _numbers(parameter, numbers)


def _can_vary(op: Op, varied: Varied) -> bool:
    """Whether any other value is possible."""
    from dataclasses import replace

    for number, value in enumerate(varied.values):
        if number == varied.number_of(getattr(op, varied.name)):
            continue
        try:
            replace(op, **{varied.name: value})
        except UpdownError:
            continue
        return True
    return False


def _every_value(parameter: Parameter) -> Varied:
    """Return a flag or a word with all its values."""
    if isinstance(parameter.kind, Choice):
        return Varied(parameter.name, parameter.kind.names, parameter.kind.names)
    return Varied(parameter.name, (False, True), ("off", "on"))


def _numbers(parameter: Parameter, numbers: range) -> Varied:
    per_axis = isinstance(parameter.kind, Sizes | Padding)
    values = tuple((number,) if per_axis else number for number in numbers)
    return Varied(parameter.name, values, tuple(map(str, numbers)))


def parse_variation(text: str, op: Op, family: Family, step: str = "") -> Varied:
    """Read `name=a..b`, `name=a,b,c` or `name`; raise UsageError for what is none.

    `step` tells which step of a chain it is, whose number or name then stands before a point.
    """
    typed, _, given = text.partition("=")
    typed = typed.strip()
    name = typed.rpartition(".")[2] if step else typed
    name = name.removeprefix("--").replace("-", "_")
    if name == MODE and op.mode:
        return _modes(given, text, op, family)
    declared = {parameter.name: parameter for parameter in op.parameters()}
    if name not in declared:
        raise UsageError(_not_declared(name, op, family, step), subject=_said(text))
    parameter = declared[name]
    if isinstance(parameter.kind, Flag | Choice) and not given:
        return _every_value(parameter)
    return _listed(parameter, given, typed, text)


def _modes(given: str, text: str, op: Op, family: Family) -> Varied:
    own = tuple(dict.fromkeys(cls.mode for cls in family.modes_like(op.like)))
    modes = tuple(given.split(",")) if given else own
    for mode in modes:
        if wrong := family.wrong_mode(mode, op.like):
            raise UsageError(wrong.removeprefix(f"--mode {mode}: "), subject=_said(text))
    return Varied(MODE, modes, modes)


def _not_declared(name: str, op: Op, family: Family, step: str) -> str:
    """Return why a name is no parameter of an operation: another mode's, or none at all."""
    owner = f"{step}, {op.command}" if step else op.command
    if name in family.parameters():
        wrong = family.wrong_parameter(name, op.like)
        return f"{owner}: {wrong}" if step else wrong
    options = [option_name(parameter.name)[2:] for parameter in op.parameters()]
    return f"{owner} has no such parameter{nearest_name(option_name(name)[2:], options)}"


def _listed(parameter: Parameter, given: str, typed: str, text: str) -> Varied:
    kind, words = parameter.kind, given.split(",")
    ranged = isinstance(kind, Sizes | Padding | Int)
    match = re.fullmatch(r"([0-9]{1,5})\.\.([0-9]{1,5})", given)
    if match and ranged:
        low, high = map(int, match.groups())
        if high < low or high - low >= MOST_STATES:
            raise UsageError("must rise, by less than 600", subject=_said(text))
        words = [str(number) for number in range(low, high + 1)]
    if isinstance(kind, Flag):
        words = ["true" if word in ("on", "true") else "false" for word in words]
    try:
        values = tuple(kind.parse(word) for word in words)
    except ValueError as error:
        how = f"say {typed}=A..B or {typed}=A,B" if ranged else f"list them: {typed}=1,2,3"
        raise UsageError(str(error), subject=_said(text), hint=how) from None
    try:
        for value in values:
            kind.check(value)
    except ValueError as error:
        raise UsageError(str(error), subject=_said(text)) from None
    return Varied(parameter.name, values, tuple(words))


def _said(text: str) -> str:
    return f"--vary {text}"


def checked_count(variations: list[Varied]) -> None:
    """Raise UsageError for more states than a page can hold, or a name that is there twice."""
    names = [varied.name for varied in variations]
    for name in names:
        if names.count(name) > 1:
            raise UsageError("is given twice", subject=_said(option_name(name)[2:]))
    count = 1
    for varied in variations:
        count *= len(varied.values)
    if count > MOST_STATES:
        raise UsageError(
            f"{count} states, at most {MOST_STATES} are kept", subject="--vary", hint="vary less"
        )


def varied_ops(op: Op, family: Family, variations: list[Varied]) -> Iterator[Op | str]:
    """Yield the operation in every state, the last variation fastest; a sentence where none is."""
    for values in product(*(varied.values for varied in variations)):
        changes = dict(zip((varied.name for varied in variations), values, strict=True))
        yield varied_op(op, family, changes)


def varied_op(op: Op, family: Family, changes: dict[str, Any]) -> Op | str:
    """Return the operation with other values, or the sentence that refuses them."""
    mode = changes.get(MODE, op.mode)
    own = {p.name: getattr(op, p.name) for p in op.parameters()}
    usual = {p.name: p.default for p in op.parameters()}
    given = {name: value for name, value in own.items() if value != usual[name]}
    given |= {name: value for name, value in changes.items() if name != MODE}
    wrong = family.wrong_mode(mode, op.like) if op.mode else ""
    if wrong:
        return wrong
    cls = family.of_mode(mode, op.like)
    known = {parameter.name for parameter in cls.parameters()}
    for name in changes.keys() - known - {MODE}:
        if changes[name] == usual.get(name):
            given.pop(name, None)
            continue
        return family.wrong_parameter(name, op.like)
    try:
        return cls(**{name: value for name, value in given.items() if name in known})
    except UpdownError as error:
        return str(error)
