"""What lists of buckets tell, with the keys that each library gives its entries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from updown_cli.stores.remote_entries import status_of_entry, tag_of

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NANOSECONDS = 1_767_323_045_000_000_000

# As s3fs, gcsfs (the object's resource, and what it adds) and adlfs make them of their answers.
ENTRIES = {
    "s3fs": {
        "Key": "b/a.png",
        "LastModified": WHEN,
        "ETag": '"9a0364b9e99bb480dd25e1f0284c8555"',
        "Size": 7,
        "StorageClass": "STANDARD",
    },
    "gcsfs": {
        "kind": "storage#object",
        "id": "b/a.png/1767323045000000",
        "bucket": "b",
        "generation": "1767323045000000",
        "metageneration": "1",
        "updated": "2026-01-02T03:04:05.000Z",
        "md5Hash": "mgNkuembtIDdJeHwKEyFVQ==",
        "etag": "CMDm3M6x7ZEDEAE=",
        "mtime": WHEN,
        "ctime": WHEN,
    },
    "adlfs": {
        "metadata": {},
        "last_modified": WHEN,
        "content_settings": {"content_md5": bytearray(b"\x9a\x03\x64\xb9")},
        "etag": '"0x8DC1B2C3D4E5F60"',
    },
}
TAGS = {
    "s3fs": '"9a0364b9e99bb480dd25e1f0284c8555"',
    "gcsfs": "CMDm3M6x7ZEDEAE=",
    "adlfs": '"0x8DC1B2C3D4E5F60"',
}


@pytest.mark.parametrize("library", ["s3fs", "gcsfs", "adlfs"])
def test_tag_and_time_are_found(library: str) -> None:
    entry: dict[str, Any] = {"name": "b/a.png", "size": 7, "type": "file", **ENTRIES[library]}
    assert tag_of(entry) == TAGS[library]
    status = status_of_entry("x://b/a.png", entry)
    assert (status.kind, status.size, status.tag) == ("file", 7, TAGS[library])
    assert status.modified == NANOSECONDS


def test_what_has_no_tag_has_none() -> None:
    assert tag_of({"name": "a.png", "size": 7, "type": "file", "ETag": None}) is None
