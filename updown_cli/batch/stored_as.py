"""How results are stored in their files: type, rounding and range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from updown_cli.batch.settings import Settings
from updown_cli.engine.quantize import Quantization
from updown_cli.files.formats import ending
from updown_cli.files.write import out_dtype, out_gain
from updown_cli.op.base import Op

if TYPE_CHECKING:
    from updown_cli.files.picture import Picture


def stored_as(
    settings: Settings, picture: Picture, suffix: str, ops: tuple[Op, ...]
) -> Quantization:
    """Return how the result of operations is stored in a file with this ending."""
    code_values = all(op.gives_code_values for op in ops)
    dtype = out_dtype(
        picture,
        suffix,
        selects_values=all(op.selects_values() for op in ops),
        code_values=code_values,
        depth=settings.reading.depth,
    )
    how = settings.range or ("clamp" if code_values else "symmetric")
    has_white = bool(picture.colour) or any(op.gives_white for op in ops)
    gain = out_gain(picture, dtype) if has_white else 1.0
    return Quantization(dtype, settings.rounding, how, gain)


def steps_stored_as(
    settings: Settings, picture: Picture, paths: tuple[str, ...], ops: tuple[Op, ...]
) -> dict[int, Quantization]:
    """Return how the results of steps are stored, by number from 1."""
    return {
        number: stored_as(settings, picture, ending(path), ops[:number])
        for number, path in enumerate(paths, 1)
    }
