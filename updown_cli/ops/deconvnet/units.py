"""Which units of a layer are looked at, as `--unit` has them."""

from __future__ import annotations

from typing import Any

from updown_cli.op.code import Lines, literal
from updown_cli.op.param_types import ParamType, whole
from updown_cli.op.shape import Shape

# Units that one sheet shows.
MOST_UNITS = 64

TOP = "top:"


class Units(ParamType):
    """One unit by map and place, the strongest of one map, or the strongest of all maps."""

    json = (str,)
    metavar = f"C,Y,X|C|{TOP}N"

    def parse(self, text: str) -> str:
        """Return the text as it stands."""
        return text

    def check(self, value: Any) -> None:
        """Raise for what is none of the three."""
        if str(value).startswith(TOP):
            if not 1 <= whole(value.removeprefix(TOP)) <= MOST_UNITS:
                raise ValueError(f"must be {TOP}1 to {TOP}{MOST_UNITS}")
        elif len(numbers := place_of(value)) not in (1, 3) or min(numbers) < 0:
            raise ValueError(f"must be a map and a place c,y,x, a map c, or {TOP}N")


def place_of(unit: str) -> tuple[int, ...]:
    """Return the numbers of `c,y,x` or `c`."""
    return tuple(whole(part) for part in unit.split(","))


def unit_lines(unit: str, start: str, last: str, shape: Shape) -> Lines:
    """Return the way back of one unit of the last layer, or the sum of several, as y."""
    value = last if start == "activation" else f"torch.ones_like({last})"
    if "," in unit:
        place = "[:, {}, {}, {}]".format(*place_of(unit))
        return [
            f"signal = torch.zeros_like({last})",
            f"signal{place} = {value}{place}",
            "y = back(signal)",
        ]
    lines = [
        "# The strongest place of each map.",
        f"strongest, at = {last}.flatten(2).max(2)",
    ]
    if not unit.startswith(TOP):
        return [*lines, *_alone(value, last, shape, unit), "y = back(signal)"]
    count = unit.removeprefix(TOP)
    return [
        *lines,
        f"maps = strongest.sort(descending=True, stable=True).indices[:, :{count}]",
        "y = 0",
        "for unit in maps.T:  # one of each image",
        *(f"    {line}" for line in _alone(value, last, shape, "unit")),
        "    y = y + back(signal)",
    ]


def _alone(value: str, last: str, shape: Shape, unit: str) -> Lines:
    """Return a signal of zeros but for the strongest place of a map of every image."""
    images = f"torch.arange(len({last}))"
    return [
        f"images = {images}",
        f"place = images, {unit}, at[images, {unit}]",
        f"signal = torch.zeros_like({last}).flatten(2)",
        f"signal[place] = {value}.flatten(2)[place]",
        f"signal = signal.unflatten(2, {literal(shape.size)})",
    ]
