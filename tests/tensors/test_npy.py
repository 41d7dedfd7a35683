"""Headers of `.npy` files, in every version that NumPy writes."""

from __future__ import annotations

import faulthandler
import io
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.lib import format as npy

from tests.conftest import Updown, noise, picture
from updown_cli.errors import InputError
from updown_cli.files import npy as array_pictures
from updown_cli.tensors import npy as npy_files
from updown_cli.tensors.npy import read_header, read_npy
from updown_cli.tensors.npz import entries, open_archive, read_entry

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


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_an_array_is_not_mapped() -> None:
    """A file that is mapped ends the process when somebody cuts it."""
    np.save("a.npy", VALUES)
    array = read_npy("a.npy")
    assert "/a.npy" not in Path("/proc/self/maps").read_text()
    np.testing.assert_array_equal(array, VALUES)


def test_an_array_that_is_cut_while_it_is_read_costs_one_file(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_and_read(stream: Any, header: Any) -> Any:
        os.truncate("in/a.npy", 500)
        return whole(stream, header)

    whole = npy_files.read_values
    monkeypatch.setattr(npy_files, "read_values", cut_and_read)
    os.mkdir("in")
    np.save("in/a.npy", np.zeros((500, 500)))
    picture("in/b.png", noise(4, 4))
    done = updown("pool", "in", "-o", "out", "-j", "1")
    assert (done.code, done.stderr.splitlines()[0]) == (1, "updown: in/a.npy: truncated array")
    assert os.listdir("out") == ["b.png"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no fork")
@pytest.mark.parametrize("others", [True, False], ids=["two files", "one file"])
def test_a_mapped_array_that_is_cut_costs_one_file(
    updown: Updown, monkeypatch: pytest.MonkeyPatch, *, others: bool
) -> None:
    """The process that reads what is no longer there is ended by the system."""

    def cut_and_arrange(array: Any, *axes: Any) -> Any:
        faulthandler.disable()  # it would tell of the end of this process
        os.truncate("in/a.npy", 0)
        return arrange(array, *axes)

    arrange = array_pictures.as_picture
    monkeypatch.setattr(array_pictures, "as_picture", cut_and_arrange)
    monkeypatch.setattr(array_pictures, "MAPPED_FROM", 1000)
    os.mkdir("in")
    np.save("in/a.npy", np.ones((500, 500)))
    if others:
        picture("in/b.png", noise(4, 4))
    done = updown("pool", "in", "-o", "out", "-j", "1")
    assert done.code == 1
    assert done.stderr.startswith("updown: in/a.npy: the worker died")
    assert sorted(os.listdir()) == ["in", "out"][: 1 + others]
    assert not others or os.listdir("out") == ["b.png"]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [">f4", "<f8", ">i2", "|b1"])
def test_numbers_of_either_order_of_bytes_and_axes_are_read(dtype: str, order: str) -> None:
    array = np.array(VALUES.astype(dtype), order=order)  # type: ignore[call-overload]
    np.save("a.npy", array)
    np.savez_compressed("a.npz", a=array)
    np.testing.assert_array_equal(read_npy("a.npy"), array)
    assert read_npy("a.npy").dtype.isnative
    with open("a.npz", "rb") as file, open_archive(file) as archive:
        np.testing.assert_array_equal(read_entry(archive, entries(archive)["a"]), array)
