"""How near a chain comes to what it should make, beside what interpolation would."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.errors import UpdownError
from updown_cli.files.metrics import psnr
from updown_cli.fit.forward import forward
from updown_cli.fit.pairs import Loaded, Loading, Pair
from updown_cli.op.shape import Shape
from updown_cli.ops import OPS

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor

    from updown_cli.pipeline.pipeline import Pipeline

#: What a chain is compared with: interpolation to the same size.
BASELINES = ("nearest", "bilinear", "bicubic", "lanczos")

#: What both are called where no size changes, so that nothing is interpolated.
FITTED, UNCHANGED = "fit", "unchanged"

# Pictures that a score is the mean of: more would take longer than the fit.
MOST_SCORED = 20

Make = Callable[["NDArray[Any]", Loaded], "NDArray[Any]"]


@dataclass(frozen=True, kw_only=True)
class Score:
    """Means over pictures; `ssim` is None where a side is shorter than its window."""

    psnr: float
    ssim: float | None

    def to_json(self) -> dict[str, Any]:
        """Return both as JSON; what is infinite is text."""
        psnr: Any = round(self.psnr, 4) if math.isfinite(self.psnr) else str(self.psnr)
        return {"psnr": psnr, "ssim": None if self.ssim is None else round(self.ssim, 6)}


Scores = dict[str, Score]


def spread_out(pairs: Sequence[Pair], most: int = MOST_SCORED) -> list[Pair]:
    """Return at most so many of them, evenly apart."""
    count = min(len(pairs), most)
    return [pairs[number * len(pairs) // count] for number in range(count)]


def scores_of(
    pipeline: Pipeline, loading: Loading, pairs: Iterable[Pair], margin: int = 0
) -> Scores:
    """Return the scores of a chain and of each interpolation on the same pairs.

    So many values at each edge are left out.
    """
    found: dict[str, list[tuple[float, float | None]]] = {}
    for pair in pairs:
        loaded = loading.load(pair)
        made = {FITTED: _made(pipeline, loaded), **_baselines(loaded)}
        for name, pixels in made.items():
            found.setdefault(name, []).append(_measured(pixels, loaded, margin))
    return {name: _mean(each) for name, each in found.items()}


def score_of(pipeline: Pipeline, loaded: Sequence[Loaded], device: torch.device) -> float:
    """Return the mean PSNR of a chain alone."""
    import torch

    found = []
    for one in loaded:
        with torch.no_grad():
            x = torch.from_numpy(one.x.astype("float32")).to(device)
            made = _stored(forward(pipeline, x, one.white), one)
        found.append(psnr(float(((made.astype("float64") - one.y) ** 2).mean()), one.peak))
    return sum(found) / len(found)


def _made(pipeline: Pipeline, loaded: Loaded) -> NDArray[Any]:
    """Return what a chain makes of a pair, stored as the pair is."""
    import torch

    with torch.no_grad():
        y = forward(pipeline, torch.from_numpy(loaded.x.astype("float32")), loaded.white)
    return _stored(y, loaded)


def _stored(y: Tensor, loaded: Loaded) -> NDArray[Any]:
    """Return results as the second picture of a pair is stored. They are used up."""
    from updown_cli.engine.quantize import Quantization, quantize

    return quantize(y, Quantization(loaded.y.dtype.name, gain=1 / loaded.gain))[0]


def _baselines(loaded: Loaded) -> dict[str, NDArray[Any]]:
    """Return the interpolations to the size of the second picture, as far as there are any."""
    import torch

    from updown_cli.pipeline.pipeline import Pipeline

    size = tuple(loaded.y.shape[2:])
    if loaded.x.shape[1] != loaded.y.shape[1]:
        return {}
    if loaded.x.shape == loaded.y.shape:
        return {UNCHANGED: _stored(torch.from_numpy(loaded.x.astype("float32")), loaded)}
    found = {}
    for mode in BASELINES:
        try:
            kind: Any = OPS["upsample"].of_mode(mode)
            op = kind(size=size)
            op.for_shape(Shape(*loaded.x.shape[1:]))
            found[mode] = _made(Pipeline.of(op), loaded)
        except UpdownError:  # signals have fewer kinds of interpolation
            continue
    return found


def _measured(made: NDArray[Any], loaded: Loaded, margin: int) -> tuple[float, float | None]:
    from updown_cli.files.metrics import Both, measure

    inner: Any = (..., *(slice(margin, side - margin) for side in made.shape[2:]))
    found = measure(Both(made[inner], loaded.y[inner]), loaded.peak)
    return found.psnr, found.ssim


def _mean(each: list[tuple[float, float | None]]) -> Score:
    similar = [ssim for _, ssim in each if ssim is not None]
    return Score(
        psnr=sum(psnr for psnr, _ in each) / len(each),
        ssim=sum(similar) / len(similar) if similar else None,
    )
