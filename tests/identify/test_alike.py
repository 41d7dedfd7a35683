"""Which candidates are tried by one of them."""

from __future__ import annotations

import numpy as np

from updown_cli.files.picture import Picture
from updown_cli.identify.alike import alike
from updown_cli.identify.convention import Registered
from updown_cli.identify.evidence import Evidence
from updown_cli.identify.sizing import Sizing
from updown_cli.identify.trial import Candidate
from updown_cli.ops import OPS


def candidate(library: str, mode: str, **options: object) -> Candidate:
    """Return a mode of a library."""
    modes = {(one.like or "torch", one.mode): one for one in OPS["upsample"].modes}
    cls = modes[library, mode]
    return Candidate(Registered(cls, tuple(options.items()), Sizing("size")))


def test_same_tables_and_other_edges_are_tried_by_one() -> None:
    """OpenCV's cubic is torch's bicubic in whole numbers; SciPy's edges change few pixels.

    The bicubic that widens is another.
    """
    alone = candidate("torch", "bicubic", antialias=True)
    torch, opencv = candidate("torch", "bicubic"), candidate("opencv", "cubic")
    scipy = [candidate("scipy", "zoom", edge=edge) for edge in ("constant", "mirror")]
    pixels = np.zeros((1, 3, 40, 30), np.uint8)
    pair = Evidence(("a", "b"), Picture(pixels), Picture(pixels[:, :, ::2, ::2]))
    groups = alike([alone, torch, *scipy, opencv], [pair])
    assert groups == [[alone], [torch, opencv], scipy]
