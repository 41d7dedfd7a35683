"""How the libraries of schemes are set up, beside what the user has told them."""

from __future__ import annotations

from pathlib import Path

import pytest
from fsspec.config import conf

from updown_cli.stores import file_systems
from updown_cli.stores.file_systems import file_system

TWICE = {"retries": {"total_max_attempts": 2}}


@pytest.fixture(autouse=True)
def _untold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_MAX_ATTEMPTS", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    file_systems._tries_are_told.cache_clear()


@pytest.mark.parametrize("url", ["s3://b/a.png", "s3a://b/a.png"])
def test_the_library_tries_twice_for_requests_are_tried_again_here(url: str) -> None:
    assert file_system(url)[0].config_kwargs == TWICE


def test_what_the_user_says_of_tries_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In the environment, in a profile, and in the settings of fsspec."""
    (tmp_path / "config").write_text("[default]\nmax_attempts = 7\n")
    assert file_system("s3://b/a.png")[0].config_kwargs == {}
    (tmp_path / "config").unlink()
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    assert file_system("s3://b/a.png")[0].config_kwargs == {}
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    file_systems._tries_are_told.cache_clear()
    assert file_system("s3://b/a.png")[0].config_kwargs == TWICE
    own = {"retries": {"mode": "adaptive"}}
    monkeypatch.setitem(conf, "s3", {"config_kwargs": own})
    assert file_system("s3://b/a.png")[0].config_kwargs == own


def test_other_schemes_are_told_nothing() -> None:
    assert file_system("memory://a.png")[0].storage_options == {}
