"""Where a worker listens: a socket in a folder that only its user can enter.

Imported by every call, so that nothing but what Python has loaded anyway is imported here.
"""

from __future__ import annotations

import os
import stat
import sys
from zlib import crc32

from updown_cli import __version__

#: With the value 0 no call is handed over.
SWITCH = "UPDOWN_WARM"


def offered_socket() -> str | None:
    """Return the socket that this call may be handed over to; None if there is none.

    A debugged call is not handed over, for its traceback would be another.
    """
    debugged = "UPDOWN_DEBUG" in os.environ or "--debug" in sys.argv
    if os.environ.get(SWITCH) == "0" or debugged or sys.argv[1:2] == ["warm"]:
        return None
    if not hasattr(os, "fork") or not is_private(folder()):
        return None
    path = socket_path()
    try:
        return path if stat.S_ISSOCK(os.lstat(path).st_mode) else None
    except OSError:
        return None


def folder() -> str:
    """Return the folder of this user's sockets, which need not be there."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):
        return os.path.join(runtime, "updown")
    return os.path.join(os.environ.get("TMPDIR") or "/tmp", f"updown-{os.geteuid()}")


def is_private(path: str) -> bool:
    """Whether a path is a folder, no link to one, that belongs to this user alone."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    others = stat.S_IMODE(found.st_mode) & 0o077
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not others


def socket_path() -> str:
    """Return the name of the socket: one for each updown, and each Python that runs it."""
    return os.path.join(folder(), f"{__version__}-{crc32(repr(installation()).encode()):08x}")


def installation() -> tuple[str, ...]:
    """Return what tells this updown from others on this machine."""
    return (__version__, package_folder(), sys.prefix, sys.version)


def package_folder() -> str:
    """Return the folder of the package."""
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
