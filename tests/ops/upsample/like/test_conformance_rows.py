"""Rows of docs/conformance.md: kept as they come, and put into the page by library."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.resizing import rows
from benchmarks.resizing.rows import Row, RowFile, write_page
from updown_cli.ops.upsample.like import LIBRARIES

AREA = Row("opencv", "opencv-python 5.0.0", "area", "uint8", 210, "0")
LINEAR = Row("opencv", "opencv-python 5.0.0", "linear", "float32", 210, "9.1e-08")
OLD = Row("jax", "jax 0.10.2", "area", "float32", 210, "3.5e-07")


def test_a_stopped_run_has_the_rows_that_it_made(tmp_path: Path) -> None:
    name = str(tmp_path / "rows.jsonl")
    RowFile(name).add(AREA)
    again = RowFile(name)
    again.add(LINEAR)
    key = (AREA.library, AREA.version, AREA.mode, AREA.dtype)
    assert again.find(*key) == AREA
    assert again.find("opencv", "opencv-python 6.0.0", "area", "uint8") is None
    assert RowFile(name).rows == [AREA, LINEAR]


def test_rows_take_the_place_of_those_of_their_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "conformance.md"
    page.write_text("# Page\n\n## transformers\n")
    monkeypatch.setattr(rows, "PAGE", page)
    write_page([OLD, AREA])
    write_page([LINEAR])
    written = [line for line in page.read_text().splitlines() if line.startswith("| ")]
    assert written[2:] == [
        "| jax | jax 0.10.2 | area | float32 | 210 | 3.5e-07 |",
        "| opencv | opencv-python 5.0.0 | linear | float32 | 210 | 9.1e-08 |",
    ]
    assert page.read_text().endswith("<!-- end of resizes -->\n\n## transformers\n")


def test_the_page_has_every_proven_library_and_bytes_without_difference() -> None:
    """What differs in bytes is OpenCV's cubic by Intel's library, which is closed."""
    table = rows.PAGE.read_text().partition(rows.BEGIN)[2].partition(rows.END)[0]
    found = [line.strip("| ").split(" | ") for line in table.splitlines() if " | 210 | " in line]
    assert {library for library, *_ in found} == {*LIBRARIES} - {"matlab"}
    exact = [each for each in found if each[0] in ("pillow", "torchvision", "opencv")]
    assert [each[2] for each in exact if each[3] == "uint8" and each[-1] != "0"] == ["cubic"]
