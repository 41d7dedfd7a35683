"""Curves on a page, as SVG: letters that stay readable on a phone, colours for light and dark."""

from __future__ import annotations

from collections.abc import Sequence

from updown_cli.figures.curves import Curve, heights, round_numbers
from updown_cli.figures.page import as_text
from updown_cli.op.arithmetic_line import short_number

#: The looks of charts, which come after those of all pages.
CHART_STYLE = """
:root { --first: #0b5cab; --second: #b34700; }
@media (prefers-color-scheme: dark) { :root { --first: #7ab8ff; --second: #ffa64d; } }
.charts { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }
.chart { flex: 1 1 20rem; max-width: 38rem; margin: 0; }
.chart svg { display: block; width: 100%; } .chart svg text { font: 12px sans-serif; }
.chart text { fill: var(--faint); } .chart line { stroke: var(--line); }
.chart line.axis { stroke: var(--edge); }
.chart polyline { fill: none; stroke-width: 2; }
.chart polyline.first { stroke: var(--first); stroke-width: 6; }
.chart polyline.second { stroke: var(--second); }
.chart circle.first { fill: var(--first); } .chart circle.second { fill: var(--second); }
.names span { display: inline-block; width: 1.2rem; height: .3rem; margin: 0 .4rem .2rem 0; }
.names .first { background: var(--first); height: .5rem; }
.names .second { background: var(--second); margin-left: 1rem; }
"""

# The size of a chart and of its edges, in pixels of a phone; where there is room it is larger.
SIZE, LEFT, RIGHT, TOP, BOTTOM = (360, 250), 42, 10, 10, 24

# The two curves of a chart, the first below the other and wider, so that both are seen where they
# are the same; radii of their points.
CLASSES, RADII = ("first", "second"), (5, 2)


def line_chart(
    title: str, curves: Sequence[Curve], span: tuple[float, float], *, joined: bool = True
) -> str:
    """Return a figure of HTML: curves over places in a span, as lines or, not `joined`, points."""
    across, up = span, heights(curves, span)
    width, height = SIZE[0] - LEFT - RIGHT, SIZE[1] - TOP - BOTTOM

    def point(place: float, value: float) -> tuple[float, float]:
        x = LEFT + (place - across[0]) / (across[1] - across[0]) * width
        return round(x, 1), round(TOP + (up[1] - value) / (up[1] - up[0]) * height, 1)

    lines, drawn = [], []
    for place in round_numbers(*across):
        x, _ = point(place, 0)
        lines.append(_line(x, TOP, x, TOP + height, is_axis=place == 0))
        lines.append(_text(x, SIZE[1] - 6, "middle", place))
    for value in round_numbers(*up):
        _, y = point(0, value)
        lines.append(_line(LEFT, y, LEFT + width, y, is_axis=value == 0))
        lines.append(_text(LEFT - 6, y + 4, "end", value))
    for curve, name, radius in zip(curves, CLASSES, RADII, strict=False):
        pairs = zip(curve.places, curve.values, strict=True)
        points = [point(p, v) for p, v in pairs if across[0] <= p <= across[1]]
        drawn += _joined(points, name) if joined else _points(points, name, radius)
    names = "".join(
        f'<span class="{name}"></span>{as_text(curve.name)}'
        for curve, name in zip(curves, CLASSES, strict=False)
    )
    return (
        f'<figure class="chart"><figcaption>{as_text(title)}</figcaption>'
        f'<svg viewBox="0 0 {SIZE[0]} {SIZE[1]}" role="img" aria-label="{as_text(title)}">'
        f'{"".join([*lines, *drawn])}</svg><div class="names">{names}</div></figure>'
    )


def _line(x: float, y: float, x2: float, y2: float, *, is_axis: bool) -> str:
    kind = ' class="axis"' if is_axis else ""
    return f'<line{kind} x1="{x}" y1="{y}" x2="{x2}" y2="{y2}"/>'


def _text(x: float, y: float, anchor: str, value: float) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{short_number(value)}</text>'


def _joined(points: list[tuple[float, float]], name: str) -> list[str]:
    places = " ".join(f"{x},{y}" for x, y in points)
    return [f'<polyline class="{name}" points="{places}"/>']


def _points(points: list[tuple[float, float]], name: str, radius: int) -> list[str]:
    return [f'<circle class="{name}" cx="{x}" cy="{y}" r="{radius}"/>' for x, y in points]
