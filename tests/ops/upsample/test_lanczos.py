"""A windowed sinc, and the torch that has it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from tests.helpers import apply
from tests.ops.upsample.reference_layers import noise
from updown_cli.errors import ParameterError
from updown_cli.ops.upsample.lanczos import Lanczos


def test_lanczos_without_antialias_is_refused() -> None:
    """torch has only the one."""
    with pytest.raises(ParameterError, match=r"^--no-antialias: torch has no lanczos without it$"):
        Lanczos(size=(4,), antialias=False)


# What torch raises on a device without lanczos, and what it raised before it had lanczos.
@pytest.mark.parametrize("refusal", [NotImplementedError, ValueError])
def test_lanczos_names_the_torch_that_has_it(
    refusal: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an older torch, or one on another device, says."""

    def interpolate(*_: Any, **__: Any) -> torch.Tensor:
        raise refusal("Anti-alias option is restricted to bilinear and bicubic modes")

    monkeypatch.setattr(F, "interpolate", interpolate)
    with pytest.raises(ParameterError) as error:
        apply(Lanczos(size=(4,)), noise(3, 3))
    expected = "--mode lanczos: this torch cannot do it; torch 2.13 can, on the CPU"
    assert str(error.value) == expected
