"""The page of a sheet in a real browser: two pictures in several ways, on a phone as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Browser, needs_browser
from tests.conftest import Updown, noise, picture
from tests.page_checks import check_page
from updown_cli.figures import preview

SEEN = "[...document.querySelectorAll('figure')].map(figure => !figure.hidden)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


def made(updown: Updown, *words: str) -> Path:
    """Return the page of a picture and two tries."""
    picture("a.png", noise(60, 90, 3))
    tries = ("--try", "pool -k {2,3}")
    done = updown("sheet", "a.png", *tries, "-o", "s.html", "--if-exists", "overwrite", *words)
    assert (done.code, done.stderr) == (0, "")
    return Path("s.html")


def press(browser: Browser, view: str) -> None:
    browser.run(f"document.querySelector('[data-view={view}]').click()")


@needs_browser
def test_two_pictures_are_shown_in_several_ways(browser: Browser, updown: Updown) -> None:
    browser.open(made(updown))
    assert browser.run(SEEN) == [True, False, False]
    press(browser, "beside")
    assert browser.run(SEEN) == [True, True, False]
    left, right = browser.run(
        "[...document.querySelectorAll('figure:not([hidden])')].map(x => x.offsetLeft)"
    )
    assert left != right
    press(browser, "slider")
    browser.run(
        "(() => { const cut = document.querySelector('.cut'); cut.value = 30;"
        "cut.dispatchEvent(new Event('input')); })()"
    )
    top = "document.querySelector('figure.top')"
    assert browser.run(f"{top}.style.clipPath") == "inset(0px 0px 0px 30%)"
    press(browser, "difference")
    assert browser.run(f"getComputedStyle({top}).mixBlendMode") == "difference"
    press(browser, "flicker")
    browser.until(f"{top}.style.visibility === 'hidden'")
    browser.until(f"{top}.style.visibility === ''")
    press(browser, "one")
    assert browser.run(SEEN) == [True, False, False]


@needs_browser
def test_keys_choose_and_scroll_where_the_picture_is_magnified(
    browser: Browser, updown: Updown
) -> None:
    browser.open(made(updown), width=360)
    browser.key("ArrowRight")
    assert browser.run(SEEN) == [False, True, False]
    browser.key("3")
    assert browser.run(SEEN) == [False, False, True]
    for _ in range(3):
        browser.run("document.querySelector('.in').click()")
    browser.run("document.querySelector('.stage').focus()")
    browser.key("ArrowRight")
    assert browser.run(SEEN) == [False, False, True]


@needs_browser
def test_the_page_fits_and_loads_nothing(browser: Browser, updown: Updown) -> None:
    page = made(updown)
    check_page(browser, page)
    assert browser.run("document.activeElement === document.body")
    names = browser.run("[...document.images].map(image => image.alt)")
    assert names == ["a.png: source", "a.png: -k 2", "a.png: -k 3"]
    assert browser.run("document.querySelector('.facts').ariaLive") == "polite"


def test_a_large_picture_is_a_preview_and_a_part(
    updown: Updown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "LARGEST_WHOLE", 200 * 200)
    picture("large.png", noise(396, 396, 3))
    words = ("sheet", "large.png", "--try", "pool -k 2", "-o")
    assert updown(*words, "s.html").code == 0
    text = Path("s.html").read_text()
    assert text.count("data:image/jpeg;base64,") == 1
    assert text.count("reduced to 1/2; every pixel of a part:") == 1
    assert updown(*words, "f.html", "--full").code == 0
    text = Path("f.html").read_text()
    assert (text.count("data:image/jpeg"), text.count("reduced to")) == (0, 0)


def test_full_goes_with_a_page(updown: Updown) -> None:
    picture("a.png", noise(6, 9, 3))
    done = updown("sheet", "a.png", "--try", "pool", "-o", "s.png", "--full")
    assert (done.code, done.stderr) == (2, "updown: --full: goes with a page, -o OUT.html\n")
