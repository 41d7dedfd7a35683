"""How a result is turned."""

from __future__ import annotations

import numpy as np
import pytest

from updown_cli.doctor import signals
from updown_cli.doctor.turn import NAMES, Turn, find_turn


@pytest.mark.parametrize("key", NAMES, ids=NAMES.get)
def test_every_turn_is_found_and_undone(key: tuple[bool, bool, bool]) -> None:
    picture = signals.quarters((24, 36))
    turned = Turn(*key).apply(picture)
    assert find_turn(turned.astype(float) * 0.5 + 40) == Turn(*key)
    assert np.array_equal(Turn(*key).undo(turned), picture)


def test_names_are_what_numpy_does() -> None:
    picture = signals.quarters((24, 36))
    assert find_turn(np.rot90(picture, -1)).name == "turned by 90 degrees clockwise"
    assert find_turn(np.rot90(picture)).name == "turned by 90 degrees counterclockwise"
    assert find_turn(picture.T).name == "with rows and columns swapped"
    assert find_turn(picture[:, ::-1]).name == "mirrored left to right"
