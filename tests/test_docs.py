"""The generated pages say what the code says."""

from __future__ import annotations

import re
from types import ModuleType

import pytest
from PIL import Image

from docs import make_commands, make_doctor, make_formats, make_networks, make_tables
from tests.conftest import ROOT
from updown_cli.batch import name_list
from updown_cli.batch.cluster.deal import DEATHS
from updown_cli.cli import earlier_report
from updown_cli.cli.main import updown
from updown_cli.doctor.rig import SIDES
from updown_cli.files import reading
from updown_cli.files.blocks import FREE_PARTS, LEAST_BYTES
from updown_cli.files.integrity import BYTES_PER_PIXEL, SPARE_BYTES
from updown_cli.files.jpeg.integrity import MOST_SCANS, MOST_SEGMENTS, MOST_TABLE_BYTES
from updown_cli.files.npy import MAPPED_FROM
from updown_cli.files.reading import MAX_FRAMES, MAX_PIXELS
from updown_cli.files.tag_directories import SPARE
from updown_cli.files.tiff.integrity import MOST_VALUES
from updown_cli.identify import gathering, judging, placement
from updown_cli.identify.foreign import programs
from updown_cli.stores.remote import AT_ONCE
from updown_cli.stores.remote_error import PAUSES
from updown_cli.stores.remote_reading import IN_MEMORY
from updown_cli.tensors import named_arrays

MIB = 1 << 20


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
        ("memory that reading a file", [reading.FREE_BYTES // MIB, reading.MOST_TIMES]),
        ("memory that an array", [named_arrays.FREE_BYTES // MIB, named_arrays.MOST_TIMES]),
        ("bytes of standard input", [reading.FREE_BYTES // MIB]),
        ("chunks of a PNG", [FREE_PARTS, LEAST_BYTES]),
        ("segments of a JPEG", [MOST_SEGMENTS, MOST_SCANS, MOST_TABLE_BYTES]),
        ("strips or tiles", [MOST_VALUES]),
        ("bytes of a list", [name_list.LARGEST // MIB, earlier_report.LARGEST // MIB]),
    ],
)
def test_the_limits_that_are_promised_are_those_that_hold(row: str, numbers: list[int]) -> None:
    page = (ROOT / "docs" / "SECURITY.md").read_text().splitlines()
    (line,) = [line for line in page if line.startswith(f"| {row}")]
    assert [int(word) for word in re.findall(r"\d+", line.replace(",", ""))] == numbers


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("SECURITY", f"`.npy` files of {MAPPED_FROM // MIB} MiB and more"),
        ("SECURITY", f"twice the file, and {'a' if SPARE == MIB else SPARE} megabyte"),
        ("clusters", f"at which {['no', 'one', 'two', 'three'][DEATHS]} workers died"),
        ("doctor", f"Signals are {SIDES[0]} x {SIDES[1]} pixels"),
        ("identify", f"no more than {judging.OTHERWISE:.0%}".replace("%", " %")),
        ("identify", f"up to {placement.MOST} pixels cut off or put around"),
        ("identify", f"one side changed {gathering.MOST_STRETCHED} times more"),
        ("remote", f"after {', '.join(f'{s:g}' for s in PAUSES[:-1])} and {PAUSES[-1]:g} seconds"),
        ("remote", f"An object of up to {IN_MEMORY // MIB} MiB"),
        ("remote", f"the next {['', 'eight'][AT_ONCE == 8]} come"),
        ("shards", f"{reading.FREE_BYTES // MIB} MiB and {reading.MOST_TIMES} times the bytes"),
    ],
)
def test_numbers_in_sentences_are_those_that_hold(page: str, sentence: str) -> None:
    text = " ".join((ROOT / "docs" / f"{page}.md").read_text().split())
    assert sentence in text


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
