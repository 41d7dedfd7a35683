"""What other libraries gave of noise, stored where they are not installed for the tests.

`python -m benchmarks.resizing.store` wrote it, from the libraries themselves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from updown_cli.op.shape import Shape
from updown_cli.op.signal import Signal
from updown_cli.ops import OPS

STORED = sorted((Path(__file__).parent / "stored").glob("*.jsonl"))


def made(like: str, case: dict[str, Any], size: tuple[int, int], to: tuple[int, int]) -> Any:
    """Return what updown makes of the same noise."""
    x = torch.from_numpy(np.random.default_rng(size).random(size).astype(np.float32))[None, None]
    cls: Any = OPS["upsample"].of_mode(case["mode"], like)
    settings = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in case["settings"].items()
    }
    op = cls(size=to, **settings).for_shape(Shape(1, *size))
    return op.run(Signal(x)).pixels[0, 0].numpy()


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_it_is_what_the_library_gave(path: Path) -> None:
    cases = [json.loads(line) for line in path.read_text().splitlines()]
    assert {case["mode"] for case in cases} == {
        cls.mode for cls in OPS["upsample"].modes_like(path.stem)
    }
    for case in cases:
        for result in case["results"]:
            expected = np.reshape(result["is"], result["shape"])
            actual = made(path.stem, case, tuple(result["size"]), tuple(result["to"]))
            atol = 1e-6 * np.abs(expected).max()
            np.testing.assert_allclose(actual, expected, 0, atol, err_msg=str(case["mode"]))
