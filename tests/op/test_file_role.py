"""Which files the text of a parameter names."""

from __future__ import annotations

import pytest

from updown_cli.op.file_role import ARRAYS, NUMBERS_OR_ARRAYS, FileRole

NETWORK = FileRole(what="network")


@pytest.mark.parametrize(
    ("role", "value", "file"),
    [
        (ARRAYS, "w.npz", "w.npz"),
        (ARRAYS, "a/w.npz::conv.weight", "a/w.npz"),
        (ARRAYS, "w.bin", "w.bin"),
        (NUMBERS_OR_ARRAYS, "k.NPY", "k.NPY"),
        (NUMBERS_OR_ARRAYS, "k.pt::a", "k.pt"),
        (NUMBERS_OR_ARRAYS, "sobel", None),
        (NUMBERS_OR_ARRAYS, "1 2 1; 0 0 0", None),
        (NUMBERS_OR_ARRAYS, (1.0, 2.0), None),
        (NETWORK, "net.json", "net.json"),
        (NETWORK, "net.npz::a", "net.npz::a"),
        (NETWORK, None, None),
    ],
)
def test_the_file_that_a_value_names(role: FileRole, value: object, file: str | None) -> None:
    assert role.file_in(value) == file


def test_a_key_stays_with_another_file() -> None:
    assert ARRAYS.with_file("w.npz::a", "../w.npz") == "../w.npz::a"
    assert ARRAYS.with_file("w.npz", "../w.npz") == "../w.npz"
    assert NETWORK.with_file("a.npz::b", "c.json") == "c.json"
