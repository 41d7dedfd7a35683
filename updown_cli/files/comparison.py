"""Two pictures side by side: what differs, by how much, and a picture of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from updown_cli.errors import InputError
from updown_cli.files.formats import ARRAY_ENDINGS
from updown_cli.files.metrics import Both, Metrics, measure
from updown_cli.files.picture import Picture
from updown_cli.files.write import encode

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Comparison:
    """What differs between two pictures besides their values, and the measures of these.

    There are no `metrics` where there is not a value for every value. `of_arrays` are numbers of
    any range, which relative errors tell more of.
    """

    differences: tuple[str, ...] = ()
    metrics: Metrics | None = None
    of_arrays: bool = False

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences and self.metrics is not None and not self.metrics.differing


def compare_pictures(
    a: Picture,
    b: Picture,
    *,
    weighs: bool = False,
    peak: float | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Return how two pictures differ.

    Values are compared as they are stored; those of pictures of different depth with the same
    white. `weighs` weighs colours by alpha. `peak` is white, if not that of the type. `tell` hears
    how many rows of how many are done.
    """
    fits = _mode(a) == _mode(b) or "array" in (_mode(a), _mode(b))
    fits = fits and a.pixels.shape == b.pixels.shape
    metrics = None
    if fits:
        both = replace(values_on_one_scale(a, b, weighs=weighs), tell=tell)
        metrics = measure(both, peak or white_of_deeper(a, b))
    of_arrays = not (a.colour or b.colour)
    return Comparison(tuple(_differences(a, b)), metrics, of_arrays)


def white_of_deeper(a: Picture, b: Picture) -> float:
    """Return the value of white, of the deeper one where the depths differ."""
    return max(a.white, b.white)


def values_on_one_scale(a: Picture, b: Picture, *, weighs: bool) -> Both:
    """Return the values of two pictures, on one scale if both have a white."""
    pictures = bool(a.colour and b.colour)
    gains = (
        (white_of_deeper(a, b) / a.white, white_of_deeper(a, b) / b.white)
        if pictures
        else (1.0, 1.0)
    )
    return Both(
        a.pixels, b.pixels, gains, white_of_deeper(a, b) if weighs and a.alpha and b.alpha else None
    )


def _mode(picture: Picture) -> str:
    return picture.colour + "A" * picture.alpha or "array"


def _differences(a: Picture, b: Picture) -> list[str]:
    facts = {
        "frames": (a.frames, b.frames),
        "size": (a.shape, b.shape),
        "mode": (_mode(a), _mode(b)),
        "depth": (a.pixels.dtype.name, b.pixels.dtype.name),
    }
    return [f"{name} {one} and {other}" for name, (one, other) in facts.items() if one != other]


def difference(a: Picture, b: Picture, suffix: str, *, weighs: bool, amplify: float) -> bytes:
    """Return a file with the absolute differences, multiplied by `amplify`.

    In an array they are float32. In a picture of 8 bits white is the greatest there can be, or NaN;
    a difference of alpha is one of every colour. Raises InputError for what no picture can show.
    """
    values = values_on_one_scale(a, b, weighs=weighs)
    if suffix in ARRAY_ENDINGS:
        return encode(Picture(a.pixels, layout=a.layout), _distances(values, amplify), suffix, None)
    if a.pixels.ndim != 4:
        raise InputError(f"{a.pixels.ndim - 2}-D data is no picture", hint="write .npy")
    colours = a.colour == "RGB" or (not a.colour and a.shape.channels == 3)
    shown = as_shown(
        _distances(values, amplify * 255 / white_of_deeper(a, b)), a.alpha, colours=colours
    )
    return encode(Picture(shown, "RGB" if colours else "L"), shown, suffix, None)


def _distances(values: Both, gain: float) -> NDArray[Any]:
    """Return |a - b| * gain as float32, N x C x sides."""
    import numpy as np

    found = np.empty(values.a.shape, np.float32)
    with np.errstate(over="ignore"):
        for slab in values.slabs():
            found[slab.frame][:, slab.rows] = np.abs(slab.a - slab.b) * gain
    return found


def as_shown(found: NDArray[Any], alpha: bool, *, colours: bool) -> NDArray[Any]:
    """Return differences as 8-bit RGB or grey, of more channels the largest; frames come first."""
    import numpy as np

    np.nan_to_num(found, copy=False, nan=255, posinf=255)
    if not colours:
        found = found.max(axis=1, keepdims=True)
    elif alpha:
        found = np.maximum(found[:, :-1], found[:, -1:])
    return np.clip(found + 0.5, 0, 255).astype(np.uint8)
