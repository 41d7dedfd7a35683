"""fsspec's file systems, by the scheme of a URL."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from updown_cli.errors import UsageError, shortened
from updown_cli.stores.spelling import check_no_password, check_server, scheme_of

EXTRA = "pip install 'updown-cli[remote]'"

# What the extra brings beside fsspec itself.
IN_EXTRA = ("s3", "s3a", "http", "https")

# Schemes of s3fs, and how often its client tries: once more, for a part of a large file.
S3 = ("s3", "s3a")
TWICE = {"total_max_attempts": 2}


def file_system(name: str) -> tuple[Any, str]:
    """Return (file system, path in it) of a URL; raise UsageError for an unknown scheme.

    File systems are kept by fsspec, for each process its own.
    """
    check_no_password(name)
    check_server(name)
    try:
        from fsspec.core import url_to_fs
        from fsspec.registry import known_implementations
    except ImportError:
        raise UsageError("needs fsspec", subject=shortened(name), hint=EXTRA) from None
    scheme = scheme_of(name)
    if scheme not in known_implementations:
        raise UsageError(f"unknown scheme {scheme}", subject=shortened(name), hint=_nearest(scheme))
    try:
        fs, path = url_to_fs(name, **_settings(name))
    except ImportError:
        package = _package(known_implementations[scheme])
        hint = EXTRA if scheme in IN_EXTRA else f"pip install {package}"
        raise UsageError(f"needs {package}", subject=shortened(name), hint=hint) from None
    return fs, path


def _settings(name: str) -> dict[str, Any]:
    """Return what s3fs is told beside what the user has told it: to try again but once.

    What fails is tried again here; with all tries of tries, who asks a server that is not there
    would wait for minutes.
    """
    schemes = [scheme for scheme in S3 if f"{scheme}://" in name]
    if not schemes:
        return {}
    from fsspec.config import conf

    told = os.environ.get("AWS_MAX_ATTEMPTS"), os.environ.get("AWS_PROFILE")
    if _tries_are_told(*told) or any("config_kwargs" in conf.get(scheme, {}) for scheme in S3):
        return {}
    return {scheme: {"config_kwargs": {"retries": TWICE}} for scheme in schemes}


@lru_cache
def _tries_are_told(attempts: str | None, profile: str | None) -> bool:
    """Whether the user says how often requests are tried, in the environment or in a profile."""
    try:
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session
    except ImportError:  # who opens it tells what is missing
        return False
    try:
        return Session(profile=profile).get_config_variable("max_attempts") is not None
    except (BotoCoreError, ValueError):
        return False


def _package(known: dict[str, str]) -> str:
    """Return the package that reads a scheme: that of its class."""
    return known["class"].partition(".")[0]


def _nearest(scheme: str) -> str:
    import difflib

    usual = ("s3", "gs", "az", "hf", "https", "http", "memory", "zip", "file")
    near = difflib.get_close_matches(scheme, usual, 1, 0.4)
    return f"did you mean {near[0]}://?" if near else f"there are {', '.join(usual)} and more"
