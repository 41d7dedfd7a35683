"""The frequency response of a kernel: what it keeps, and what it folds where it does not belong.

A result pixel answers a wave of f cycles per source pixel with the transform of its kernel. What
all result pixels answer alike is the response. The rest, which changes from pixel to pixel, and
all that is answered beyond half a cycle per pixel of the coarser side, cannot be told from other
waves: it is aliased or, in an enlarged picture, an image of the pixel grid. The measure is its
energy beside that of the response, for white noise, in decibels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from updown_cli.doctor.kernel import Kernel
from updown_cli.doctor.measure import Finding, Measure, unknown
from updown_cli.doctor.rig import NO_LEVELS, Rig

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALIAS = Measure(
    name="alias",
    unit="dB",
    form="{:.1f} dB",
    told=-10.0,
    limit=-4.0,
    about="energy of false waves beside that of true ones, for white noise",
)
BLUR = Measure(
    name="blur",
    unit="pixels of the coarser side",
    form="{:.2f} px",
    told=1.6,
    limit=3.0,
    about="the period of the waves of which half the contrast is left, over the finest that fits",
)
LINES = Measure(
    name="lines",
    unit="share",
    form="{:.0%}",
    told=0.3,
    limit=None,
    about="how unevenly source pixels count: 0 alike, 1 or more if some are not read at all",
)

#: The same of both axes, down and across.
Value = TypeVar("Value")
Both = tuple[Value, Value]

# Frequencies that are looked at, up to half a cycle per source pixel.
STEPS = 128

#: What is so little that it is no wave at all.
LEAST = -60.0


@dataclass(frozen=True)
class Spectrum:
    """Cycles per source pixel, the response, and the mean energy of all answers."""

    frequencies: NDArray[Any]
    response: NDArray[Any]
    energy: NDArray[Any]
    limit: float

    def to_json(self) -> dict[str, Any]:
        """Return the response, by cycles per source pixel."""
        return {
            "frequencies": [round(float(frequency), 5) for frequency in self.frequencies],
            "response": [round(float(response), 4) for response in self.response],
        }

    @property
    def alias(self) -> float:
        """Energy of what is false beside that of what is true, in dB."""
        inside = self.frequencies <= self.limit
        true = float((self.response[inside] ** 2).sum())
        false = float(self.energy.sum()) - true
        return max(10 * math.log10(max(false, 1e-9) / max(true, 1e-9)), LEAST)

    @property
    def fades(self) -> bool:
        """Whether less than half the contrast is left of some waves."""
        return bool((self.response < self.response[0] / 2).any())

    @property
    def half(self) -> float:
        """The frequency of which half the contrast is left; the highest if more is left of all."""
        import numpy as np

        below = np.flatnonzero(self.response < self.response[0] / 2)
        return float(self.frequencies[below[0]] if below.size else self.frequencies[-1])


def spectrum_of(kernel: Kernel) -> Spectrum:
    """Return the spectrum of a kernel."""
    import numpy as np

    frequencies = (np.arange(STEPS) + 0.5) / STEPS * 0.5 / kernel.width
    waves = np.exp(-2j * np.pi * frequencies[:, None, None] * kernel.distances)
    answers = (waves * kernel.weights).sum(-1)
    return Spectrum(
        frequencies=frequencies,
        response=np.abs(answers.mean(1)),
        energy=(np.abs(answers) ** 2).mean(1),
        limit=min(kernel.scale, 1.0) / 2,
    )


def frequencies(rig: Rig, kernels: Both[Kernel], spectra: Both[Spectrum]) -> Iterator[Finding]:
    """Tell aliasing, blur and lines of the worse axis."""
    if not rig.keeps_levels:
        yield from (unknown(measure, NO_LEVELS) for measure in (ALIAS, BLUR, LINES))
        return
    excuse = "" if rig.linear else "no kernel tells all of what is not linear"
    yield _alias(rig, max(spectrum.alias for spectrum in spectra), excuse)
    blur = max(spectrum.limit / spectrum.half for spectrum in spectra)
    yield Finding(
        measure=BLUR,
        value=blur,
        means=f"half the contrast is left of waves {2 * blur:.1f} pixels long; finer ones fade"
        if any(spectrum.fades for spectrum in spectra)
        else "all waves that fit keep half of their contrast or more",
        mend="use a narrower kernel" if blur > BLUR.told else "",
        excuse=excuse,
    )
    yield _lines(max(_unevenness(kernel) for kernel in kernels))


def _alias(rig: Rig, value: float, excuse: str) -> Finding:
    smaller = min(rig.scale(0), rig.scale(1)) < 1
    if value <= ALIAS.told:
        means, mend = "hardly anything is folded into false waves", ""
    elif smaller:
        means = (
            "waves too fine for the result come back as false, coarser ones: moire, jagged edges"
        )
        mend = "widen the kernel by the factor: antialias=True, INTER_AREA, or blur before"
    else:
        means = "the pixel grid of the source stays to be seen in the result: blocks, stairs"
        mend = "use a smoother kernel, such as bilinear, bicubic or lanczos"
    if rig.picks:
        excuse = "pixels are picked, as for labels and pixel art"
    elif not smaller:
        excuse = excuse or "every kernel leaves some"
    return Finding(measure=ALIAS, value=value, means=means, mend=mend, excuse=excuse)


def _unevenness(kernel: Kernel) -> float:
    """Return how far the sums of what source pixels give are apart, over their mean."""
    import numpy as np

    pixel = kernel.first.ravel() // kernel.width
    sums = np.bincount(pixel, kernel.weights.ravel(), minlength=pixel.max() + 1)
    taps = kernel.weights.shape[1]
    inner = sums[pixel.min() + taps : pixel.max() - taps + 1]
    if not inner.size:
        return 0.0
    return float((inner.max() - inner.min()) / max(abs(inner.mean()), 1e-9))


def _lines(value: float) -> Finding:
    lost = value > LINES.told
    return Finding(
        measure=LINES,
        value=value,
        means="lines one pixel wide come out stronger or weaker by where they lie, or vanish"
        if lost
        else "lines one pixel wide count alike wherever they lie",
        mend="use a kernel that reads every pixel alike, such as area or antialiased ones"
        if lost
        else "",
    )
