"""A picture of a kernel and of its frequency response, each for both axes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updown_cli.figures.curves import Curve, heights, round_numbers
from updown_cli.figures.lettering import FAINT, INK, MARGIN, PAPER, Lettering
from updown_cli.op.arithmetic_line import short_number

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

TITLE, LABEL = Lettering(15), Lettering(12)

#: The size of the picture, and of the two panels on it.
SIZE, PANEL = (960, 440), (404, 300)
LEFTS, TOP = (56, 532), 76

GRID, AXIS = (228, 228, 228), (150, 150, 150)
COLOURS = ((32, 96, 192), (216, 88, 0))

# How far a kernel is shown from its middle.
SPAN = 4.0

# Points that are joined by a line; more are a cloud of what lies at all phases.
MOST_JOINED = 256

# Radius of the points, and width of the lines, of the two curves: of what is one both are seen.
RADII = (5, 2)

SETTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {}),
    ".webp": ("WEBP", {"lossless": True}),
}


@dataclass(frozen=True)
class Panel:
    """Where a panel is, and what its sides stand for."""

    left: int
    across: tuple[float, float]
    up: tuple[float, float]

    def point(self, place: float, value: float) -> tuple[float, float]:
        """Return the pixel of a value."""
        (west, east), (south, north) = self.across, self.up
        x = self.left + (place - west) / (east - west) * PANEL[0]
        return x, TOP + (north - value) / (north - south) * PANEL[1]


def kernel_plot(
    title: str, kernels: Sequence[Curve], responses: Sequence[Curve], suffix: str
) -> bytes:
    """Return a .png or .webp: the kernels left, the responses right.

    Kernels are over pixels of the coarser side, responses over its highest frequency.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, MARGIN), TITLE.elided(title, SIZE[0] - 2 * MARGIN), INK, TITLE.font)
    captions = ("kernel, over pixels of the coarser side", "response, over the highest frequency")
    spans = ((-SPAN, SPAN), (0.0, max(float(curve.places[-1]) for curve in responses)))
    for left, curves, span, caption in zip(
        LEFTS, (kernels, responses), spans, captions, strict=True
    ):
        panel = Panel(left, span, heights(curves, span))
        _draw_grid(draw, panel)
        draw.text((left, TOP - LABEL.line), caption, FAINT, LABEL.font)
        for curve, colour, radius in zip(curves, COLOURS, RADII, strict=True):
            _draw_curve(draw, panel, curve, colour, radius)
    _draw_names(draw, kernels)
    return _encoded(image, suffix)


def _encoded(image: Image.Image, suffix: str) -> bytes:
    name, settings = SETTINGS[suffix]
    file = io.BytesIO()
    image.save(file, name, **settings)
    return file.getvalue()


def _draw_grid(draw: ImageDraw.ImageDraw, panel: Panel) -> None:
    for place in round_numbers(*panel.across):
        x, _ = panel.point(place, 0)
        draw.line((x, TOP, x, TOP + PANEL[1]), AXIS if place == 0 else GRID)
        draw.text((x, TOP + PANEL[1] + 6), short_number(place), FAINT, LABEL.font, "ma")
    for value in round_numbers(*panel.up):
        _, y = panel.point(0, value)
        draw.line((panel.left, y, panel.left + PANEL[0], y), AXIS if value == 0 else GRID)
        draw.text((panel.left - 6, y), short_number(value), FAINT, LABEL.font, "rm")


def _draw_curve(
    draw: ImageDraw.ImageDraw,
    panel: Panel,
    curve: Curve,
    colour: tuple[int, int, int],
    radius: int,
) -> None:
    west, east = panel.across
    points = [
        panel.point(float(place), float(value))
        for place, value in zip(curve.places, curve.values, strict=True)
        if west <= place <= east
    ]
    if len(points) <= MOST_JOINED:
        draw.line(points, colour, radius, "curve")
        return
    for x, y in points:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


def _draw_names(draw: ImageDraw.ImageDraw, curves: Sequence[Curve]) -> None:
    left = MARGIN
    bottom = SIZE[1] - MARGIN - LABEL.line
    for curve, colour in zip(curves, COLOURS, strict=True):
        draw.rectangle((left, bottom + 4, left + 12, bottom + 10), colour)
        draw.text((left + 18, bottom), curve.name, INK, LABEL.font)
        left += 18 + LABEL.width_of(curve.name) + MARGIN
