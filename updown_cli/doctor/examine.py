"""The whole examination: every measure of a subject, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from updown_cli.doctor.alpha import ALPHA, alpha
from updown_cli.doctor.channels import AXES, CHANNELS, axes, channels
from updown_cli.doctor.chroma import CHROMA, chroma
from updown_cli.doctor.depth import DEPTH, depth
from updown_cli.doctor.direction import DIRECTION, direction
from updown_cli.doctor.edges import OVERSHOOT, RINGING, Edge, edges, find_edge
from updown_cli.doctor.kernel import Kernel, find_kernel
from updown_cli.doctor.linearity import LINEARITY, WRAP, find_linearity
from updown_cli.doctor.measure import FAULT, UNKNOWN, Finding, Measure
from updown_cli.doctor.mixing import LIGHT, find_mixing
from updown_cli.doctor.position import SHIFT, STRETCH, find_position, position
from updown_cli.doctor.rig import Rig, start_rig
from updown_cli.doctor.rounding import ROUNDING, rounding
from updown_cli.doctor.spectrum import ALIAS, BLUR, LINES, Both, Spectrum, frequencies, spectrum_of
from updown_cli.doctor.subject import Subject
from updown_cli.doctor.surfaces import BORDER, CHECKERBOARD, surfaces
from updown_cli.doctor.tone import GAIN, GAMMA, OFFSET, tone

#: Every measure, in the order of the table.
MEASURES: tuple[Measure, ...] = (
    *(SHIFT, STRETCH, AXES, CHANNELS, CHROMA, GAIN, OFFSET, GAMMA, LIGHT, ROUNDING, WRAP),
    *(
        DEPTH,
        ALPHA,
        BORDER,
        CHECKERBOARD,
        ALIAS,
        BLUR,
        LINES,
        OVERSHOOT,
        RINGING,
        DIRECTION,
        LINEARITY,
    ),
)


# What the noise of a lossy format cannot be told from, and what is said of that.
LIKE_NOISE = (RINGING.name, DIRECTION.name)
NOISE = "a lossy format adds noise of its own: a quality of 95 shows what the resize does"

#: What the two axes are called.
AXES_NAMES = ("down", "across")


@dataclass(frozen=True)
class Examination:
    """What was found of a subject; kernels, spectra and edges are down and across."""

    name: str
    rig: Rig
    findings: tuple[Finding, ...]
    kernels: Both[Kernel]
    spectra: Both[Spectrum]
    edges: Both[Edge]

    @property
    def faults(self) -> list[Finding]:
        """What is wrong."""
        return [finding for finding in self.findings if finding.verdict == FAULT]

    def within(self, limits: Iterable[tuple[str, float]]) -> Examination:
        """Return the same by limits of the user, of several of a measure by the least."""
        asked = dict(sorted(limits, key=lambda limit: -limit[1]))
        findings = (
            finding.by_limit(asked[finding.measure.name])
            if finding.measure.name in asked
            else finding
            for finding in self.findings
        )
        return replace(self, findings=tuple(findings))

    @property
    def conclusion(self) -> str:
        """How many faults there are; with limits of the user, whether these hold, and what else."""
        asked = [finding for finding in self.findings if finding.asked is not None]
        others = [finding for finding in self.faults if finding.asked is None]
        faults = f"{len(others) or 'no'} fault{'s' * (len(others) != 1)}"
        if not asked:
            return faults
        lost = sum(finding.verdict in (FAULT, UNKNOWN) for finding in asked)
        hold = f"{lost} limit{'s' * (lost != 1)} broken" if lost else "all limits hold"
        return f"{hold}; {faults} that no limit was given for" if others else hold

    def to_json(self) -> dict[str, Any]:
        """Return all as JSON."""
        return {
            "subject": self.name,
            "in": list(self.rig.size),
            "out": list(self.rig.out),
            "conclusion": self.conclusion,
            "faults": [finding.measure.name for finding in self.faults],
            "findings": [finding.to_json() for finding in self.findings],
            "kernel": {
                name: kernel.to_json()
                for name, kernel in zip(AXES_NAMES, self.kernels, strict=True)
            },
            "response": {
                name: spectrum.to_json()
                for name, spectrum in zip(AXES_NAMES, self.spectra, strict=True)
            },
            "edge": {
                name: edge.to_json() for name, edge in zip(AXES_NAMES, self.edges, strict=True)
            },
        }


def examine(subject: Subject, size: tuple[int, int] | None = None) -> Examination:
    """Return what is found; raise UpdownError where a subject gives no results to look at."""
    rig = start_rig(subject, size)
    light = find_mixing(rig)
    find_position(rig)
    kernels = find_kernel(rig, 0), find_kernel(rig, 1)
    found = {light.measure.name: light}
    spectra = spectrum_of(kernels[0]), spectrum_of(kernels[1])
    profiles = find_edge(rig, 0), find_edge(rig, 1)
    for finding in (*_others(rig, kernels, spectra), *edges(rig, profiles)):
        found[finding.measure.name] = finding
    found[ROUNDING.name] = rounding(rig, found)
    if subject.lossy:
        found |= {name: replace(found[name], excuse=NOISE) for name in LIKE_NOISE}
    findings = tuple(found[measure.name] for measure in MEASURES)
    return Examination(subject.name, rig, findings, kernels, spectra, profiles)


def _others(rig: Rig, kernels: Both[Kernel], spectra: Both[Spectrum]) -> Iterator[Finding]:
    yield from find_linearity(rig, kernels)
    yield axes(rig)
    yield from channels(rig)
    yield chroma(rig)
    yield from tone(rig)
    yield from position(rig)
    yield from surfaces(rig)
    yield from frequencies(rig, kernels, spectra)
    yield direction(rig, spectra)
    yield depth(rig)
    yield alpha(rig)
