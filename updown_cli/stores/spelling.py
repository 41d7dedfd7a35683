"""How names are spelled: paths of this machine, and URLs, whose folders end at their own slashes.

A URL may stand within another file: `zip://a/b.png::s3://bucket/x.zip` is a member of an archive.
"""

from __future__ import annotations

import os
import posixpath
import re
from functools import lru_cache

from updown_cli.errors import UsageError

CHAIN = "::"

#: The scheme of names of this machine.
LOCAL = "file://"

# Schemes whose names say in which other file they are.
WITHIN = ("zip",)

# Where a question follows the path, which is part of no file's name.
ASKED = ("http", "https")

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+")
_DETOUR = re.compile(r"//|/\.|(?<=/)\.|[?#]|::")
_NO_SERVER = re.compile(r"[a-z]+://(?:[/?#:]|\Z)", re.IGNORECASE)
_ODD = re.compile(r"\A(?:\.|\Z)|[?#]|::")
_QUESTION = re.compile(r"""(https?://[^\s?#'"]*)\?[^\s'";]*[^\s'";:,]""", re.IGNORECASE)
# Of the web any user may be a key; elsewhere, as in abfs://container@account, only with a password.
# What follows a colon and is no number is no port, but a password that may have slashes in it.
_USER = re.compile(
    r"""(https?://)(?:[^\s/?#@'"]+|[^\s/?#:@'"]*:(?!\d*(?:[/?#\s'"]|$))[^\s'"]*)@"""
    r"""|([a-z][a-z0-9+.-]+://)[^\s/?#:@'"]*:[^\s/?#'"]*@""",
    re.IGNORECASE,
)


def scheme_of(name: str) -> str:
    """Return the scheme of a URL, in lower case; nothing of a path of this machine."""
    head, sign, _ = name.partition("://")
    return _scheme(head) if sign else ""


@lru_cache(maxsize=64)
def _scheme(head: str) -> str:
    """Return the scheme that stands before the first `://`; nothing where none can."""
    scheme = head.lower() if _SCHEME.fullmatch(head) else ""
    return "" if scheme == "file" else scheme


def is_url(name: str) -> bool:
    """Whether a name leads beyond the files of this machine."""
    return "://" in name and bool(_scheme(name.partition("://")[0]))


def without_secrets(text: str) -> str:
    """Return text in which URLs have no passwords, those of the web no users and no questions.

    All of these may be keys.
    """
    if "://" not in text:
        return text
    return _QUESTION.sub(r"\1?***", _without_users(text))


def _without_users(text: str) -> str:
    return _USER.sub(r"\1\2***@", text)


def check_no_password(name: str) -> None:
    """Raise UsageError for a URL with a password or a key, which is not repeated."""
    if user := _USER.search(name):
        raise UsageError(
            "has a password in it, which others can read"
            if user[0].count(":") > 1
            else "has a user in it, which may be a key that others can read",
            subject=_without_users(name),
            hint="put it where the library of the scheme looks for it",
        )


def check_server(name: str) -> None:
    """Raise UsageError for a URL of the web that names no server."""
    if scheme_of(name) in ASKED and _NO_SERVER.match(name):
        raise UsageError("names no server", subject=name, hint="write https://server/path")


def local_path(name: str) -> str:
    """Return the path of this machine that a name means."""
    return name.removeprefix(LOCAL) if name.startswith(LOCAL) else name


def is_whole(name: str) -> bool:
    """Whether a name says in which file it is, if it has to."""
    return scheme_of(name) not in WITHIN or CHAIN in name


def parts_of(name: str) -> tuple[str, str]:
    """Return a name, and what says in which other file it is, or asks: that is no path."""
    if CHAIN not in name and "?" not in name and "#" not in name:
        return name, ""  # of a million names almost all
    scheme = scheme_of(name)
    if scheme in WITHIN:
        head, sign, rest = name.partition(CHAIN)
        return head, sign + rest
    if scheme in ASKED and (at := re.search(r"[?#]", name)):
        return name[: at.start()], name[at.start() :]
    return name, ""


def below_server(name: str) -> str:
    """Return the path of a URL without its server or bucket, of another name all that is path."""
    path = parts_of(name)[0]
    if not is_url(name) or scheme_of(name) in WITHIN:
        return path
    return path.partition("://")[2].partition("/")[2]


def joined(folder: str, name: str) -> str:
    """Return a name below a folder."""
    if not is_url(folder):
        return os.path.join(folder, name)
    head, rest = parts_of(folder)
    return (head if head.endswith("/") else head + "/") + name + rest


def folder_of(name: str) -> str:
    """Return the folder that a name is in; nothing where it names none."""
    if not is_url(name):
        return os.path.dirname(name)
    head, rest = parts_of(name)
    start = head.index("://") + 3
    folder, slash, _ = head[start:].rpartition("/")
    return head[:start] + folder + rest if slash or rest else name


def last_name(name: str) -> str:
    """Return the last part of a name."""
    return os.path.basename(parts_of(name)[0] if is_url(name) else name)


def normal(name: str) -> str:
    """Return a name without detours."""
    if not is_url(name):
        return os.path.normpath(name)
    folder, _, last = name.rpartition("/")
    if _is_normal(folder) and not _ODD.search(last):
        return name  # of a million names almost all
    head, rest = parts_of(name)
    start = head.index("://") + 3
    if _is_plain(head, start) and head[:start].islower():
        return name
    # Of the web what is before the first slash is the server, be it nothing.
    path = head[start:] if scheme_of(name) in ("memory", *ASKED) else head[start:].lstrip("/")
    plain = posixpath.normpath(path).removeprefix("./")
    return head[:start].lower() + ("" if plain == "." else plain) + rest


def _is_plain(name: str, start: int) -> bool:
    """Whether a name has from there on no detour, and nothing that is no path."""
    return not (name.startswith("/", start) or name.endswith("/") or _DETOUR.search(name, start))


@lru_cache(maxsize=64)
def _is_normal(folder: str) -> bool:
    """Whether the URL of a folder is spelled as `normal` does it."""
    start = folder.find("://") + 3
    return start > 3 and folder[:start].islower() and _is_plain(folder, start)


def absolute(name: str) -> str:
    """Return one spelling of a name, wherever it is used."""
    return normal(name) if is_url(name) else os.path.abspath(local_path(name))


def real(name: str) -> str:
    """Return one spelling of what a name leads to, through links."""
    return normal(name) if is_url(name) else os.path.realpath(local_path(name))


def relative(name: str, folder: str) -> str:
    """Return a name as it is below a folder."""
    start = len(folder) + (not folder.endswith("/"))
    below = bool(folder) and name.startswith(folder) and name[start - 1 : start] == "/"
    if below and _is_plain(name, start):
        return name[start:]  # of a million names almost all are found so
    if not is_url(name):
        return os.path.relpath(local_path(name), local_path(folder))
    inner = (parts_of(normal(path))[0].split("://", 1)[1] for path in (name, folder))
    return os.path.relpath(*("/" + path.lstrip("/") for path in inner))
