"""Where a result lies in all that was resized."""

from __future__ import annotations

from updown_cli.identify.placement import Placement


def test_what_is_cut_off_and_put_around() -> None:
    """Two rows are missing above and one is put below, three columns are put at the left."""
    place = Placement(before=(2, -3), after=(-1, 0))
    assert place.full((20, 30)) == (21, 27)
    assert place.shared((20, 30), 1) == (slice(2, 21), slice(0, 27))
    assert place.in_result((slice(2, 21), slice(0, 27))) == (slice(0, 19), slice(3, 30))
    assert [*place.words()] == ["cropped by 2 above", "padded by 1 below and 3 at the left"]


def test_blocks_of_a_jpeg_are_compared_whole() -> None:
    place = Placement(before=(-3, 0), after=(0, 0))
    assert place.shared((20, 30), 8) == (slice(5, 17), slice(0, 30))


def test_nothing_around() -> None:
    place = Placement()
    assert (place.full((20, 30)), [*place.words()]) == ((20, 30), [])
    assert place.shared((20, 30), 8) == (slice(0, 20), slice(0, 30))
