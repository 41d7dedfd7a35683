"""Where a cluster's scheduler is: its address, or the file in which it tells it."""

from __future__ import annotations

import re

from updown_cli.errors import InputError, UsageError
from updown_cli.stores.spelling import check_no_password
from updown_cli.tensors.json_files import read_json

ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://[^\s/?#@]+:\d{1,5}/?\S*")

# What the file of a scheduler ends in, and more bytes than it has with a thousand workers.
FILE_ENDING, LARGEST = ".json", 1 << 24

FORM = "must be like tcp://HOST:8786, or the scheduler's FILE.json"


def check_form(text: str) -> str:
    """Return the text if it is an address or the name of a file; raise UsageError."""
    check_no_password(text)
    if not (text.endswith(FILE_ENDING) or ADDRESS.fullmatch(text)):
        raise UsageError(FORM, subject=f"--cluster {text}")
    return text


def file_of(cluster: str | None) -> str | None:
    """Return the file in which the scheduler tells its address; None where that was typed."""
    return cluster if cluster and not ADDRESS.fullmatch(cluster) else None


def address_of(cluster: str) -> str:
    """Return the address of the scheduler; raise UsageError for a file that tells none."""
    if file_of(cluster) is None:
        return cluster
    try:
        told = read_json(cluster, LARGEST, f"larger than {LARGEST >> 20} MiB")
    except InputError as error:
        raise UsageError(error.reason, subject=f"--cluster {cluster}", code=error.code) from None
    address = told.get("address") if isinstance(told, dict) else None
    if not isinstance(address, str) or not ADDRESS.fullmatch(address):
        raise UsageError("tells no address of a scheduler", subject=f"--cluster {cluster}")
    return address
