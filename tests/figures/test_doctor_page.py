"""The page of an examination in a real browser: it shows what `--json` says, and stays text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import Browser, needs_browser
from tests.conftest import Updown
from tests.page_checks import check_page
from updown_cli.figures.curves import Curve
from updown_cli.figures.line_chart import line_chart

#: A result pixel lies at two places between those of the source, and 0.25 px off.
DOUBLED = "upsample --mode bilinear --coordinates asymmetric --scale-factor 2"

#: What is in the cells of a table below a summary, row by row.
CELLS = """
Object.fromEntries([...document.querySelectorAll('details')].map(one => [
  one.querySelector('summary').textContent,
  [...one.querySelectorAll('tr')].slice(1).map(row => [...row.cells].map(cell =>
    [...cell.childNodes].map(node => Number(node.textContent))))]))
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


def examined(updown: Updown, *words: str) -> dict[str, Any]:
    """Return the JSON of an examination whose page is made as well."""
    done = updown("doctor", *words, "--size", "96x128", "--json", "-o", "found.html")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@needs_browser
def test_every_number_is_that_of_json(browser: Browser, updown: Updown) -> None:
    found = examined(updown, "--op", DOUBLED)
    check_page(browser, Path("found.html"))
    rows = browser.run(
        "[...document.querySelectorAll('.measures tr')].slice(1).map(row =>"
        "[...row.cells].map(cell => cell.textContent))"
    )
    names = ("measure", "shown", "limit_shown", "verdict", "about")
    assert rows == [[one[name] for name in names] for one in found["findings"]]
    told = browser.run("document.querySelector('.fault').textContent.replaceAll('\\n', '')")
    shift = found["findings"][0]
    assert told == f"Faultsshift: {shift['shown']}{shift['means']}To mend it, {shift['mend']}"
    tables = browser.run(CELLS)
    for axis in ("down", "across"):
        kernel = found["kernel"][axis]
        assert [row["phase"] for row in kernel["by_phase"]] == pytest.approx([0, 0.5], abs=0.01)
        used = [i for i in range(16) if any(row["weights"][i] for row in kernel["by_phase"])]
        assert tables[f"Numbers: kernel {axis}, 2 of 2 phases"] == [
            [[row["phase"]], *([row["weights"][i], row["distances"][i]] for i in used)]
            for row in kernel["by_phase"]
        ]
        for name in ("response", "edge"):
            pairs = zip(*found[name][axis].values(), strict=True)
            assert tables[f"Numbers: {name} {axis}"] == [[[one], [other]] for one, other in pairs]


@needs_browser
def test_a_hostile_command_stays_text(browser: Browser, updown: Updown) -> None:
    command = "cp -S '</title><img src=x onerror=a()>\"&lt;' {in} {out}"
    found = examined(updown, command)
    browser.open(Path("found.html"))
    assert found["subject"] == command
    assert browser.run("document.querySelector('h1').textContent") == command
    assert browser.run("document.title") == f"doctor: {command}"
    assert browser.run("[document.images.length, document.scripts.length]") == [0, 1]
    assert not browser.errors


def test_a_page_that_exists_is_left_alone(updown: Updown) -> None:
    Path("found.html").write_text("mine")
    done = updown("doctor", "--op", DOUBLED, "-o", "found.html")
    sentence = "updown: found.html exists; choose --if-exists overwrite\n"
    assert (done.code, done.stdout, done.stderr) == (2, "", sentence)
    assert Path("found.html").read_text() == "mine"


def test_a_folder_that_is_not_there_is_told_before_any_work(updown: Updown) -> None:
    done = updown("doctor", "--op", DOUBLED, "-o", "no/found.html")
    sentence = "updown: no/found.html: no such folder\n"
    assert (done.code, done.stdout, done.stderr) == (3, "", sentence)


def test_every_page_may_end_in_htm(updown: Updown) -> None:
    updown("doctor", "--op", DOUBLED, "-o", "found.htm")
    assert updown("explain", "pool", "-o", "pool.htm").code == 0
    for name in ("found.htm", "pool.htm"):
        assert Path(name).read_text().startswith("<!DOCTYPE html>")


def test_a_curve_is_drawn_where_its_numbers_are() -> None:
    """The middle of 0 to 4 lies at 42 + (360 - 42 - 10) / 2 pixels, 0 and 1 within 216.."""
    chart = line_chart("it", [Curve("a", [0, 2, 9], [0, 1, 5])], (0, 4))
    assert '<polyline class="first" points="42.0,216.2 196.0,19.8"/>' in chart
