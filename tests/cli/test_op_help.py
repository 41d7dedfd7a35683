"""The help of operations: two screens for the chosen mode, all of it where that is asked for."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import Updown
from updown_cli.cli.op_help import gist
from updown_cli.ops import OPS

# Lines of two screens, and the columns of one.
TWO_SCREENS, COLUMNS = 2 * 24, 80

MODES = [(name, mode) for name, family in OPS.items() for mode in family.mode_names or [""]]


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))


@pytest.mark.parametrize("command", [(), ("explain",)], ids=["run", "explain"])
@pytest.mark.parametrize(("name", "mode"), MODES)
def test_the_help_of_a_mode_fits_two_screens(
    updown: Updown, command: tuple[str, ...], name: str, mode: str
) -> None:
    chosen = ("--mode", mode) if mode else ()
    done = updown(*command, name, *chosen, "--help")
    lines = done.stdout.splitlines()
    assert (done.code, done.stderr) == (0, "")
    assert len(lines) <= TWO_SCREENS
    assert max(map(len, lines)) <= COLUMNS


@pytest.mark.parametrize("name", OPS)
def test_every_mode_is_told_in_one_line(updown: Updown, name: str) -> None:
    modes = [cls.mode for cls in OPS[name].modes_like(None) if cls.mode]
    lines = updown(name, "--help").stdout.splitlines()
    assert ("Modes, chosen by --mode:" in lines) == bool(modes)
    if modes:
        first = lines.index("Modes, chosen by --mode:") + 1
        told = lines[first : lines.index("", first)]
        assert [line.split()[0] for line in told] == [*modes]
        assert all(line.endswith(".") for line in told)


def test_the_help_of_a_mode_is_its_modes_options_and_what_is_used_most(updown: Updown) -> None:
    assert (
        updown("shuffle", "--help").stdout
        == """\
Usage: updown shuffle [OPTIONS] INPUT...

  Move channels to pixels or pixels to channels.

Options of shuffle, defaults in []:
  --like LIBRARY              Defaults of tensorflow or onnx.
  --upscale-factor N          Channels become pixels along each axis, r of
                              them.
  --downscale-factor N        Pixels along each axis, r of them, become
                              channels.
  --order [crd|dcr|phase-shift]
                              Which channel holds which pixel.  [crd]
  --arrange [channels|grid|frames]
                              Where the r^2 phases of a channel are: in
                              channels, side by side as a grid in one picture,
                              or in frames.  [channels]

Often used:
  -o, --output PATH           A file, a folder or a template.
  -r, --recurse               Go into the folders of a folder.
  --if-exists [error|skip|update|overwrite|rename]
                              What happens to a result whose file exists.
  --co NAME=VALUE             Option of the encoder, such as quality=90.
  --dry-run                   Tell what would be done.
  --json                      Print one JSON object per image.
  --help-all                  Every mode and option: input, output, arrays,
                              frames and colours, pixels, running, report.

Example:
  updown shuffle --downscale-factor 2 --arrange grid photo.png -o phases.png
"""
    )


@pytest.mark.parametrize("typed", [("--mode", "lp"), ("--mode=lp",)])
def test_the_options_are_those_of_the_chosen_mode(updown: Updown, typed: tuple[str, ...]) -> None:
    text = updown("pool", *typed, "--help").stdout
    assert "Options of --mode lp, defaults in []:" in text
    assert re.search(r"^  --norm-type X +The power p\.  \[2]$", text, re.MULTILINE)
    assert "--count-include-pad" not in text
    other = updown("pool", "--help").stdout
    assert "Options of --mode max, defaults in []:" in other
    assert "--norm-type" not in other


@pytest.mark.parametrize("name", OPS)
def test_all_help_tells_every_option_and_mode(updown: Updown, name: str) -> None:
    done = updown(name, "--help-all")
    assert done.code == 0
    for parameter in OPS[name].parameters():
        assert "--" + parameter.replace("_", "-") in done.stdout
    for option in ("--max-memory", "--if-exists", "--linear-light", "--report"):
        assert option in done.stdout
    for cls in OPS[name].modes:
        assert not cls.mode or f"\n  {cls.label()}: " in done.stdout


#: What has no small example of its own.
NO_EXAMPLE = ("deconvnet", "concat", "add")


@pytest.mark.parametrize("name", [name for name in OPS if name not in NO_EXAMPLE])
def test_the_example_of_an_explanation_runs(
    updown: Updown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    example = updown("explain", name, "--help").stdout.partition("Example:\n")[2]
    words = [
        word.replace("photo.jpg", "photo.png") for word in shlex.split(example.replace("\\\n", ""))
    ]
    Image.new("RGB", (8, 6), "teal").save("photo.png")
    if "--indices" in words:
        updown("pool", "--save-indices", "photo.npz", "photo.png", "-o", "pooled.png")
    assert words[:3] == ["updown", "explain", name]
    done = updown(*words[1:])
    assert (done.code, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The p-norm of every window, as torch.nn.LPPool2d: a sum.", "The p-norm of every window."),
        ("The mean over [i, i + 1) * in / out. More.", "The mean over [i, i + 1) * in / out."),
        ("Pixels between windows; kernel_size if not given.", "Pixels between windows."),
        (
            "The numbers: .npz, .safetensors\n    or .pt. Two.",
            "The numbers: .npz, .safetensors or .pt.",
        ),
    ],
)
def test_a_gist_ends_where_details_begin(text: str, first: str) -> None:
    assert gist(text) == first
