"""The page of a sheet in a real browser: two pictures in several ways, on a phone as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import Browser, needs_browser
from tests.conftest import Updown, noise, picture
from tests.page_checks import check_opened, check_page
from updown_cli.batch.sheet_pairs import RowPairs
from updown_cli.figures import preview
from updown_cli.files.comparison import compare_pictures
from updown_cli.files.picture import Picture

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
    browser.click(f"[data-view={view}]")


def told_pair(browser: Browser) -> dict[str, str]:
    """Return the numbers that are shown of two pictures, by their names."""
    pair = browser.run(
        "[...document.querySelectorAll('.pair div')].map(x =>[...x.children].map(y => y.innerText))"
    )
    return dict(pair)


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
        "(() => { const cut = document.querySelector('.cut input'); cut.value = 30;"
        "cut.dispatchEvent(new Event('input')); })()"
    )
    top = "document.querySelector('figure.top')"
    assert browser.run(f"{top}.style.clipPath") == "inset(0px 0px 0px 30%)"
    browser.point_at(".stage")
    assert browser.run(f"parseFloat({top}.style.clipPath.split(' ')[3])") == pytest.approx(
        50, abs=1
    )
    press(browser, "difference")
    assert browser.run(f"getComputedStyle({top}).mixBlendMode") == "difference"
    browser.run(
        "(() => { const gain = document.querySelector('.gain input'); gain.value = 3;"
        "gain.dispatchEvent(new Event('input')); })()"
    )
    assert browser.run("document.querySelector('.gain output').textContent") == "8\u00d7"
    stage = "getComputedStyle(document.querySelector('.stage')).filter"
    assert browser.run(stage) == "brightness(8)"
    press(browser, "flicker")
    browser.until(f"{top}.style.visibility === 'hidden'")
    browser.until(f"{top}.style.visibility === ''")
    assert browser.run(stage) == "none"
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
        browser.click(".in")
    left = "document.querySelector('.stage').scrollLeft"
    before = browser.run(left)
    browser.key("ArrowRight")
    assert (browser.run(SEEN), browser.run(left) - before) == ([False, False, True], 42)
    press(browser, "beside")
    check_opened(browser, Path("s.html"), 360)
    places = "[...document.querySelectorAll('figure:not([hidden])')].map(x => x.scrollLeft)"
    one, other = browser.run(places)
    browser.key("ArrowLeft")
    browser.until(f"{places}.join() === '{one - 40},{other - 40}'")
    assert one == other > 0


@needs_browser
def test_the_numbers_of_two_are_those_of_compare(browser: Browser, updown: Updown) -> None:
    picture("a.png", noise(60, 90, 3))
    tries = ("pool -k 3 -s 1 -p 1", "pool --mode avg -k 3 -s 1 -p 1", "pool -k 2")
    words = [word for one in tries for word in ("--try", one)]
    assert updown("sheet", "a.png", *words, "-o", "s.html").code == 0
    for number, steps in enumerate(tries):
        assert updown(*steps.split(), "a.png", "-o", f"{number}.png").code == 0
    browser.open(Path("s.html"))
    press(browser, "beside")
    for keys, pair in (("2", ("a.png", "0.png")), ("23", ("0.png", "1.png"))):
        for key in keys:
            browser.key(key)
        head, told = updown("compare", *pair).stdout.splitlines()
        names, values = head.split()[2:-1], told.split()[3:11]
        assert told_pair(browser) == dict(zip(names, values, strict=True))
    browser.key("4")
    assert told_pair(browser) == {}
    told = browser.run("document.querySelector('.pair').innerText")
    assert told == ("--mode avg -k 3 -s 1 -p 1 and -k 2\n\nno numbers, of 3x60x90 and 3x30x45")


def test_results_are_compared_with_each_other_as_far_as_there_is_time() -> None:
    pairs = RowPairs(left=2 * 24, room=1000)
    first, *others = [Picture(noise(2, 4, 3).transpose(2, 0, 1)[None], "RGB") for _ in range(4)]
    known = compare_pictures(first, others[0]).metrics
    pairs.add(first)
    for other in others:
        pairs.add(other, known)
    found = pairs.told()
    assert found.numbers is not None
    assert [*found.numbers] == [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3)]
    assert found.shapes == ["3x2x4"] * 4


def test_results_are_not_kept_without_end() -> None:
    pairs = RowPairs(left=1000, room=2 * 24)
    for _ in range(4):
        pairs.add(Picture(noise(2, 4, 3).transpose(2, 0, 1)[None], "RGB"))
    assert [kept is not None for kept in pairs.kept] == [True, True, False, False]
    assert [*(pairs.told().numbers or {})] == [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3)]


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
