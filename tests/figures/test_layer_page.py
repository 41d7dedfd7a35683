"""The page of a layer in a real browser: it shows what `--json` says, and how it can be touched."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.axe import NoAxeError, axe_script, findings
from tests.browser import Browser, needs_browser
from tests.conftest import Updown
from tests.figures.page_numbers import SHOWN, differences
from tests.page_checks import check_page
from updown_cli.cli.printing import printable
from updown_cli.figures.lettering import in_one_line

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
            {"kernel-size": range(1, 4), "stride": range(1, 3), "padding": range(2)},
        ),
        ("pool", {"kernel-size": range(2, 4), "stride": range(1, 3), "dilation": range(1, 3)}),
        (
            "deconv --kernel 0.5,0.25;0.1,0.7",
            {"stride": range(1, 3), "padding": range(2), "output-padding": range(2)},
        ),
        ("conv --kernel sobel-h", {"stride": range(1, 3), "padding": range(2)}),
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
        "model.index.map(at => model.states[at]).map(one => {"
        "if (one.error) return one.error; const panel = model.panels[one.panels[0]]; return {"
        "input: panel.input.exact, output: panel.output.exact,"
        "reads: panel.steps.map(step => step.reads),"
        "weights: panel.steps.map(step => step.weights),"
        "torch: one.code[0][1]}; })"
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


@pytest.mark.parametrize(
    "words",
    [
        "pool -k 2 --input 2x3x4",
        "deconv --kernel bilinear --stride 2 --dims 1 --input 4",
        "upsample --mode bicubic --size 3x5 --input 4",
        "upsample --mode bilinear --size 1 --align-corners --input odd.npy",
        "conv --kernel 0.5 --bias 1 --input odd.npy",
        "unpool -k 2",
        "activate --mode tanh --input odd.npy",
    ],
)
def test_all_that_lights_up_is_as_json_has_it(words: str, browser: Browser, updown: Updown) -> None:
    odd = np.arange(8.0).reshape(2, 2, 2) / 3
    odd[0, 0, 1], odd[1, 1, 0] = np.nan, -np.inf
    np.save("odd.npy", odd)
    browser.open(page(updown, *words.split(), "--vary", "none"))
    shown = browser.run(SHOWN)
    told = json.loads(updown(*shlex.split(shown["command"])[1:], "--json").stdout)
    assert [*differences(shown, told)] == []


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


@pytest.mark.parametrize("way", ["pointer", "focus"])
def test_an_input_value_lights_what_it_reaches_with_the_weights(
    way: str, browser: Browser, updown: Updown
) -> None:
    browser.open(page(updown, "conv", "--kernel", "1 2; 3 4", "--vary", "none"))
    cell = "td[aria-label^='input (1, 1): ']"
    if way == "pointer":
        browser.point_at(cell)
    else:
        browser.run(f'document.querySelector("{cell}").focus()')
    weights = browser.run("[...document.querySelectorAll('td.out small')].map(x => x.textContent)")
    assert weights == ["× 4", "× 3", "× 2", "× 1"]
    assert line(browser) == (
        "input (1, 1): 6 is read by output (0, 0) * 4, (0, 1) * 3, (1, 0) * 2, (1, 1)"
    )
    assert browser.run("views[0].column") == 5


def test_the_rows_of_the_matrix_are_gone_to_by_keys(browser: Browser, updown: Updown) -> None:
    browser.open(page(updown, "conv", "--kernel", "1 2; 3 4", "--input", "3", "--vary", "none"))
    browser.run("document.querySelector('[role=listbox]').focus()")
    told = []
    for key in ("Home", "ArrowDown", "PageDown", "ArrowUp", "ArrowUp", "End", "PageUp", "End"):
        browser.key(key)
        told.append(line(browser).partition(":")[0])
    places = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 1), (1, 1), (0, 1), (1, 1)]
    assert told == [f"output {place}" for place in places]
    option = "document.querySelector('[role=option]')"
    assert browser.run(f"{option}.textContent") == "row 3: output (1, 1)"
    assert browser.run(f"{option}.ariaPosInSet") == "4"


def test_the_matrix_shows_the_row_that_is_lit(browser: Browser, updown: Updown) -> None:
    """Of the cells without a weight, those of the lit row alone have the colour of the light."""
    browser.open(page(updown, "conv", "--kernel", "1 2; 3 4", "--input", "3", "--vary", "none"))
    browser.point_at("td[aria-label^='output (1, 0)']")
    colours = browser.run(
        "(() => { const pen = document.querySelector('canvas').getContext('2d');"
        "const at = (place) => (place + 0.5) * views[0].size; return [0, 1, 2, 3].map(row =>"
        "[...pen.getImageData(at(8 - 6 * (row > 1)), at(row), 1, 1).data].join()); })()"
    )
    assert colours == ["0,0,0,0", "0,0,0,0", "169,214,255,255", "0,0,0,0"]


def test_keys_go_from_value_to_value(browser: Browser, updown: Updown) -> None:
    browser.open(page(updown, "pool", "-k", "1", "--mode", "avg", "--vary", "none"))
    browser.run("document.querySelector(\"td[aria-label='output (0, 0): 1']\").focus()")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"):
        browser.key(key)
    assert line(browser) == "output (2, 0): 9, from input (2, 0)"


def test_step_back_and_play_go_through_the_outputs(browser: Browser, updown: Updown) -> None:
    browser.open(page(updown, "pool", "--mode", "avg", "-k", "4", "-s", "1", "-p", "2"))
    browser.click("#step")
    first = line(browser)
    browser.click("#back")
    assert line(browser) != first
    browser.click("#play")
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
    assert command == "updown explain pool --mode max --padding 1 --input 1x4x4"
    assert browser.run("document.querySelectorAll('.panel tr').length") > 0


@pytest.mark.parametrize(
    ("words", "start", "notes"),
    [
        # What follows from the stride and the kernel's name: 2 * 2 - 2 % 2 taps.
        (["deconv", "--kernel", "bilinear", "-s", "2", "--vary", "kernel-size=1..5"], ["4"], []),
        (["pool", "-k", "3", "--vary", "stride=1..3"], ["3"], []),
        (
            ["pool", "--vary", "kernel-size=9,8,3"],
            ["3"],
            [
                "--kernel-size is 2 without --vary, which is not among 9, 8, 3: the page "
                "starts at 3."
            ],
        ),
        (
            ["chain", "pool -k 2 | pool -k 1", "--vary", "1.kernel-size=9,3"],
            ["3"],
            [
                "1 pool --kernel-size is 2 without --vary, which is not among 9, 3: the page "
                "starts at 3."
            ],
        ),
    ],
)
def test_a_page_starts_at_what_is_typed_or_the_nearest_that_is_possible(
    words: list[str], start: list[str], notes: list[str], browser: Browser, updown: Updown
) -> None:
    browser.open(page(updown, *words))
    told = "[...document.querySelectorAll('{}')].map(one => one.textContent)"
    assert browser.run(told.format("#controls label span:last-of-type")) == start
    assert browser.run(told.format(".note")) == notes
    assert browser.run("document.getElementById('refusal').hidden") is True
    assert browser.run("document.querySelectorAll('.panel tr').length") > 0


def test_names_of_options_are_not_broken_and_values_are_as_typed(
    browser: Browser, updown: Updown
) -> None:
    words = ("chain", "pool -k 2 | upsample --scale-factor 2 | upsample --scale-factor 2.5x2")
    browser.open(page(updown, *words))
    texts = "[...document.querySelectorAll('h2')].map(one => one.textContent).slice(0, 3)"
    heads = browser.run(texts)
    assert [re.sub(": .*", "", head) for head in heads] == [
        "1. pool --mode max --stride 2",
        "2. upsample --mode nearest --scale-factor 2",
        "3. upsample --mode nearest --scale-factor 2.5x2",
    ]
    options = "[...document.querySelectorAll('.option')]"
    shown = set(browser.run(f"{options}.map(one => one.textContent)"))
    assert {"-k", "--scale-factor", "--mode"} <= shown
    lines = f"{options}.every(one => one.getClientRects().length === 1)"
    for width in ("360px", "90px"):
        browser.run(f"document.body.style.width = '{width}'")
        assert browser.run(lines) is True


def test_a_transposed_convolution_shows_its_stamps_as_well(
    browser: Browser, updown: Updown
) -> None:
    words = ("deconv", "--kernel", "1 2; 3 4", "--input", "1x2", "-s", "1", "--vary", "none")
    browser.open(page(updown, *words))
    buttons = "[...document.querySelectorAll('.views button')]"
    assert browser.run(f"{buttons}.map(one => [one.textContent, one.ariaPressed])") == [
        ["Zeros put between", "true"],
        ["Stamps", "false"],
    ]
    assert browser.run("views[0].all.length") == 3 * 4  # a zero on each side of two values
    browser.click(".views button", 1)
    assert browser.run("views[0].all.length") == 2
    assert line(browser) == "input (0, 0): 1 * kernel is added to the output"
    assert browser.run(LIT.format("out")) == ["1", "2", "3", "4"]
    browser.click("#step")
    assert browser.run(LIT.format("out")) == ["4", "4", "10", "8"]
    browser.point_at("td[aria-label^='output (0, 1)']")
    assert line(browser) == "output (0, 1): 1*2 + 2*1 = 4"
    sums = browser.run("views[0].outs.map(cell => cell.firstChild.textContent)")
    assert sums == ["1", "4", "4", "3", "10", "8"]
    browser.click(".views button", 0)
    assert browser.run("views[0].all.length") == 3 * 4


def test_the_light_goes_through_all_steps_of_a_chain(browser: Browser, updown: Updown) -> None:
    steps = "pool --mode avg -k 2 | upsample --mode nearest --scale-factor 2"
    browser.open(page(updown, "chain", steps))
    assert browser.run("document.querySelectorAll('.panel').length") == 2
    browser.point_at(".panel:nth-child(2) td[aria-label^='output (3, 3)']")
    assert browser.run(LIT.format("read")) == ["11", "12", "15", "16", "13.5"]
    assert browser.run(LIT.format("out")) == ["13.5", "13.5"]
    browser.point_at(".panel:nth-child(1) td[aria-label^='input (0, 0)']")
    assert browser.run(LIT.format("out")) == ["3.5", "3.5", "3.5", "3.5", "3.5"]


def test_the_light_goes_along_what_a_chain_keeps(browser: Browser, updown: Updown) -> None:
    """A U-Net: the last step reads the image of the third, and beside it what the first kept."""
    steps = "conv --kernel 10 @e1 | pool -k 2 | upsample --scale-factor 2 | concat @e1"
    browser.open(page(updown, "chain", steps, "--input", "2"))
    assert browser.run("views.map(view => view.outs.length)") == [4, 1, 4, 8]
    lit = "views.map(view => [...view.ins, ...view.kept].filter(one => "
    lit += "one.classList.contains('read')).map(one => one.firstChild.textContent))"
    browser.point_at(".panel:nth-child(4) td[aria-label^='output channel 0 (0, 1)']")
    assert line(browser) == "output channel 0 (0, 1): 40, from image (0, 1)"
    assert browser.run(lit) == [[*"1234"], ["10", "20", "30", "40"], ["40"], ["40"]]
    browser.point_at(".panel:nth-child(4) td[aria-label^='output channel 1 (0, 1)']")
    assert line(browser) == "output channel 1 (0, 1): 20, from @e1 (0, 1)"
    assert browser.run(lit) == [["2"], [], [], ["20"]]
    browser.point_at(".panel:nth-child(1) td[aria-label^='input (1, 1)']")
    assert browser.run(LIT.format("out")) == ["40", "40", *["40"] * 4, *["40"] * 4, "40"]
    mark = "(() => { const {canvas, size} = views[3]; return [...canvas.getContext('2d')"
    mark += ".getImageData(4.5 * size, 4.5 * size, 1, 1).data]; })()"
    assert browser.run(mark) == [11, 92, 171, 255]  # channel 1 reads what is kept, beside the image
    browser.point_at(".panel:nth-child(4) td[aria-label^='kept (0, 0)']")
    assert line(browser) == "kept (0, 0): 10 is read by output channel 1 (0, 0)"
    reached = browser.run("views[3].outs.map(cell => cell.className === 'value out')")
    assert reached == [True] * 4 + [True] + [False] * 3  # by the pool as well


def test_a_sum_of_a_chain_is_written_out(browser: Browser, updown: Updown) -> None:
    steps = "conv --kernel 10 @e1 | pool -k 1 | add @e1"
    browser.open(page(updown, "chain", steps, "--input", "1x2"))
    browser.point_at(".panel:nth-child(3) td[aria-label^='output (0, 1)']")
    assert line(browser) == "output (0, 1): 20 + 20 = 40"


def test_an_unpool_in_a_chain_puts_values_where_its_pool_found_them(
    browser: Browser, updown: Updown
) -> None:
    browser.open(page(updown, "chain", "pool -k 2 | conv --kernel 2 | unpool", "--input", "2"))
    largest = browser.run("views[0].data.indices.texts")
    values = browser.run("views[2].outs.map(cell => cell.firstChild.textContent)")
    assert [values[int(place)] for place in largest] == browser.run(
        "views[1].outs.map(cell => cell.firstChild.textContent)"
    )
    assert values.count("0") == 3


def test_sliders_change_steps_of_a_chain(browser: Browser, updown: Updown) -> None:
    steps = "pool --mode avg -k 2 | upsample --mode nearest --scale-factor 2"
    vary = ("--vary", "pool.kernel-size=1..3", "--vary", "upsample.mode=nearest,bilinear")
    browser.open(page(updown, "chain", steps, "--input", "6", *vary))
    names = "[...document.querySelectorAll('#controls span')].map(one => one.textContent)"
    assert browser.run(names) == ["1 pool --kernel-size", "2", "2 upsample --mode", "nearest"]
    set_slider(browser, 0, 2)
    set_slider(browser, 1, 1)
    command = browser.run("document.getElementById('command').textContent")
    assert command == (
        "updown explain chain 'pool --mode avg --kernel-size 3 | upsample --mode bilinear "
        "--scale-factor 2' --input 6"
    )
    assert browser.run("views[0].outs.map(cell => cell.firstChild.textContent)") == [
        *("8", "11"),
        *("26", "29"),
    ]
    assert browser.run("views[1].outs.length") == 16
    code = json.loads(updown(*shlex.split(command)[1:], "--json").stdout)["torch"]
    assert browser.run("document.querySelector('#code pre').textContent") == code


def test_a_state_of_a_chain_that_cannot_be_says_the_tools_own_sentence(
    browser: Browser, updown: Updown
) -> None:
    steps = "pool -k 2 | pool -k 2"
    browser.open(page(updown, "chain", steps, "--input", "4", "--vary", "1.kernel-size=2..5"))
    set_slider(browser, 0, 3)
    told = browser.run("document.getElementById('refusal').textContent")
    done = updown("explain", "chain", "pool -k 5 | pool -k 2", "--input", "4")
    assert f"updown: {told}\n" == done.stderr


def test_interpolation_shows_where_it_samples_by_each_convention(
    browser: Browser, updown: Updown
) -> None:
    words = ("upsample", "--mode", "linear", "--dims", "1", "--size", "4", "--input", "1x2")
    browser.open(page(updown, *words, "--vary", "none"))
    told = browser.run("[...document.querySelectorAll('svg')].map(x => x.ariaLabel)")
    assert told == [
        "half-pixel x: sampled at -0.25, 0.25, 0.75, 1.25",
        "align-corners x: sampled at 0, 0.3333333333333333, 0.6666666666666666, 1",
        "asymmetric x: sampled at 0, 0.5, 1, 1.5",
    ]
    browser.point_at("td[aria-label^='output (2)']")
    lit = browser.run("[...document.querySelectorAll('svg .lit title')].map(x => x.textContent)")
    assert lit == ["output 2 at 0.75", "output 2 at 0.6666666666666666", "output 2 at 1"]


def test_axes_that_are_alike_are_shown_as_one(browser: Browser, updown: Updown) -> None:
    captions = "[...document.querySelectorAll('figcaption')].map(x => x.textContent)"
    words = ("upsample", "--mode", "bilinear", "--input", "2", "--vary", "none")
    browser.open(page(updown, *words, "--size", "4"))
    names = ("half-pixel", "align-corners", "asymmetric")
    assert browser.run(captions) == [f"{name} in y and x" for name in names]
    browser.open(page(updown, *words, "--size", "4x3"))
    assert browser.run(captions)[:2] == ["half-pixel in y", "half-pixel in x"]


def test_pools_tell_the_index_and_shuffles_colour_the_phases(
    browser: Browser, updown: Updown
) -> None:
    browser.open(page(updown, "pool", "-k", "2", "--vary", "none"))
    told = json.loads(updown("explain", "pool", "-k", "2", "--json").stdout)
    browser.point_at("td[aria-label^='output (0, 0)']")
    assert browser.run("document.querySelector('td.out small').textContent") == (
        f"at {told['chosen'][0]}"
    )
    shown = browser.run(
        "[...document.querySelectorAll('table[aria-label^=indices] td')].map(x => x.textContent)"
    )
    assert shown == [str(place) for place in told["chosen"]]
    browser.open(page(updown, "shuffle", "--upscale-factor", "2", "--vary", "none"))
    colours = browser.run("views[0].outs.slice(0, 4).map(cell => cell.style.borderLeftColor)")
    assert colours[0] == colours[2] != colours[1] == colours[3]
    assert browser.run("views[0].ins[0].style.borderLeftColor") == colours[0]
    legend = "[...document.querySelectorAll('.legend span')].map(one => one.textContent)"
    assert browser.run(legend) == ["0", "1", "2", "3"]


def test_a_checkerboard_is_a_picture_of_summed_weights(browser: Browser, updown: Updown) -> None:
    words = ("deconv", "--kernel", "1 1 1; 1 1 1; 1 1 1", "-s", "2", "--input", "2")
    browser.open(page(updown, *words, "--vary", "none"))
    told = json.loads(updown("explain", *words, "--json").stdout)["weight_sums"]
    even, uneven = [1, 1, 2, 1, 1], [2, 2, 4, 2, 2]
    assert told == [[[even, even, uneven, even, even]]]
    cells = "[...document.querySelectorAll(\"table[aria-label='sums of the weights'] td\")]"
    assert browser.run(f"{cells}.map(one => Number(one.textContent))") == np.ravel(told).tolist()
    assert browser.run("document.querySelector('details').open") is True
    shades = browser.run(f"{cells}.map(one => one.className.slice(-1))")
    assert (shades[:5], shades[10:15]) == ([*"00100"], [*"11411"])
    text = browser.run("document.querySelector('details').textContent")
    assert "the weights of an output value sum to 1 to 4" in text


def test_a_shift_is_where_the_middle_of_the_weights_is(browser: Browser, updown: Updown) -> None:
    """Asymmetric coordinates of twice the size sample a quarter of a pixel too far right."""
    words = ["upsample", "--mode", "linear", "--dims", "1", "--size", "8", "--input", "4"]
    words += ["--coordinates", "asymmetric"]
    told = json.loads(updown("explain", *words, "--json").stdout)["weight_shifts"]
    assert np.ravel(told["x"])[:7].tolist() == [0.25] * 7
    browser.open(page(updown, *words, "--vary", "none"))
    cells = "[...document.querySelectorAll(\"table[aria-label='shift in x'] td\")]"
    assert browser.run(f"{cells}.slice(0, 7).map(one => one.textContent)") == ["0.25"] * 7


def test_texts_can_be_read_and_nothing_is_loaded_or_wrong(browser: Browser, updown: Updown) -> None:
    words = ("deconv", "--kernel", "1 2 3; 4 5 6; 7 8 9", "-s", "2", "-p", "1")
    check_page(browser, page(updown, *words))


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(
    dark: bool, browser: Browser, updown: Updown, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`python -m benchmarks.axe` looks at all kinds of pages, and at both widths."""
    try:
        script = axe_script(tmp_path_factory.getbasetemp())
    except NoAxeError as reason:
        pytest.skip(str(reason))
    browser.open(page(updown, "pool", "-k", "2"), width=360, dark=dark)
    assert findings(browser, script) == []


HOSTILE = {
    "markup": "<img src=x onerror=document.title='lost'>.npy",
    "script": "<\N{FRACTION SLASH}script><script>document.title='lost'.npy",
    "quotes": "a\"' onfocus='document.title=1' `$(touch lost)`.npy",
    "right to left": "\N{RIGHT-TO-LEFT OVERRIDE}fdp.\N{HEBREW LETTER ALEF}.npy",
    "lines": "a\nb\t.npy",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_stays_text_in_every_place(
    name: str, browser: Browser, updown: Updown
) -> None:
    np.save(name, np.arange(1.0, 5.0).reshape(2, 2))
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    step = f'conv --kernel "{quoted}" --padding same'
    shown = printable(name)
    for words in (
        ["pool", "-k", "1", "--input", name],
        ["conv", "--kernel", name, "--vary", "stride=1..2"],
        ["chain", f"{step} | pool -k 1", "--input", name, "--vary", "2.stride=1..2"],
    ):
        browser.open(page(updown, *words))
        tags = "[...document.querySelectorAll('img, script, [onfocus]')].map(x => x.id)"
        assert browser.run(tags) == ["data", ""]
        if browser.run("document.querySelector('#controls input') !== null"):
            set_slider(browser, 0, 1)
        command = browser.run("document.getElementById('command').textContent")
        typed = shlex.split(command)
        assert typed[:2] == ["updown", "explain"]
        assert any(shown in one or shown in " ".join(shlex.split(one)) for one in typed)
        assert browser.run("document.title") in ("pool max", "conv plain", in_one_line(words[1]))
        assert browser.errors == []
    assert sorted(path.name for path in Path().iterdir()) == sorted([name, "page.html"])


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
        ("pool -o page.txt", 2, "--output page.txt: must end in .html, .htm"),
        ("pool --vary stride=1..2", 2, "--vary: goes with --output PAGE.html"),
        (
            "pool -o p.html --vary strid=1..2",
            2,
            "--vary strid=1..2: pool has no such parameter; did you mean stride?",
        ),
        (
            "pool -o p.html --vary count-include-pad",
            2,
            "--vary count-include-pad: --count-include-pad goes with --mode avg",
        ),
        (
            "pool -o p.html --vary mode=max,1..3",
            2,
            "--vary mode=max,1..3: must be one of max, avg, min, median, majority, lp, blur, "
            "adaptive-max, adaptive-avg, fractional-max",
        ),
        (
            "pool -o p.html --vary kernel-size=5..9",
            2,
            "--vary kernel-size=5..9: no value is possible for the input 1x4x4; say --input 1x5x5",
        ),
        (
            "pool -o p.html --vary padding=2..3",
            2,
            "--vary padding=2..3: no value is possible: --padding 2: must be at most half of "
            "--kernel-size, 1",
        ),
        (
            "pool -o p.html --vary kernel-size=1...3",
            2,
            "--vary kernel-size=1...3: must be a whole number or HxW; say kernel-size=A..B or "
            "kernel-size=A,B",
        ),
        (
            "upsample --scale-factor 2 -o p.html --vary scale-factor=0.5..3",
            2,
            "--vary scale-factor=0.5..3: must be a number or HxW; list them: scale-factor=1,2,3",
        ),
        ("pool -o p.html --vary stride=3..1", 2, "--vary stride=3..1: must rise, by less than 600"),
        (
            "pool -o p.html --vary stride=x",
            2,
            "--vary stride=x: must be a whole number or HxW; say stride=A..B or stride=A,B",
        ),
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


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--vary kernel-size=1..2", "--vary: goes with --output PAGE.html"),
        ("-o p.txt", "--output p.txt: must end in .html, .htm"),
        (
            "-o p.html --vary kernel-size=1..2",
            "--vary kernel-size=1..2: 2 steps have --kernel-size; say which by its number from 1 "
            "to 3: 1.NAME=A..B",
        ),
        (
            "-o p.html --vary pool.kernel-size=1..2",
            "--vary pool.kernel-size=1..2: 2 steps are pool; say which by its number from 1 to 3: "
            "1.NAME=A..B",
        ),
        (
            "-o p.html --vary 4.kernel-size=1..2",
            "--vary 4.kernel-size=1..2: there is no step 4; say which by its number from 1 to 3: "
            "1.NAME=A..B",
        ),
        (
            "-o p.html --vary 1.sizes=2",
            "--vary 1.sizes=2: step 1, pool has no such parameter",
        ),
        (
            "-o p.html --vary 2.scale-factor=1..3",
            "--vary 2.scale-factor=1..3: must be a number or HxW; list them: 2.scale-factor=1,2,3",
        ),
        (
            "-o p.html --vary 1.kernel-size=9..12",
            "--vary 1.kernel-size=9..12: no value is possible for the input 1x4x4; "
            "say --input 1x10x10",
        ),
    ],
)
def test_what_no_page_of_a_chain_can_show_is_refused(
    words: str, sentence: str, updown: Updown
) -> None:
    steps = "pool -k 2 | upsample --scale-factor 2 | pool -k 2"
    assert refused(updown, "chain", steps, *words.split()) == (2, f"updown: {sentence}\n")
    assert not Path("p.html").exists()


def test_a_folder_that_takes_no_files_is_there_nevertheless(updown: Updown) -> None:
    assert refused(updown, "pool", "-k", "2", "-o", "/proc/p.html") == (
        3,
        "updown: /proc/p.html: cannot be written\n",
    )


def test_a_page_that_is_there_is_not_overwritten(updown: Updown) -> None:
    Path("p.html").write_text("mine")
    done = updown("explain", "pool", "-o", "p.html")
    assert done.code == 2
    assert Path("p.html").read_text() == "mine"
