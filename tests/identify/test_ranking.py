"""Which candidates are tried after one of those that are alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from updown_cli.files.jpeg.luma import read_luma
from updown_cli.files.picture import Picture
from updown_cli.identify import ranking
from updown_cli.identify.convention import Registered
from updown_cli.identify.evidence import Evidence
from updown_cli.identify.ranking import rank
from updown_cli.identify.sizing import Sizing
from updown_cli.identify.trial import Candidate
from updown_cli.ops import OPS


def test_whoever_may_fit_is_tried_however_many_come_nearer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an even picture a JPEG leaves little: a rounding is further off than other filters."""
    monkeypatch.setattr(ranking, "MOST_GROUPS", 0)
    modes = {(one.like, one.mode): one for one in OPS["upsample"].modes}
    torch, opencv = (
        Registered(modes[name], (), Sizing("size"))
        for name in (("", "bilinear"), ("opencv", "linear"))
    )
    x = np.random.default_rng(9).integers(96, 112, (3, 40, 50)).astype(np.uint8)
    made = opencv.resize(x, (80, 100), 255.0)
    assert made is not None
    path = str(tmp_path / "large.jpg")
    Image.fromarray(np.moveaxis(made, 0, -1)).save(path, quality=50)
    pair = Evidence(
        ("a", path), Picture(x[None], "RGB"), Picture(made[None], "RGB"), luma=read_luma(path)
    )
    first = rank([Candidate(torch), Candidate(opencv)], [pair])[0]
    assert first.candidate.convention == opencv
    assert first.distances[0].mse == 0
