"""The page of a layer in a real browser: it shows what `--json` says, and how it can be touched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.browser import Browser, needs_browser
from tests.conftest import Updown
from tests.page_checks import check_page

pytestmark = needs_browser

#: What a cell is told to be: of the input or output, with every digit.
NUMBERS = "[...document.querySelectorAll('.panel:{} td[data-exact]')]"
LIT = "[...document.querySelectorAll('td.{}')].map(cell => cell.querySelector('span').textContent)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as started:
        yield started


def page(updown: Updown, *words: str) -> Path:
    """Return a page that is made."""
    done = updown("explain", *words, "-o", "page.html", "--if-exists", "overwrite")
    assert (done.code, done.stderr) == (0, "")
    return Path("page.html")


def set_slider(browser: Browser, number: int, value: int) -> None:
    browser.run(
        f"(() => {{ const one = document.querySelectorAll('#controls input')[{number}];"
        f"one.value = {value}; one.dispatchEvent(new Event('input')); }})()"
    )


def line(browser: Browser) -> str:
    return str(browser.run("document.getElementById('line').textContent"))


@pytest.mark.parametrize(
    ("words", "ranges"),
    [
        (
            "pool --mode avg",
            {"kernel-size": range(1, 5), "stride": range(1, 4), "padding": range(3)},
        ),
        ("pool", {"kernel-size": range(1, 5), "stride": range(1, 4), "dilation": range(1, 3)}),
        (
            "deconv --kernel 0.5,0.25;0.1,0.7",
            {"stride": range(1, 4), "padding": range(3), "output-padding": range(2)},
        ),
        ("conv --kernel sobel-h", {"stride": range(1, 4), "padding": range(3)}),
        ("shuffle --upscale-factor 2 --input 4x2x2", {"upscale-factor": range(1, 4)}),
    ],
)
def test_every_number_in_every_state_is_that_of_json(
    words: str, ranges: dict[str, range], browser: Browser, updown: Updown
) -> None:
    command = [word.replace(",", " ") for word in words.split()]
    varied = [f"{name}={each[0]}..{each[-1]}" for name, each in ranges.items()]
    vary = [word for text in varied for word in ("--vary", text)]
    browser.open(page(updown, *command, *vary))
    states = browser.run(
        "model.index.map(at => model.states[at]).map(one => one.error ? one.error : {"
        "input: one.panels[0].input.exact, output: one.panels[0].output.exact,"
        "reads: one.panels[0].steps.map(step => step.reads),"
        "weights: one.panels[0].steps.map(step => step.weights),"
        "torch: one.code[0][1]})"
    )
    given = [] if "--input" in command else ["--input", "1x4x4"]
    settings: list[list[str]] = [[]]
    for name, each in ranges.items():
        settings = [[*done, f"--{name}", str(value)] for done in settings for value in each]
    assert len(states) == len(settings)
    for state, setting in zip(states, settings, strict=True):
        done = updown("explain", *command, *setting, *given, "--json")
        if isinstance(state, str):
            assert done.stderr == f"updown: {state}\n"
            continue
        told = json.loads(done.stdout)
        assert state["input"] == np.ravel(told["input"]).tolist()
        assert state["output"] == np.ravel(told["output"]).tolist()
        assert state["reads"] == told["reads"]
        assert state["torch"] == told["torch"]
        if told["matrix"] is not None:
            rows = zip(told["matrix"], told["reads"], strict=True)
            assert state["weights"] == [[row[place] for place in reads] for row, reads in rows]


def test_an_output_value_lights_what_it_reads_with_the_weights(
    browser: Browser, updown: Updown
) -> None:
    browser.open(page(updown, "conv", "--kernel", "1 2; 3 4", "--vary", "none"))
    browser.point_at("td[aria-label='output (1, 1): 94']")
    assert browser.run(LIT.format("read")) == ["6", "7", "10", "11"]
    assert browser.run(LIT.format("out")) == ["94"]
    weights = browser.run("[...document.querySelectorAll('td.read small')].map(x => x.textContent)")
    assert weights == ["× 1", "× 2", "× 3", "× 4"]
    assert line(browser) == "output (1, 1): 6*1 + 7*2 + 10*3 + 11*4 = 94"


def test_an_input_value_lights_what_it_reaches(browser: Browser, updown: Updown) -> None:
    browser.open(page(updown, "pool", "-k", "2", "-s", "1", "--vary", "none"))
    browser.point_at("td[aria-label^='input (1, 1)']")
    assert len(browser.run(LIT.format("out"))) == 4
    assert line(browser).startswith("input (1, 1): ")
    assert line(browser).endswith("is read by output (0, 0), (0, 1), (1, 0), (1, 1)")


def test_keys_go_from_value_to_value(browser: Browser, updown: Updown) -> None:
    browser.open(page(updown, "pool", "-k", "1", "--mode", "avg", "--vary", "none"))
    browser.run("document.querySelector(\"td[aria-label='output (0, 0): 1']\").focus()")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"):
        browser.key(key)
    assert line(browser) == "output (2, 0): 9, from input (2, 0)"


def test_step_back_and_play_go_through_the_outputs(browser: Browser, updown: Updown) -> None:
    browser.open(page(updown, "pool", "--mode", "avg", "-k", "4", "-s", "1", "-p", "2"))
    browser.run("document.getElementById('step').click()")
    first = line(browser)
    browser.run("document.getElementById('back').click()")
    assert line(browser) != first
    browser.run("document.getElementById('play').click()")
    browser.until(f"document.getElementById('line').textContent === {json.dumps(first)}")
    assert browser.run("document.getElementById('play').getAttribute('aria-pressed')") == "true"
    browser.run("document.getElementById('play').click()")


def test_sliders_lead_to_states_and_refusals_are_the_tools_own(
    browser: Browser, updown: Updown
) -> None:
    browser.open(
        page(updown, "pool", "-k", "1", "--vary", "kernel-size=1..2", "--vary", "padding=0..1")
    )
    set_slider(browser, 1, 1)
    told = browser.run("document.getElementById('refusal').textContent")
    done = updown("explain", "pool", "-k", "1", "-p", "1")
    assert f"updown: {told}\n" == done.stderr
    assert told == "--padding 1: must be at most half of --kernel-size, 0"
    set_slider(browser, 0, 1)
    assert browser.run("document.getElementById('refusal').hidden") is True
    command = browser.run("document.getElementById('command').textContent")
    assert command == "updown explain pool --mode max --padding 1"
    assert browser.run("document.querySelectorAll('.panel tr').length") > 0


def test_a_transposed_convolution_shows_its_stamps_as_well(
    browser: Browser, updown: Updown
) -> None:
    words = ("deconv", "--kernel", "1 2; 3 4", "--input", "1x2", "-s", "1", "--vary", "none")
    browser.open(page(updown, *words))
    browser.run("document.getElementById('view').click()")
    assert line(browser) == "input (0, 0): 1 * kernel is added to the output"
    assert browser.run(LIT.format("out")) == ["1", "2", "3", "4"]
    browser.run("document.getElementById('step').click()")
    assert browser.run(LIT.format("out")) == ["4", "4", "10", "8"]


def test_the_light_goes_through_all_steps_of_a_chain(browser: Browser, updown: Updown) -> None:
    steps = "pool --mode avg -k 2 | upsample --mode nearest --scale-factor 2"
    browser.open(page(updown, "chain", steps))
    assert browser.run("document.querySelectorAll('.panel').length") == 2
    browser.point_at(".panel:nth-child(2) td[aria-label^='output (3, 3)']")
    assert browser.run(LIT.format("read")) == ["11", "12", "15", "16", "13.5"]
    assert browser.run(LIT.format("out")) == ["13.5", "13.5"]
    browser.point_at(".panel:nth-child(1) td[aria-label^='input (0, 0)']")
    assert browser.run(LIT.format("out")) == ["3.5", "3.5", "3.5", "3.5", "3.5"]


def test_interpolation_shows_where_it_samples_by_each_convention(
    browser: Browser, updown: Updown
) -> None:
    words = ("upsample", "--mode", "linear", "--dims", "1", "--size", "4", "--input", "1x2")
    browser.open(page(updown, *words, "--vary", "none"))
    told = browser.run("[...document.querySelectorAll('svg')].map(x => x.ariaLabel)")
    assert told == [
        "x half-pixel: sampled at -0.25, 0.25, 0.75, 1.25",
        "x align-corners: sampled at 0, 0.3333333333333333, 0.6666666666666666, 1",
        "x asymmetric: sampled at 0, 0.5, 1, 1.5",
    ]


def test_pools_tell_the_index_and_shuffles_colour_the_phases(
    browser: Browser, updown: Updown
) -> None:
    browser.open(page(updown, "pool", "-k", "2", "--vary", "none"))
    told = json.loads(updown("explain", "pool", "-k", "2", "--json").stdout)
    browser.point_at("td[aria-label^='output (0, 0)']")
    assert browser.run("document.querySelector('td.out small').textContent") == (
        f"at {told['chosen'][0]}"
    )
    browser.open(page(updown, "shuffle", "--upscale-factor", "2", "--vary", "none"))
    colours = browser.run("views[0].outs.slice(0, 4).map(cell => cell.style.borderLeftColor)")
    assert colours[0] == colours[2] != colours[1] == colours[3]
    assert browser.run("views[0].ins[0].style.borderLeftColor") == colours[0]


def test_texts_can_be_read_and_nothing_is_loaded_or_wrong(browser: Browser, updown: Updown) -> None:
    words = ("deconv", "--kernel", "1 2 3; 4 5 6; 7 8 9", "-s", "2", "-p", "1")
    check_page(browser, page(updown, *words))


def test_a_hostile_name_stays_text(browser: Browser, updown: Updown) -> None:
    name = "<img src=x onerror=document.title='lost'></script>.npy"
    folder = Path("a")
    folder.mkdir()
    hostile = name.replace("/", "\N{FRACTION SLASH}")
    np.save(folder / hostile, np.arange(16.0).reshape(4, 4))
    browser.open(page(updown, "pool", "-k", "2", "--input", str(folder / hostile)))
    assert browser.run("document.querySelectorAll('img').length") == 0
    assert hostile in browser.run("document.getElementById('command').textContent")
    assert browser.run("document.title") == "pool max"
    assert browser.errors == []


@pytest.mark.parametrize(
    "words",
    [
        "pool -k 3 -s 2 -p 1",
        "deconv --kernel bilinear -s 2",
        "conv --kernel sobel-h",
        "upsample --mode bicubic --scale-factor 2",
        "unpool",
        "shuffle --upscale-factor 2",
    ],
)
def test_pages_are_small(words: str, updown: Updown) -> None:
    made = page(updown, *words.split())
    assert made.stat().st_size < 1_000_000
    assert set(re.findall('https?://[^"]*', made.read_text())) == {"http://www.w3.org/2000/svg"}


def refused(updown: Updown, *words: str) -> tuple[int, str]:
    done = updown("explain", *words)
    return done.code, done.stderr


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ("pool -o page.htm", 2, "--output page.htm: must end in .html"),
        ("pool --vary stride=1..2", 2, "--vary: goes with --output PAGE.html"),
        (
            "pool -o p.html --vary strid=1..2",
            2,
            "--vary strid=1..2: max has no such parameter; did you mean stride?",
        ),
        ("pool -o p.html --vary stride=3..1", 2, "--vary stride=3..1: must rise, by less than 600"),
        ("pool -o p.html --vary stride=x", 2, "--vary stride=x: must be a whole number or HxW"),
        (
            "pool -o p.html --vary stride=1..2 --vary stride=1..3",
            2,
            "--vary stride: is given twice",
        ),
        (
            "pool -o p.html --vary stride=1..60 --vary kernel-size=1..60",
            2,
            "--vary: 3600 states, at most 600 are kept; vary less",
        ),
        (
            "pool -o p.html --input 30x30",
            1,
            "900 values are more than the 400 in 16 planes that a page shows; give a smaller "
            "--input, such as 4x4",
        ),
        (
            "pool -o p.html --dims 3",
            1,
            "a page shows one or two sides, not 4x4x4; say --dims 2",
        ),
    ],
)
def test_what_no_page_can_show_is_refused(
    words: str, code: int, sentence: str, updown: Updown
) -> None:
    assert refused(updown, *words.split()) == (code, f"updown: {sentence}\n")


def test_a_chain_that_hands_on_more_is_refused(updown: Updown) -> None:
    steps = "pool -k 2 --save-indices @a | unpool --indices @a"
    assert refused(updown, "chain", steps, "-o", "p.html") == (
        1,
        "updown: step 2, unpool, takes more than what the step before gives; a page shows chains "
        "in which nothing else is handed on\n",
    )


def test_a_page_that_is_there_is_not_overwritten(updown: Updown) -> None:
    Path("p.html").write_text("mine")
    done = updown("explain", "pool", "-o", "p.html")
    assert done.code == 2
    assert Path("p.html").read_text() == "mine"
