"""What fsspec lists of a folder, as URLs in the order of a disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from updown_cli.stores.spelling import joined, normal, parts_of
from updown_cli.stores.store import Kind, Status

# What libraries call the tag that a server gives to what an object holds.
TAGS = ("ETag", "etag")

# What libraries call the time of the last change.
TIMES = ("LastModified", "last_modified", "mtime", "updated", "created")


def below_folder(folder: str, path: str, entries: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Yield (URL, entry) of what is below a folder."""
    root, folder = path.rstrip("/"), joined(folder, "")
    head, rest = parts_of(folder)
    for entry in entries:
        below = entry["name"].removeprefix(root).lstrip("/")
        if below:
            yield normal(f"{head}{below}{rest}"), entry


def status_of_entry(name: str, entry: Any) -> Status:
    """Return what a URL leads to, as an entry of a list tells."""
    is_folder = entry["type"] == "directory" or entry["name"].endswith("/")
    kind: Kind = "folder" if is_folder else "file"
    when: Any = next((entry[key] for key in TIMES if entry.get(key)), None)
    modified = int(when.timestamp() * 1e9) if hasattr(when, "timestamp") else None
    return Status(kind, entry.get("size"), modified, None, name, tag_of(entry))


def tag_of(entry: Any) -> str | None:
    """Return what tells the content of an entry from any other, as far as its server does."""
    return next((str(entry[key]) for key in TAGS if entry.get(key)), None)


def entry_of(path: str, status: Status) -> dict[str, Any]:
    """Return a file as lists of fsspec have it."""
    return {"name": path, "size": status.size, "type": "file", **dict.fromkeys(TAGS, status.tag)}


def is_hidden(name: str, folder: str, leave_out: str | None) -> bool:
    """Whether a part of a name below a folder begins with a dot, or it is below `leave_out`.

    Both folders are spelled as they are in the name.
    """
    hidden = "/." in name.removeprefix(folder)
    return hidden or (leave_out is not None and name.startswith(leave_out))


def as_on_a_disk(name: str) -> str:
    """Return what sorts the files of a folder before its folders, in one piece of text."""
    *folders, last = name.split("/")
    return "\0".join((*("\2" + folder for folder in folders), "\1" + last))
