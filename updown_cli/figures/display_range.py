"""Which values are shown as black and which as white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from updown_cli.files.picture import Picture

# Code of 0 where the middle is 0, and what is left above it.
MIDDLE, ABOVE = 128, 127


@dataclass(frozen=True)
class DisplayRange:
    """The values of black and white; with `unsigned` those without their sign."""

    black: float
    white: float
    unsigned: bool = False

    def codes(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return channels x H x W as bytes: half-up, NaN black, what is beyond cut off."""
        import numpy as np

        if values.dtype == np.uint8 and self == PLAIN:
            return values
        codes = np.empty(values.shape, np.uint8)
        for channel, plane in zip(codes, values, strict=True):
            numbers = plane.astype(np.float64)
            if self.unsigned:
                np.abs(numbers, out=numbers)
            with np.errstate(invalid="ignore", over="ignore"):
                numbers -= self.black
                numbers *= self._gain
            np.nan_to_num(numbers, copy=False, nan=0.0, posinf=255, neginf=0)
            channel[...] = np.floor(numbers + 0.5).clip(0, 255)
        return codes

    @property
    def are_a_type_s(self) -> bool:
        """Whether black and white are those of whole numbers of 8 or 16 bits."""
        return self in (PLAIN, DisplayRange(0, 65535))

    @property
    def _gain(self) -> float:
        return 255 / (self.white - self.black) if self.white > self.black else 0.0


#: Bytes as they are.
PLAIN = DisplayRange(0, 255)


def own_range_of(picture: Picture) -> DisplayRange:
    """Return those of a picture's own: its type's, and its extremes where the type has none."""
    name = picture.pixels.dtype.name
    if name in ("uint8", "uint16"):
        return DisplayRange(0, picture.white)
    return DisplayRange(*_extremes(picture.pixels))


def range_for_result(how: str, values: NDArray[Any], own: DisplayRange) -> DisplayRange:
    """Return those of a result in a range, as `--range` names it, where `own` are the source's."""
    span = own.white - own.black
    low, high = _extremes(values)
    largest = max(abs(low), abs(high))
    return {
        "clamp": own,
        "minmax": DisplayRange(low, high),
        "abs": DisplayRange(own.black, own.white, unsigned=True),
        "center": DisplayRange(-span * MIDDLE / 255, span * ABOVE / 255),
        "symmetric": DisplayRange(-largest * MIDDLE / ABOVE, largest),
    }[how]


def _extremes(values: NDArray[Any]) -> tuple[float, float]:
    """Return the smallest and the largest finite value; 0 and 0 where there is none."""
    import numpy as np

    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
