"""Headers of `.npy` files, in every version that NumPy writes."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.lib import format as npy

from tests.conftest import Updown
from updown_cli.errors import InputError
from updown_cli.tensors.npy import read_header, read_npy

VALUES = np.arange(48, dtype="<f4").reshape(6, 8)


def written(version: tuple[int, int], array: np.ndarray = VALUES) -> bytes:
    """Return a file with a header of this version, as NumPy writes it."""
    file = io.BytesIO()
    npy.write_array(file, array, version)
    return file.getvalue()


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)], ids=str)
def test_every_version_of_the_header_is_read(updown: Updown, version: tuple[int, int]) -> None:
    data = written(version)
    assert data[6:8] == bytes(version)
    Path("a.npy").write_bytes(data)
    np.testing.assert_array_equal(read_npy("a.npy"), VALUES)
    assert updown("pool", "a.npy", "-o", "b.npy").code == 0
    np.testing.assert_array_equal(np.load("b.npy"), VALUES[1::2, 1::2])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (written((3, 0), np.zeros(3, [("naïve", "<f4")])), "bad_dtype"),
        (written((3, 0), np.zeros(3, [("写真", "<f4")])), "corrupt"),
        (written((3, 0))[:40], "corrupt"),
        (b"\x93NUMPY\3\0" + b"\xff" * 4 + b"{" * 99, "corrupt"),
        (b"\x93NUMPY\4\0" + written((3, 0))[8:], "corrupt"),
    ],
    ids=["Latin names", "other names", "cut", "a lie about its length", "unknown version"],
)
def test_other_headers_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_header(io.BytesIO(data))
    assert refused.value.code == code
