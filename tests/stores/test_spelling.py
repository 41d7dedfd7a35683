"""URLs and paths, taken apart."""

from __future__ import annotations

import pytest

from updown_cli.batch.inputs import Selection
from updown_cli.stores.spelling import below_server


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a/[b]*.png", "a/[b]*.png"),
        ("file:///a/*.png", "file:///a/*.png"),
        ("http://[::1]:8765/a/b.png?c=*", "a/b.png"),
        ("http://h*", ""),
        ("s3://bu*ket/in/*.png", "in/*.png"),
        ("zip://*.png::s3://bucket/set.zip", "zip://*.png"),
    ],
)
def test_a_server_is_no_part_of_a_path(name: str, path: str) -> None:
    assert below_server(name) == path


@pytest.mark.parametrize("name", ["memory://[::1]/a.png", "memory://a*/b.png", "memory://*.png"])
def test_a_server_with_the_signs_of_a_glob_is_no_glob(name: str) -> None:
    pytest.importorskip("fsspec")
    assert [source.path for source in Selection(paths=(name,)).sources()] == [name]
