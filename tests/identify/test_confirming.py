"""The nearest candidates on whole pictures."""

from __future__ import annotations

import numpy as np

from updown_cli.files.picture import Picture
from updown_cli.identify.confirming import confirm
from updown_cli.identify.convention import Registered
from updown_cli.identify.evidence import Evidence
from updown_cli.identify.placement import Placement
from updown_cli.identify.ranking import rank
from updown_cli.identify.sizing import Sizing
from updown_cli.identify.trial import Candidate
from updown_cli.ops import OPS

SIZES = (40, 60), (20, 30)


def test_places_of_other_sizes_are_as_far_apart_as_can_be() -> None:
    """With a column cut off before, or put there, another part of the result is compared."""
    chance = np.random.default_rng(7)
    source, result = (chance.integers(0, 256, (1, 3, *size)).astype(np.uint8) for size in SIZES)
    pair = Evidence(("a", "b"), Picture(source, "RGB"), Picture(result, "RGB"))
    nearest = Registered(OPS["upsample"].of_mode("nearest"), (), Sizing("size"))
    places = [Placement(), Placement((0, -1), (0, 0)), Placement((0, 1), (0, 0))]
    ranked = rank([Candidate(nearest, placement=place) for place in places], [pair])
    found = confirm(ranked, [pair])
    assert not found.fits
    assert len(found.trials) == len(places)
    assert (found.same, found.close) == ((), ())
    assert found.next is not None
