"""Every way to resize that updown has: modes of libraries, with each choice that changes pixels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from updown_cli.identify.convention import Registered
from updown_cli.identify.layers import transposed
from updown_cli.identify.sizing import NAMES, Sides, sizings
from updown_cli.op.param_types import Choice, Flag
from updown_cli.ops import OPS

if TYPE_CHECKING:
    from updown_cli.op.base import Op
    from updown_cli.op.parameter import Parameter
    from updown_cli.op.shape import Shape

#: The commands whose modes resize.
COMMANDS = ("upsample", "pool")

# Choices that change no pixels: where a size comes from, what is refused, how positions are kept.
NO_CHOICES = (
    *(*NAMES, "recompute_scale_factor", "ceil_mode"),
    *("keep_aspect_ratio_policy", "preserve_aspect_ratio"),
    *("require_divisible", "save_indices", "print_indices", "index_format"),
)

# What an operation has that draws by chance, which gives other pixels every time.
SEED = "seed"

# Settings of one mode that are tried; the usual ones come first.
MOST_SETTINGS = 96


@lru_cache(maxsize=64)
def registered(source: Shape, size: Sides) -> tuple[Registered, ...]:
    """Return every convention of updown that leads from a shape to a size."""
    modes = (
        convention
        for command in COMMANDS
        for cls in OPS[command].modes
        if SEED not in {parameter.name for parameter in cls.parameters()}
        for convention in _of_mode(cls, source, size)
    )
    return (*modes, *transposed(source, size))


def _of_mode(cls: type[Op], source: Shape, size: Sides) -> Iterator[Registered]:
    """Yield a mode with each of its settings that are possible."""
    named = ""
    for sizing in sizings(cls, source.size, size):
        if sizing.factors and not sizing.kernel and sizing.name == named:
            continue  # the factor of fewest digits is what was typed
        for options in islice(_settings(cls), MOST_SETTINGS):
            convention = Registered(cls, options, sizing)
            if convention.operation(source, size) is not None:
                named = sizing.name
                yield convention


def _settings(cls: type[Op]) -> Iterator[tuple[tuple[str, Any], ...]]:
    """Yield the options that are not as usual, in all ways, the usual ones first."""
    choices = [p for p in cls.parameters() if p.name not in NO_CHOICES and _values(p)]
    for values in product(*map(_values, choices)):
        given = zip(choices, values, strict=True)
        yield tuple((p.name, value) for p, value in given if value != p.default)


def _values(parameter: Parameter) -> list[Any]:
    """Return the values of a choice, the usual one first; none of what is no choice."""
    kind, usual = parameter.kind, parameter.default
    if isinstance(kind, Flag):
        return [usual, not usual]
    if isinstance(kind, Choice):
        return [usual, *(name for name in kind.names if name != usual)]
    return []
