"""The generated pages say what the code says."""

from __future__ import annotations

import re
from types import ModuleType

import pytest
from PIL import Image

from docs import make_commands, make_doctor, make_formats, make_networks, make_tables
from tests.conftest import ROOT
from updown_cli.cli.main import updown
from updown_cli.files.integrity import BYTES_PER_PIXEL, SPARE_BYTES
from updown_cli.files.reading import MAX_FRAMES, MAX_PIXELS
from updown_cli.identify.foreign import programs


@pytest.mark.parametrize(
    "maker",
    [make_commands, make_doctor, make_formats, make_networks, make_tables],
    ids=lambda m: m.__name__,
)
def test_a_generated_page_is_fresh(maker: ModuleType) -> None:
    assert maker.PAGE.read_text() == maker.page(), f"run {maker.__name__}"


@pytest.mark.parametrize(
    ("row", "numbers"),
    [
        ("pixels of an image", [MAX_PIXELS]),
        ("frames of an animation", [MAX_FRAMES]),
        ("bytes of a still picture", [SPARE_BYTES, BYTES_PER_PIXEL]),
    ],
)
def test_the_limits_that_are_promised_are_those_that_hold(row: str, numbers: list[int]) -> None:
    page = (ROOT / "docs" / "SECURITY.md").read_text().splitlines()
    (line,) = [line for line in page if line.startswith(f"| {row}")]
    assert [int(word) for word in re.findall(r"\d+", line.replace(",", ""))] == numbers


@pytest.mark.parametrize("page", ["layers.md", "gallery.md"])
def test_pictures_on_a_page_are_not_shrunk(page: str) -> None:
    """What is wider than a page has its letters shrunk with it, below what can be read."""
    names = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", (ROOT / "docs" / page).read_text())
    for name in names:
        with Image.open(ROOT / "docs" / name) as picture:
            assert picture.width <= 1012, name
    assert names


def test_every_command_is_on_the_page() -> None:
    assert {f"## updown {name}" for name in updown.commands} <= set(
        make_commands.PAGE.read_text().splitlines()
    )


def test_other_programs_are_on_the_page_of_identify_with_their_proof() -> None:
    page = (ROOT / "docs" / "identify.md").read_text()
    for one in programs():
        assert f"| {one.describe()} | {one.proof} |" in page
