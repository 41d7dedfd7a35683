"""Parts of a source whose resize has the phases of the whole."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from updown_cli.identify.views import part_views


@pytest.mark.parametrize(
    ("source", "size", "off"),
    [(512, 1024, 0.06), (600, 450, 0.06), (700, 481, 0.03), (1000, 333, 0.2)],
)
def test_the_ends_of_a_part_lie_on_pixels(source: int, size: int, off: float) -> None:
    """Pixels as areas in the first view; in the second as points, from the first to the last.

    Steps of 3.003 pixels come nowhere nearer in a part.
    """
    every = slice(0, size)
    detail = np.random.default_rng(3).random((size, size)).astype(np.float32)
    step = Fraction(source, size)
    areas, points = part_views((source, source), (size, size), [step, step], (every, every), detail)
    for view, per, last in ((areas, source / size, 0), (points, (source - 1) / (size - 1), 1)):
        start = view.place[0].start - view.inner[0].start
        assert abs(start * per - view.source[0].start) <= off
        end = (start + view.size[0] - last) * per
        assert abs(end - (view.source[0].stop - last)) <= off
        assert view.place[0].start % 8 == 0  # a block of a JPEG begins there


def test_little_is_tried_whole() -> None:
    every = (slice(0, 40), slice(0, 60))
    step = [Fraction(2)] * 2
    assert part_views((80, 120), (40, 60), step, every, np.ones((40, 60), np.float32)) == []
