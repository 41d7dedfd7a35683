"""How results are stored is worked out once for all pictures of a kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from updown_cli.batch import storage
from updown_cli.batch.settings import Settings
from updown_cli.batch.storage import Storage
from updown_cli.batch.stored_as import stored_as
from updown_cli.engine.alpha import ChannelInfo
from updown_cli.engine.quantize import Quantization
from updown_cli.errors import InputError
from updown_cli.files.picture import Picture
from updown_cli.ops.pool.avg import AvgPool
from updown_cli.pipeline.pipeline import Pipeline

PIPELINE = Pipeline((AvgPool(kernel_size=(2,)),))


def picture(dtype: str = "uint8", *, alpha: bool = False) -> Picture:
    """Return a black picture of colour."""
    return Picture(np.zeros((1, 3 + alpha, 4, 4), dtype), "RGB", alpha, "PNG")


def test_pictures_of_one_kind_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another type, transparency or ending is another kind, and so is what a file tells."""
    asked = []

    def heard(settings: Settings, *given: Any) -> Quantization:
        asked.append(given[1])
        return stored_as(settings, *given)

    monkeypatch.setattr(storage, "stored_as", heard)
    kinds = Storage(PIPELINE, Settings())
    plain = kinds.of(picture(), ".png", PIPELINE)
    assert plain == (Quantization("uint8"), ChannelInfo(weighs=True))
    assert kinds.of(picture(), ".png", PIPELINE) is plain
    assert kinds.of(picture("uint16"), ".png", PIPELINE)[1].white == 65535
    assert kinds.of(picture(alpha=True), ".png", PIPELINE)[1].alpha
    assert kinds.of(picture(), ".npy", PIPELINE)[0] == Quantization("float32")
    assert kinds.of(picture(), ".png", replace(PIPELINE)) == plain
    assert asked == [".png", ".png", ".png", ".npy", ".png"]


def test_what_does_not_fit_is_refused_every_time() -> None:
    """An array has no light to compute in."""
    kinds = Storage(PIPELINE, Settings(linear_light=True))
    array = Picture(np.zeros((1, 3, 4, 4), "uint8"))
    for _ in range(2):
        with pytest.raises(InputError, match="an array has no sRGB values to decode"):
            kinds.of(array, ".npy", PIPELINE)
