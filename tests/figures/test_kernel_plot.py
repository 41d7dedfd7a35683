"""The picture of a kernel and its response."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from updown_cli.figures.curves import Curve
from updown_cli.figures.kernel_plot import (
    COLOURS,
    LEFTS,
    PANEL,
    SIZE,
    TOP,
    Panel,
    kernel_plot,
)


def drawn(kernels: list[Curve], responses: list[Curve]) -> np.ndarray:
    data = kernel_plot("it", kernels, responses, ".png")
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == SIZE
        return np.asarray(image)


def flat(height: float, *, name: str = "down") -> Curve:
    return Curve(name, np.linspace(0, 1, 9), np.full(9, height))


def test_a_weight_is_where_its_place_and_value_are() -> None:
    far = Curve("across", np.array([9.0]), np.array([1.0]))
    many = Curve("down", np.full(300, -2.0), np.full(300, 0.5))
    pixels = drawn([many, far], [flat(1), flat(1, name="across")])
    panel = Panel(LEFTS[0], (-4.0, 4.0), (-0.05, 1.05))
    x, y = panel.point(-2, 0.5)
    assert (x, y) == (LEFTS[0] + PANEL[0] / 4, TOP + PANEL[1] / 2)
    assert tuple(pixels[round(y), round(x)]) == COLOURS[0]
    inside = pixels[TOP : TOP + PANEL[1], LEFTS[0] : LEFTS[0] + PANEL[0]]
    assert (inside == COLOURS[1]).all(-1).sum() == 0


def test_both_curves_are_seen_where_they_are_one() -> None:
    pixels = drawn([flat(1), flat(1)], [flat(0.4), flat(0.4)])
    half = pixels[TOP : TOP + PANEL[1], LEFTS[1] : LEFTS[1] + PANEL[0]]
    assert all((half == colour).all(-1).any() for colour in COLOURS)
