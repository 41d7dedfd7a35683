"""What updown can do: every operation, in the order in which `--help` lists them.

The summaries are here so that a list of commands can be shown without importing them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from updown_cli.op.schema import Given

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
    "crop": "Take a part, by its place; zeros where it reaches outside.",
    "pad": "Put pixels around: by numbers, to a multiple, to a size.",
    "flip": "Mirror, turn by quarters, or put blue before red.",
    "normalize": "Take the mean away and divide by the standard deviation, or the way back.",
    "activate": "Apply an activation to each value: relu, tanh, sigmoid and others.",
    "concat": "In a chain: put the channels of a kept result beside those of the image.",
    "add": "In a chain: add a kept result to the image.",
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


def op_from_json(given: Given) -> Op:
    """Return the operation that `Op.to_json` wrote; raise SchemaError for another.

    What is written by hand may name a library whose defaults it has: `like`, as `--like` does.
    """
    cls, like = mode_from_json(given), given.member("like").value
    return cls.from_json(given, OPS[cls.command].convention(cls.mode, like))


def mode_from_json(given: Given) -> type[Op]:
    """Return the class of the operation that `Op.to_json` wrote; raise SchemaError for none."""
    family, mode = OPS[given.member("op").word(OPS)], given.member("mode")
    given_like = given.member("like")
    if given_like.value is not None and not family.libraries:
        raise given_like.error(f"{family.name} is like torch alone")
    like = None if given_like.value is None else given_like.word(family.libraries)
    if mode.value is None:
        return family.of_mode(None, like)
    if not family.mode_names:
        raise mode.error(f"{family.name} has no modes")
    names = [cls.mode for cls in family.modes_like(like)]
    return family.of_mode(mode.word(names), like)
