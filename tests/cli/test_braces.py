"""Alternatives in braces, against what bash makes of the same words."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from updown_cli.cli.braces import expand_braces
from updown_cli.errors import UsageError

#: Words without blanks and quotes, of which bash takes none away.
WORDS = [
    "a",
    "{a,b}",
    "{a,b}{1,2}",
    "x{a,b}y{1,2,3}z",
    "{a,{b,c}d}e",
    "{{a,b},{c,d}}",
    "{,a}",
    "{a,}",
    "x{,}",
    "{a}",
    "{}",
    "{a{b,c}}",
    "{a,b",
    "a,b}",
    "{a,b}}",
    "{{a,b}",
    "{a,{b}",
    "{a,{b,c}",
    "{stem}_{a,b}{ext}",
    "a,b",
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash to compare with")
def test_words_become_what_bash_makes_of_them() -> None:
    script = "".join(f'printf "%s " _{word}; echo\n' for word in WORDS)
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert [expand_braces(f"_{word}") for word in WORDS] == [
        line.split() for line in done.stdout.splitlines()
    ]


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        (
            "upsample --mode {bilinear,bicubic} --scale-factor 2",
            [
                "upsample --mode bilinear --scale-factor 2",
                "upsample --mode bicubic --scale-factor 2",
            ],
        ),
        ("{pool -k 2,upsample -s 2} | unpool", ["pool -k 2 | unpool", "upsample -s 2 | unpool"]),
        ("--kernel '{a,b}' -k {2,3}", ["--kernel '{a,b}' -k 2", "--kernel '{a,b}' -k 3"]),
        ('"{a,\\"b}" {1,2}', ['"{a,\\"b}" 1', '"{a,\\"b}" 2']),
        ("{'a,b',c}", ["'a,b'", "c"]),
        (r"\{a,b}", [r"\{a,b}"]),
        (r"{a\,b,c}", [r"a\,b", "c"]),
        ("{a,b} 'open {c,d}", ["a 'open {c,d}", "b 'open {c,d}"]),
        ("", [""]),
    ],
)
def test_what_is_quoted_stays_and_blanks_part_nothing(text: str, texts: list[str]) -> None:
    assert expand_braces(text) == texts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{a,b}" * 10, "braces make more than 1000 texts"),
        ("{a,b}" * 20_000, "braces make more than 1000 texts"),
        ("{a," * 60 + "}" * 60, "braces within braces, at most 50 deep are taken"),
    ],
    ids=["ten", "thousands", "deep"],
)
def test_too_many_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        expand_braces(text)
    assert str(refused.value) == sentence


def test_a_thousand_are_taken() -> None:
    tens = "{" + ",".join("0123456789") + "}"
    assert expand_braces(tens * 3) == [f"{number:03}" for number in range(1000)]
