"""The tensors that the real classes made, as `benchmarks/conformance.py` stored them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.conftest import Updown
from tests.seen_pictures import write_pictures

STORED: dict[str, Any] = json.loads((Path(__file__).parent / "stored.json").read_text())

#: torch interpolates bytes in another way where the processor lacks these.
FAST = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")


#: Interpolations of floats, whose last digit depends on torch's number of threads: values up to 3.
FLOATS = tuple(
    f"transformers-{name}" for name in ("DepthPro", "Owlv2Fast", "RfDetr", "UVDoc", "Zoe")
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_pictures(tmp_path_factory.mktemp("pictures"))


@pytest.mark.parametrize("name", STORED)
def test_tensors_are_those_of_the_real_class(
    name: str, pictures: list[Path], updown: Updown
) -> None:
    Path("c.json").write_text(json.dumps(STORED[name]["configuration"]))
    assert updown("preprocess", "--config", "c.json", *pictures, "-o", "out/", "-q").code == 0
    for path, stored in zip(pictures, STORED[name]["tensors"], strict=True):
        tensor = np.load(f"out/{path.stem}.npy")
        assert tensor.dtype == np.float32
        assert list(tensor.shape) == stored["shape"]
        flat = tensor.ravel()
        numbers = [float(flat[flat.size * place // 4]) for place in range(3)]
        digest = hashlib.sha256(flat.tobytes()).hexdigest()[:16]
        if name.startswith(FLOATS):
            np.testing.assert_allclose(numbers, stored["numbers"], rtol=0, atol=2e-6)
        elif FAST:
            assert (numbers, digest) == (stored["numbers"], stored["sha256"]), path.name


def test_what_is_stored_is_enough() -> None:
    groups = [name.partition("-")[0] for name in STORED]
    assert groups.count("transformers") >= 50
    assert groups.count("torchvision") >= 30
    assert groups.count("timm") >= 10
