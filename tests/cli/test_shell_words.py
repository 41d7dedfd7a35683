"""Values after an equals sign, in the words that each shell makes of them."""

from __future__ import annotations

import pytest

from tests.conftest import Updown


@pytest.mark.parametrize(
    ("shell", "words", "word", "expected"),
    [
        ("bash", "updown pool --mode = ad", "4", ["plain,adaptive-max", "plain,adaptive-avg"]),
        ("bash", "updown shuffle --order =", "3", ["plain,crd", "plain,dcr", "plain,phase-shift"]),
        ("zsh", "updown pool --mode=med", "2", ["plain", "--mode=median", "_"]),
        ("zsh", "updown pool --mode med", "3", ["plain", "median", "_"]),
        ("fish", "updown pool --mode=med", "--mode=med", ["plain,--mode=median"]),
        ("fish", "updown pool --mode med", "med", ["plain,median"]),
    ],
)
def test_values_after_an_equals_sign_are_offered(
    updown: Updown,
    monkeypatch: pytest.MonkeyPatch,
    shell: str,
    words: str,
    word: str,
    expected: list[str],
) -> None:
    monkeypatch.setenv("_UPDOWN_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", word)
    assert updown().stdout.splitlines() == expected
