"""Which files the text of a parameter names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from updown_cli.op.file_role import ARRAYS, NUMBERS_OR_ARRAYS, FileRole

NETWORK = FileRole(what="network")
KERNELS = replace(NUMBERS_OR_ARRAYS, words=("box",))


def up(path: str) -> str:
    return "../" + path


@pytest.mark.parametrize(
    ("role", "value", "files"),
    [
        (ARRAYS, "w.npz", ["w.npz"]),
        (ARRAYS, "a/w.npz::conv.weight", ["a/w.npz"]),
        (ARRAYS, "w.bin", ["w.bin"]),
        (ARRAYS, "a,b.npz", ["a,b.npz"]),
        (NUMBERS_OR_ARRAYS, "k.NPY", ["k.NPY"]),
        (NUMBERS_OR_ARRAYS, "k.pt::a", ["k.pt"]),
        (NUMBERS_OR_ARRAYS, "sobel", []),
        (NUMBERS_OR_ARRAYS, "1 2 1; 0 0 0", []),
        (NUMBERS_OR_ARRAYS, (1.0, 2.0), []),
        (KERNELS, "box, k.npy,l.npz::a", ["k.npy", "l.npz"]),
        (KERNELS, "a,k.npy", ["a,k.npy"]),
        (NETWORK, "net.json", ["net.json"]),
        (NETWORK, "net.npz::a", ["net.npz::a"]),
        (NETWORK, None, []),
    ],
)
def test_the_files_that_a_value_names(role: FileRole, value: object, files: list[str]) -> None:
    assert role.files_in(value) == files


def test_a_key_stays_with_another_file() -> None:
    assert ARRAYS.with_files("w.npz::a", up) == "../w.npz::a"
    assert ARRAYS.with_files("w.npz", up) == "../w.npz"
    assert KERNELS.with_files("box,k.npy", up) == "box,../k.npy"
    assert KERNELS.with_files("sobel", up) == "sobel"
    assert NETWORK.with_files("a.npz::b", up) == "../a.npz::b"
