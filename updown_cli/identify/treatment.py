"""What was done around a resize: light, rounding, the order of channels, transparency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]
    Resize = Callable[[Pixels], Pixels | None]

#: In what colours are mixed: code values, light as sRGB has it, or a power of 2.2.
LIGHTS = ("", "srgb", "gamma")
POWER = 2.2

#: What becomes of colours beside transparency: nothing, weighed by it and back, weighed, weighed in
#: whole numbers and back, as updown gives them to libraries that tell those from floats.
ALPHAS = ("", "premultiplied", "weighed")
WHOLE = "premultiplied in whole numbers"

WORDS = {
    "srgb": "in linear light (sRGB)",
    "gamma": "in linear light (a power of 2.2)",
    "premultiplied": "premultiplied by alpha, and back",
    "weighed": "left premultiplied by alpha",
    WHOLE: "premultiplied by alpha in whole numbers, and back",
}


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """What was done around a resize. `order` are the source's channels as the result has them."""

    light: str = ""
    floors: bool = False
    order: tuple[int, ...] = ()
    alpha: str = ""

    def words(self) -> Iterator[str]:
        """Yield what was done beside resizing."""
        yield from (WORDS[name] for name in (self.light, self.alpha) if name)
        if self.floors:
            yield "truncated, not rounded"
        if self.order:
            yield f"channels in the order {','.join(str(at) for at in self.order)}"

    def prepare(self, x: Pixels, white: float) -> Pixels:
        """Return C x sides as they are resized: as they are stored, as floats, or as light.

        What is only resized is so as it is stored; what is truncated was not rounded before.
        """
        import numpy as np

        if self.light:
            return decode(x.astype(np.float32, copy=False), white, self.light)
        return x.astype(np.float32, copy=False) if self.floors and not self.alpha else x

    def apply(self, resize: Resize, x: Pixels, white: float, *, in_bytes: bool) -> Pixels | None:
        """Return what was prepared resized with all that is done around it, not rounded yet."""
        if self.alpha:
            back, whole = self.alpha != "weighed", in_bytes or self.alpha == WHOLE
            floors = in_bytes and self.alpha != WHOLE
            return _weighed(resize, x, white, back=back, whole=whole, floors=floors)
        done = resize(x)
        return encode(done, white, self.light) if self.light and done is not None else done

    def reorder(self, pixels: Pixels) -> Pixels:
        """Return a result with its channels in the order."""
        return pixels[list(self.order)] if self.order else pixels


def decode(x: Pixels, white: float, light: str) -> Pixels:
    """Return the light that code values stand for."""
    import numpy as np
    import torch

    from updown_cli.engine.srgb import decode_srgb

    if light == "srgb":
        result: Pixels = decode_srgb(torch.from_numpy(x), white).numpy()
        return result
    return (np.power(np.clip(x, 0, None) / white, POWER) * white).astype(np.float32)


def encode(x: Pixels, white: float, light: str) -> Pixels:
    """Return the code values of light."""
    import numpy as np
    import torch

    from updown_cli.engine.srgb import encode_srgb

    if light == "srgb":
        result: Pixels = encode_srgb(torch.from_numpy(x), white).numpy()
        return result
    return (np.power(np.clip(x, 0, None) / white, 1 / POWER) * white).astype(np.float32)


def _weighed(
    resize: Resize, x: Pixels, white: float, *, back: bool, whole: bool, floors: bool
) -> Pixels | None:
    """Return what is resized with colours weighed by alpha, the last channel."""
    import numpy as np
    import torch

    from updown_cli.engine.alpha import unweighed

    values = x.astype(np.float32, copy=False)
    weighed = np.concatenate([values[:-1] * (values[-1:] / white), values[-1:]])
    done = resize(np.floor(weighed + 0.5).astype(x.dtype) if whole else weighed)
    if done is None or not back:
        return done
    done = done.astype(np.float32, copy=False)
    if floors:  # as Pillow does: a product by a quotient that is rounded may be less than whole
        colours = np.floor(done[:-1] * white / np.clip(done[-1:], 1, white))
        return np.concatenate([colours, done[-1:]])
    straight: Pixels = unweighed(torch.from_numpy(done[None]), white)[0].numpy()
    return straight


def store(x: Pixels, dtype: Any, *, floors: bool = False) -> Pixels:
    """Return values as a file of a type holds them."""
    import numpy as np

    kind = np.dtype(dtype)
    if kind == x.dtype or kind.kind == "f":
        return x
    from updown_cli.op.integer_way import HALF

    limits = np.iinfo(kind)
    whole = np.floor(x if floors else x + HALF)
    return np.clip(whole, limits.min, limits.max).astype(kind)
