"""What updown can do: every operation, in the order in which `--help` lists them.

The summaries are here so that a list of commands can be shown without importing them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from updown_cli.errors import ParameterError
from updown_cli.op.meant import nearest_name

if TYPE_CHECKING:
    from updown_cli.op.base import Op
    from updown_cli.op.family import Family

SUMMARIES = {
    "pool": "Shrink by windows: every output value from a window of the input.",
    "unpool": "Undo a pool: put values back where they came from, or spread them.",
    "upsample": "Interpolate, up or down.",
    "conv": "Convolution with a kernel, as networks have it: the kernel is not rotated.",
    "deconv": "Transposed convolution with a kernel.",
    "shuffle": "Move channels to pixels or pixels to channels.",
    "upblock": "Learned blocks that enlarge: up-convolution, up-projection and others, with "
    "weights from a file or a start.",
    "deconvnet": "Show what a unit of a network saw: its activation sent back to the picture.",
}


class Families(Mapping[str, "Family"]):
    """The operations by name; each is imported when it is looked up."""

    def __getitem__(self, name: str) -> Family:
        if name not in SUMMARIES:
            raise KeyError(name)
        family: Family = getattr(import_module(f"updown_cli.ops.{name}"), name.upper())
        return family

    def __contains__(self, name: object) -> bool:
        return name in SUMMARIES

    def __iter__(self) -> Iterator[str]:
        return iter(SUMMARIES)

    def __len__(self) -> int:
        return len(SUMMARIES)


OPS: Mapping[str, Family] = Families()


def op_from_json(data: dict[str, Any]) -> Op:
    """Return the operation that `Op.to_json` wrote; raise ParameterError for another."""
    return mode_from_json(data).from_json(data)


def mode_from_json(data: dict[str, Any]) -> type[Op]:
    """Return the class of the operation that `Op.to_json` wrote; raise ParameterError for none."""
    name, mode = str(data.get("op")), data.get("mode")
    if name not in OPS:
        raise ParameterError(f"no operation '{name}'{nearest_name(name, tuple(OPS))}")
    family = OPS[name]
    if mode is not None and mode not in family.mode_names:
        hint = nearest_name(str(mode), family.mode_names)
        raise ParameterError(f"{name} has no mode '{mode}'{hint}")
    return family.of_mode(mode)
