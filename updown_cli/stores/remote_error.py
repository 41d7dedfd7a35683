"""What a library says of a URL that cannot be read or written, in words of our own."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from updown_cli.errors import InputError, UpdownError
from updown_cli.stores.spelling import CHAIN

P = ParamSpec("P")
R = TypeVar("R")

# Seconds between tries of what may work the next time.
PAUSES = (0.3, 1.0, 3.0)

# Libraries that know connections, whose errors are no errors of the system.
OF_CONNECTIONS = ("aiohttp", "botocore", "requests", "urllib3")

# Answers of servers that may be others the next time.
NOT_FOUND, CHANGED, TOO_MANY, FIRST_OF_SERVER = 404, 412, 429, 500

# What the library of a scheme says of an object that is another than when it was opened.
EXPIRED = "FileExpired"

# What botocore says where it finds no keys, and what its errors are called that will not pass.
NO_KEYS = ("NoCredentialsError", "PartialCredentialsError", "NoAuthTokenError")

# What libraries call it where nobody answers at all.
NOBODY = ("ConnectionRefusedError", "EndpointConnectionError", "NewConnectionError")
NO_CONNECTOR = "ClientConnector"

LASTING = (FileNotFoundError, PermissionError, FileExistsError, IsADirectoryError)


# Names of which no row of tries has come to anything: who asks for them again tries once.
_given_up: set[str] = set()

# Servers that were not there at all, when they were last asked, and what was said then.
_gone: dict[str, tuple[float, Exception]] = {}

# Seconds for which nobody asks a server again that is gone.
MOMENT = 1.0


def tried(name: str, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what a call gives of a name, which is tried again after errors that may pass.

    Who asks for the same name again, or for another one of a server that nobody could reach, does
    not wait again, unless there was an answer since.
    """
    server = _server_of(name)
    gone = _gone.get(server)
    if gone is not None and time.monotonic() < gone[0] + MOMENT:
        raise gone[1].with_traceback(None)
    for pause in PAUSES if gone is None and name not in _given_up else ():
        try:
            return call(*args, **kwargs)
        except Exception as error:
            if not may_pass(error):
                raise
            time.sleep(pause)
    try:
        result = call(*args, **kwargs)
    except Exception as error:
        if _is_of_nobody(_reason(error)):
            _gone[server] = time.monotonic(), error
        else:
            _given_up.add(name)
        raise
    _gone.pop(server, None)
    _given_up.discard(name)
    return result


def _server_of(name: str) -> str:
    """Return scheme and server of a URL; of several in one, of the last."""
    schemes, _, rest = name.rpartition("://")
    return f"{schemes.rpartition(CHAIN)[2]}://{rest.partition('/')[0]}"


def hope_again() -> None:
    """Forget which names and servers did not answer."""
    _given_up.clear()
    _gone.clear()


def may_pass(error: Exception) -> bool:
    """Whether the same call may work a moment later."""
    error = _reason(error)
    status = _answer(error)
    if status is not None:
        return status == TOO_MANY or status >= FIRST_OF_SERVER
    if isinstance(error, (UpdownError, *LASTING)) or _name(error) in (*NO_KEYS, EXPIRED):
        return False
    if isinstance(error, (ConnectionError, TimeoutError)) or _is_of_connections(error):
        return True
    return isinstance(error, OSError) and error.errno in (errno.EIO, errno.EBUSY)


def remote_error(error: Exception, what: str = "read") -> InputError:
    """Return the refusal of a URL that cannot be `read` or `written`."""
    error = _reason(error)
    status = _answer(error)
    text = str(error).lower()
    if isinstance(error, PermissionError) or status in (401, 403):
        return InputError("permission denied", code="no_permission")
    if isinstance(error, FileNotFoundError) or status == NOT_FOUND:
        place = "bucket" if "bucket" in text and "not exist" in text else "file"
        return InputError(f"no such {place}", code="missing")
    if _name(error) in NO_KEYS:
        hint = "give them where the library of the scheme looks for them"
        return InputError("no credentials for it are found", hint=hint, code="no_permission")
    if _name(error) == EXPIRED or status == CHANGED:
        return changed()
    if _is_of_nobody(error):
        reason = f"cannot be {what}: the server cannot be reached"
        hint = "check its name, or run the command again"
        return InputError(reason, hint=hint, code="unreachable")
    if may_pass(error):
        reason = f"cannot be {what}: the server does not answer as it should"
        return InputError(reason, hint="run the command again", code="unreachable")
    return InputError(f"cannot be {what}", code="corrupt" if what == "read" else "write_failed")


def changed() -> InputError:
    """Return the refusal of an object that is another than it was."""
    hint = "run the command again"
    return InputError("changed while it was read", hint=hint, code="changed")


@contextlib.contextmanager
def told(what: str) -> Iterator[None]:
    """Raise InputError for what a library says of a URL that cannot be `read` or `written`."""
    try:
        yield
    except UpdownError:
        raise
    except Exception as error:
        raise remote_error(error, what) from None


def _reason(error: Exception) -> Exception:
    """Return why a file is said to be missing: a server that does not answer has it or not."""
    cause = error.__cause__
    if isinstance(error, FileNotFoundError) and isinstance(cause, Exception):
        return cause if _is_of_connections(cause) and _answer(cause) != NOT_FOUND else error
    return error


def _answer(error: Exception) -> int | None:
    """Return the number of a server's answer, as libraries keep it: s3fs in what was the cause."""
    if isinstance(error, OSError) and isinstance(error.__cause__, Exception):
        return _answer(error.__cause__)
    response = getattr(error, "response", None)
    kept = response.get("ResponseMetadata", {}) if isinstance(response, dict) else {}
    status = kept.get("HTTPStatusCode", getattr(error, "status", None))
    return status if isinstance(status, int) else None


def _name(error: Exception) -> str:
    return type(error).__name__


def _is_of_nobody(error: Exception) -> bool:
    return _name(error) in NOBODY or _name(error).startswith(NO_CONNECTOR)


def _is_of_connections(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in OF_CONNECTIONS
