"""What was meant by words of other tools, and by typing errors."""

from __future__ import annotations

import pytest

from tests.conftest import SAMPLES, Updown
from updown_cli.op.meant import CALLED, OPTIONS, first_names, nearest_name, one_of

PHOTO = str(SAMPLES / "gray.png")

LINES = [
    ("resize a.png", "no command 'resize'; did you mean upsample?"),
    ("shrink a.png", "no command 'shrink'; did you mean pool?"),
    ("interpolate a.png", "no command 'interpolate'; did you mean upsample?"),
    ("convtranspose2d a.png", "no command 'convtranspose2d'; did you mean deconv?"),
    ("ConvTranspose2d a.png", "no command 'ConvTranspose2d'; did you mean deconv?"),
    ("info a.png", "no command 'info'; did you mean shapes?"),
    ("diff a.png b.png", "no command 'diff'; did you mean compare?"),
    ("montage a.png", "no command 'montage'; did you mean sheet?"),
    ("pol a.png", "no command 'pol'; did you mean pool?"),
    (
        "pool --mode mean a.png",
        "--mode mean: must be one of max, avg, min, median, majority, lp, blur, adaptive-max, "
        "adaptive-avg, fractional-max; did you mean avg?",
    ),
    (
        "upsample --mode catmull-rom --size 4 a.png",
        "--mode catmull-rom: must be one of nearest, nearest-exact, linear, bilinear, bicubic, "
        "trilinear, area, area-exact, lanczos, step and 3 more; did you mean bicubic?",
    ),
    (
        "upsample --mode cubic --size 4 a.png",
        "--mode cubic goes with --like opencv or onnx or jax; did you mean bicubic?",
    ),
    (
        "upsample --mode bicubik --size 4 a.png",
        "--mode bicubik: must be one of nearest, nearest-exact, linear, bilinear, bicubic, "
        "trilinear, area, area-exact, lanczos, step and 3 more; did you mean bicubic?",
    ),
    (
        "upsample --like opencv --mode lanczos --size 4 a.png",
        "--like opencv has --mode linear, nearest, cubic, area, lanczos4, linear-exact, "
        "nearest-exact; did you mean lanczos4?",
    ),
    ("pool --overwrite a.png", "no such option --overwrite; did you mean --if-exists overwrite?"),
    ("pool --force a.png", "no such option --force; did you mean --if-exists overwrite?"),
    ("pool --quality 90 a.png", "no such option --quality; did you mean --co quality=90?"),
    ("pool --quality=90 a.png", "no such option --quality; did you mean --co quality=90?"),
    ("pool --threads 4 a.png", "no such option --threads; did you mean --jobs 4?"),
    ("pool --kernel_size 4 a.png", "no such option --kernel_size; did you mean --kernel-size?"),
    ("-q pool a.png", "no such option -q; options go after the command, as in updown pool -q"),
    ("pool -k 3x a.png", "--kernel-size 3x: must be a whole number or HxW"),
    ("upsample --scale-factor twice a.png", "--scale-factor twice: must be a number or HxW"),
    (
        "pool -p smae a.png",
        "--padding smae: must be a whole number or HxW, or same, same-lower, valid",
    ),
    (
        "unpool a.png",
        "--indices: is needed; pool --save-indices FILE.npz keeps them, and in a chain the pool "
        "before it",
    ),
    (
        "conv a.png",
        "--kernel: is needed; give a name such as box, rows such as '1 2 1; 2 4 2; 1 2 1', or a "
        "file",
    ),
    (
        "pool --mode adaptive-avg a.png",
        "--output-size: is needed; give the sides of the result, such as 7x7, or 1",
    ),
]


@pytest.mark.parametrize(("line", "message"), LINES, ids=[line for line, _ in LINES])
def test_a_refusal_says_what_was_meant(updown: Updown, line: str, message: str) -> None:
    done = updown(*line.split())
    assert done.stderr == f"updown: {message}\n"
    assert done.code == 2


def test_words_of_padding_may_be_in_capitals(updown: Updown) -> None:
    assert updown("pool", "-p", "SAME", PHOTO, "-o", "a.png").code == 0
    assert updown("pool", "-p", "same", PHOTO, "-o", "b.png").code == 0
    with open("a.png", "rb") as one, open("b.png", "rb") as other:
        assert one.read() == other.read()


def test_help_of_a_command_is_its_help(updown: Updown) -> None:
    assert updown("help", "pool").stdout == updown("pool", "--help").stdout
    assert updown("help").stdout == updown("--help").stdout


def test_no_word_has_two_meanings_where_one_list_has_both() -> None:
    for words in (CALLED, OPTIONS):
        every = [word for group in words.values() for word in group]
        twice = {word for word in every if every.count(word) > 1}
        assert twice <= {"maxpool2d", "avgpool2d"}  # a mode and a command


def test_what_is_like_nothing_gets_no_hint() -> None:
    assert nearest_name("xyzzy", ("pool", "conv")) == ""


def test_of_many_names_those_that_fit_are_shown_where_the_nearest_is_told() -> None:
    """Ten names of eight letters, with a comma and a blank between them, have 98."""
    names = [f"mode-{number:03}" for number in range(13)]
    assert first_names(names[:10]) == ", ".join(names[:10])
    assert first_names(names) == ", ".join(names[:10]) + " and 3 more"
    assert one_of("MODE-012", names) == (
        f"must be one of {first_names(names)}; did you mean mode-012?"
    )
    assert one_of("xyzzy", names) == f"must be one of {', '.join(names)}"
    assert one_of(3, names) == f"must be one of {', '.join(names)}"
